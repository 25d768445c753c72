import errno
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from builder import file_system
from builder.file_system import exchange, locked, replace_file
from tests.site.sites import content


def test_a_file_is_replaced_whole_with_the_usual_permissions(tmp_path: Path):
    path = tmp_path / "file"
    mask = os.umask(0o027)
    try:
        replace_file(path, b"1")
        replace_file(path, b"2")
    finally:
        os.umask(mask)
    assert content(tmp_path) == {"file": b"2"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_refusal_leaves_the_old_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "file"
    replace_file(path, b"1")

    def refuse(handle: int):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="Input/output error"):
        replace_file(path, b"2")
    assert content(tmp_path) == {"file": b"1"}


def test_only_a_file_is_replaced(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"1")
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "."):
        with pytest.raises(OSError, match="something other than a file"):
            replace_file(tmp_path / name, b"2")
    assert content(tmp_path) == {"file": b"1", "link": b"1"}
    assert (tmp_path / "link").is_symlink()


def test_two_folders_exchange_their_names(tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_bytes(b"")
    if exchange(tmp_path / "one", tmp_path / "two"):
        assert content(tmp_path) == {"one/two": b"", "two/one": b""}
    else:
        assert content(tmp_path) == {"one/one": b"", "two/two": b""}
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "one", tmp_path / "three")


def test_a_locked_folder_keeps_others_out(tmp_path: Path):
    entered = threading.Event()

    def enter() -> None:
        with locked(tmp_path):
            entered.set()

    other = threading.Thread(target=enter)
    with locked(tmp_path) as is_alone:
        assert is_alone
        other.start()
        assert not entered.wait(0.05)
    other.join()
    assert entered.is_set()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("count", "flushed"), [(2, True), (1001, False)])
def test_of_very_many_files_none_is_flushed_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, flushed: bool
):
    names = [str(number) for number in range(count)]
    for name in names:
        (tmp_path / name).touch()
    seen: list[Path] = []
    monkeypatch.setattr(file_system, "flush_one", seen.append)
    file_system.flush(tmp_path, names)
    if sys.platform == "linux":
        assert bool(seen) == flushed
