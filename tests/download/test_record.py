"""What lies on disk of a download."""

import hashlib
import io
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from builder.download import record
from builder.download.errors import AttemptError
from builder.download.record import ChangedFileError, Origin, Part, check_download, record_of
from builder.errors import ModelError


def test_a_file_put_there_by_hand_is_recorded(tmp_path: Path):
    target = tmp_path / "mine.npz"
    target.write_bytes(b"mine")
    check_download(target)
    target.write_bytes(b"other")
    with pytest.raises(ModelError, match="is not the one that was first put there"):
        check_download(target)


URL = "https://example.org/a.bin"


def begin(
    folder: Path,
    name: str = "a.bin",
    data: bytes = b"all",
    *,
    validator: str | None = None,
    length: int | None = None,
    md5: str | None = None,
) -> Part:
    """A part of which this data came."""
    part = Part(URL, folder / name)
    part.begin(Origin(URL, validator, length, md5))
    part.path.write_bytes(data)
    return part


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_part_knows_what_it_is_of(tmp_path: Path):
    begin(tmp_path, validator='"1"', length=10, md5="x")
    part = Part(URL, tmp_path / "a.bin")
    assert part.size == 3
    assert part.origin == Origin(URL, '"1"', 10, "x")
    assert Part("https://example.org/b.bin", tmp_path / "a.bin").origin is None


def test_nothing_was_begun_where_nothing_lies(tmp_path: Path):
    part = Part(URL, tmp_path / "a.bin")
    assert (part.size, part.origin, part.is_whole) == (0, None, False)
    part.discard()
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"url": "https://example.org/a.bin"}'])
def test_a_note_that_is_not_understood_is_as_none(tmp_path: Path, note: str):
    part = begin(tmp_path)
    (tmp_path / "a.bin.part.json").write_text(note)
    assert part.origin is None


@pytest.mark.parametrize(("length", "whole"), [(3, True), (4, False), (2, False), (None, False)])
def test_a_part_is_whole_when_it_has_the_length_that_was_named(
    tmp_path: Path, length: int | None, whole: bool
):
    part = begin(tmp_path, length=length)
    assert part.is_whole is whole


def test_a_whole_file_gets_its_name_and_a_record(tmp_path: Path):
    part = begin(tmp_path, md5=hashlib.md5(b"all").hexdigest())
    part.finish()
    assert names_in(tmp_path) == ["a.bin", "a.bin.json"]
    sha256 = hashlib.sha256(b"all").hexdigest()
    noted = json.loads(record_of(tmp_path / "a.bin").read_text())
    assert noted == {"url": URL, "sha256": sha256, "state": None}
    assert check_download(tmp_path / "a.bin") == sha256


def test_a_file_of_another_hash_is_discarded(tmp_path: Path):
    part = begin(tmp_path, md5="0" * 32)
    with pytest.raises(AttemptError, match=r"has the MD5 .*, but the server gave 0{32}"):
        part.finish()
    assert names_in(tmp_path) == []


def test_a_checkpoint_that_was_cut_off_is_discarded(tmp_path: Path):
    data = io.BytesIO()
    np.savez(data, a=np.arange(100))
    part = begin(tmp_path, "a.npz", data.getvalue()[:-40])
    with pytest.raises(AttemptError, match=r"not a complete \.npz file"):
        part.finish()
    assert names_in(tmp_path) == []
    begin(tmp_path, "a.npz", data.getvalue()).finish()
    assert names_in(tmp_path) == ["a.npz", "a.npz.json"]


def test_giving_up_says_what_else_can_be_done(tmp_path: Path):
    message = str(Part(URL, tmp_path / "a.bin").give_up("it is offline"))
    assert message.startswith(f"{URL}: cannot be downloaded: it is offline. Try again later")
    assert message.endswith(f"save it as {tmp_path / 'a.bin'}.")


def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time pass, so that no file has only just changed."""
    now = time.time_ns() + 10_000_000_000
    monkeypatch.setattr("time.time_ns", lambda: now)


def count_hashes(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    hashed: list[Path] = []
    hash_file = record._hash_file  # pyright: ignore[reportPrivateUsage]

    def hash_and_note(path: Path, *algorithms: str) -> tuple[str, ...]:
        hashed.append(path)
        return hash_file(path, *algorithms)

    monkeypatch.setattr(record, "_hash_file", hash_and_note)
    return hashed


def test_a_file_that_nobody_touched_is_hashed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    begin(tmp_path).finish()
    settle(monkeypatch)
    hashed, target = count_hashes(monkeypatch), tmp_path / "a.bin"
    sha256 = check_download(target)
    assert check_download(target) == sha256
    assert len(hashed) == 1
    assert check_download(target, thorough=True) == sha256
    assert len(hashed) == 2


def test_a_file_that_has_only_just_changed_is_hashed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    begin(tmp_path).finish()
    hashed = count_hashes(monkeypatch)
    check_download(tmp_path / "a.bin")
    check_download(tmp_path / "a.bin")
    assert len(hashed) == 2


def overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"ALL")


def overwrite_and_turn_back_the_clock(path: Path) -> None:
    before = path.stat()
    overwrite(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace(path: Path) -> None:
    before = path.stat()
    other = path.with_name("other")
    other.write_bytes(b"ALL")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


def truncate(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    "change",
    [
        overwrite,
        overwrite_and_turn_back_the_clock,
        replace,
        truncate,
    ],
    ids=["bytes", "bytes but not the time", "another file", "empty"],
)
def test_no_change_is_overlooked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
):
    begin(tmp_path).finish()
    settle(monkeypatch)
    check_download(tmp_path / "a.bin")
    change(tmp_path / "a.bin")
    for _ in range(2):
        with pytest.raises(ChangedFileError, match="has changed since it was downloaded"):
            check_download(tmp_path / "a.bin")


def test_where_nothing_can_be_written_a_file_is_hashed_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    begin(tmp_path).finish()
    settle(monkeypatch)
    monkeypatch.setattr(record, "write_note", refuse)
    hashed = count_hashes(monkeypatch)
    check_download(tmp_path / "a.bin")
    check_download(tmp_path / "a.bin")
    assert len(hashed) == 2


def test_a_known_hash_is_compared_whatever_the_record_says(tmp_path: Path):
    begin(tmp_path).finish()
    sha256 = hashlib.sha256(b"all").hexdigest()
    assert check_download(tmp_path / "a.bin", sha256) == sha256
    with pytest.raises(ChangedFileError, match=f"{sha256}, not {'0' * 64}"):
        check_download(tmp_path / "a.bin", "0" * 64)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(ModelError, match=r"absent\.bin: cannot be read"):
        check_download(tmp_path / "absent.bin")
