"""Files that a user names, and what else may be at their paths."""

import os
import socket
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from builder.errors import BuilderError, ModelError
from builder.input_file import (
    find_fault,
    find_folder_fault,
    open_input,
    read_input,
    read_input_json,
    read_input_text,
)


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_loop(path: Path) -> None:
    path.symlink_to(path.name)


def make_dangling(path: Path) -> None:
    path.symlink_to("nothing")


def make_folder(path: Path) -> None:
    path.mkdir()


@pytest.fixture
def bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    """A socket in the file system, whose path must be short."""
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind("s")
        yield Path("s")


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (make_pipe, "is a pipe, not a file"),
        (make_folder, "is a folder, not a file"),
        (make_loop, "cannot be read: Too many levels of symbolic links"),
        (make_dangling, "is a link to something that is not there"),
    ],
)
def test_what_is_no_file_is_said_before_it_is_opened(
    make: Callable[[Path], None], fault: str, tmp_path: Path
):
    path = tmp_path / "input"
    make(path)
    assert find_fault(path) == fault
    for read in (read_input, read_input_text, read_input_json):
        with pytest.raises(ModelError, match=rf"input: {fault}\. Name another\."):
            read(path, "Name another.", ModelError)


def test_sockets_and_devices_are_not_files(bound: Path):
    assert find_fault(bound) == "is a socket, not a file"
    assert find_fault(Path(os.devnull)) == "is a device, not a file"
    assert find_folder_fault(bound) == "is a socket, not a folder"


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("none", "there is no such file"),
        ("x" * 300, "cannot be read: File name too long"),
        ("file/below", "cannot be read: Not a directory"),
        ("a\0b", "is not a name that the system knows"),
        ("\ud800", "is not a name that the system knows"),
    ],
)
def test_names_that_no_file_has_are_faults(name: str, fault: str, tmp_path: Path):
    (tmp_path / "file").touch()
    assert str(find_fault(tmp_path / name)).startswith(fault)


def test_a_file_and_a_link_to_one_are_read(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"abc")
    (tmp_path / "link").symlink_to("file")
    for name in ("file", "link"):
        assert find_fault(tmp_path / name) is None
        assert read_input(tmp_path / name, "") == b"abc"
    assert find_folder_fault(tmp_path) is None
    assert find_folder_fault(tmp_path / "file") == "is a file, not a folder"


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path):
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(BuilderError, match="has 1,000,000,000,000 bytes; at most 268,435,456"):
        read_input(path, "Name another.")


class OddError(Exception):
    """As a decoder may raise."""


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OddError("odd\nand long"), r"is damaged or of another kind \(OddError: odd\)"),
        (
            ValueError("x" * 2000),
            r"is damaged .* \(ValueError: x{480,500} \.\.\.\)",
        ),
        (RecursionError(), "is nested too deeply"),
        (MemoryError(), "needs more memory than there is"),
        (OSError(5, "Input/output error"), "cannot be read: Input/output error"),
    ],
    ids=["odd", "long", "deep", "large", "io"],
)
def test_whatever_a_decoder_raises_is_a_sentence(error: Exception, message: str, tmp_path: Path):
    path = tmp_path / "input"
    path.touch()
    with (
        pytest.raises(ModelError, match=rf"input: {message}\. Name another\."),
        open_input(path, "Name another.", ModelError),
    ):
        raise error


def test_a_byte_order_mark_is_no_part_of_a_text(tmp_path: Path):
    path = tmp_path / "input"
    path.write_bytes("\ufeffä".encode())
    assert read_input_text(path, "") == "ä"
    path.write_bytes("ä".encode("utf-16"))
    with pytest.raises(BuilderError, match=r"input: is text in UTF-16\. Save it as UTF-8"):
        read_input_text(path, "")
    path.write_bytes(b"a\nb\xe4")
    with pytest.raises(BuilderError, match="input:2: is not text in UTF-8"):
        read_input_text(path, "")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "[NaN]", "[-Infinity]", "1" * 5000])
def test_what_is_not_json_is_refused(text: str, tmp_path: Path):
    path = tmp_path / "input"
    path.write_text(text)
    with pytest.raises(BuilderError, match=r"input: is (damaged|nested) .*Name another"):
        read_input_json(path, "Name another.")
