import errno
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from builder.cache import Cache, Freed, digest, pack, unpack
from builder.errors import BuilderError


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_an_entry_is_found_again(tmp_path: Path):
    Cache(tmp_path).store("rows", digest("a"), b"content")
    assert Cache(tmp_path).load("rows", digest("a")) == b"content"
    assert Cache(tmp_path).load("rows", digest("b")) is None
    assert Cache(tmp_path).load("other", digest("a")) is None


def test_a_large_entry_is_stored_in_parts_and_read_as_a_file(tmp_path: Path):
    cache, key = Cache(tmp_path), digest("a")
    assert cache.open("rows", key) is None
    cache.store_parts("rows", key, (part for part in (b"con", b"", b"tent")))
    assert cache.load("rows", key) == b"content"
    opened = cache.open("rows", key)
    assert opened
    with opened:
        cache.prune(max_bytes=0)
        assert cache.load("rows", key) is None
        assert opened.read() == b"content"


@pytest.mark.parametrize("damaged", [b"", b"short", bytes(32) + b"content"])
def test_a_damaged_entry_counts_as_absent(tmp_path: Path, damaged: bytes):
    cache = Cache(tmp_path)
    cache.store("rows", digest("a"), b"content")
    (path,) = files_below(tmp_path)
    path.write_bytes(damaged)
    assert cache.load("rows", digest("a")) is None
    assert cache.open("rows", digest("a")) is None


def test_an_interrupted_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def interrupt(self: Path, target: Path):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        Cache(tmp_path).store("rows", digest("a"), b"content")
    assert files_below(tmp_path) == []


def test_an_entry_whose_parts_fail_is_not_there(tmp_path: Path):
    def fail() -> Iterator[bytes]:
        yield b"half"
        raise BuilderError("no more")

    with pytest.raises(BuilderError, match="no more"):
        Cache(tmp_path).store_parts("rows", digest("a"), fail())
    assert files_below(tmp_path) == []


def test_parts_of_a_digest_do_not_run_together():
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("a", b"b") == digest("a", "b")


def test_a_folder_that_cannot_be_used_is_named_with_the_option(tmp_path: Path):
    file = tmp_path / "file"
    file.write_text("in the way")
    with pytest.raises(BuilderError, match=r"file: cannot be written: .*--cache-dir"):
        Cache(file).load("rows", digest("a"))
    with pytest.raises(BuilderError, match=r"file: cannot be written: .*--cache-dir"):
        Cache(file).store("rows", digest("a"), b"content")


def test_several_files_are_one_entry():
    files = {"model.json": b"{}", "weights/a.bin": bytes(range(9))}
    assert unpack(pack({"nodes": 3}, files)) == ({"nodes": 3}, files)


DAY = 86_400


def store(cache: Cache, kind: str, name: str, size: int, days_ago: float) -> Path:
    """An entry that takes `size` bytes on disk, and was used that long ago."""
    cache.store(kind, digest(name), bytes(size - 32))
    (path,) = (p for p in files_below(cache.folder) if p.name == digest(name))
    then = time.time() - days_ago * DAY
    os.utime(path, (then, then))
    return path


def add_download(cache: Cache) -> Path:
    path = cache.folder / "checkpoints" / "LiT-L16Ti.npz"
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(10_000))
    return path


def test_what_was_not_used_for_longest_is_removed_first(tmp_path: Path):
    cache = Cache(tmp_path)
    oldest = store(cache, "rows", "a", 1000, days_ago=3)
    newest = store(cache, "images", "b", 1000, days_ago=1)
    middle = store(cache, "rows", "c", 1000, days_ago=2)
    assert cache.prune(max_bytes=2000) == Freed(1, 1000)
    assert (oldest.exists(), middle.exists(), newest.exists()) == (False, True, True)
    assert cache.prune(max_bytes=1999) == Freed(1, 1000)
    assert (middle.exists(), newest.exists()) == (False, True)


def test_what_is_old_is_removed_whatever_its_size(tmp_path: Path):
    cache = Cache(tmp_path)
    old = store(cache, "rows", "a", 100, days_ago=31)
    young = store(cache, "rows", "b", 100, days_ago=29)
    assert cache.prune(older_than_s=30 * DAY) == Freed(1, 100)
    assert (old.exists(), young.exists()) == (False, True)


def test_reading_an_entry_keeps_it(tmp_path: Path):
    cache = Cache(tmp_path)
    read = store(cache, "rows", "a", 1000, days_ago=3)
    unread = store(cache, "rows", "b", 1000, days_ago=2)
    cache.load("rows", digest("a"))
    cache.prune(max_bytes=1000)
    assert (read.exists(), unread.exists()) == (True, False)


def test_downloads_are_never_pruned(tmp_path: Path):
    cache = Cache(tmp_path)
    download = add_download(cache)
    store(cache, "rows", "a", 100, days_ago=0)
    assert cache.prune(max_bytes=0, older_than_s=0) == Freed(1, 100)
    assert cache.clear() == Freed(0, 0)
    assert download.exists()
    assert cache.clear(downloads=True) == Freed(1, 10_000)
    assert not download.exists()


def test_what_each_kind_takes_is_told(tmp_path: Path):
    cache = Cache(tmp_path)
    store(cache, "rows", "a", 100, days_ago=2)
    store(cache, "rows", "b", 100, days_ago=1)
    store(cache, "images", "c", 70, days_ago=3)
    add_download(cache)
    usage = cache.usage()
    assert [(u.kind, u.entries, u.bytes) for u in usage] == [
        *(("images", 1, 70), ("rows", 2, 200), ("xla", 0, 0), ("checkpoints", 1, 10_000)),
    ]
    last = usage[1].last_used
    assert last is not None
    assert time.time() - last == pytest.approx(DAY, abs=60)


def test_a_build_prunes_to_the_limit_once_it_has_stored_something(tmp_path: Path):
    cache = Cache(tmp_path, max_bytes=1500)
    first = store(cache, "rows", "a", 1000, days_ago=1)
    store(cache, "rows", "b", 1000, days_ago=0)
    assert Cache(tmp_path, max_bytes=1500).prune_after_build() == Freed(0, 0)
    assert cache.prune_after_build() == Freed(1, 1000)
    assert not first.exists()


def test_what_a_killed_process_left_half_written_goes(tmp_path: Path):
    cache = Cache(tmp_path)
    entry = store(cache, "rows", "a", 100, days_ago=0)
    left, fresh = entry.with_name(".writing-left"), entry.with_name(".writing-fresh")
    for path in (left, fresh):
        path.write_bytes(b"half")
    os.utime(left, (0, 0))
    assert [u.entries for u in cache.usage()] == [1, 0, 0]
    assert (left.exists(), fresh.exists()) == (False, True)


def test_one_at_a_time_makes_an_entry_and_the_others_find_it(tmp_path: Path):
    made: list[str] = []

    def find_or_make(name: str) -> None:
        cache, key = Cache(tmp_path), digest("slow")
        with cache.lock(key):
            if cache.load("encoders", key) is None:
                made.append(name)
                time.sleep(0.05)
                cache.store("encoders", key, b"content")

    threads = [threading.Thread(target=find_or_make, args=(str(i),)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_what_jax_compiled_is_told_and_cleared(tmp_path: Path):
    cache = Cache(tmp_path)
    compiled = tmp_path / "xla" / "jit_apply-123-cache"
    compiled.parent.mkdir()
    compiled.write_bytes(bytes(300))
    assert ("xla", 300) in [(usage.kind, usage.bytes) for usage in cache.usage()]
    assert cache.prune(max_bytes=0) == Freed(0, 0)
    assert cache.clear() == Freed(1, 300)
    assert not compiled.exists()


def fail_with(code: int) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Path, "replace", fail_with(errno.ENOSPC))
    with pytest.raises(BuilderError, match=r"cannot be written: No space left.*--cache-dir"):
        Cache(tmp_path).store("rows", digest("a"), b"content")
    assert files_below(tmp_path) == []


def test_entries_of_a_read_only_cache_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    cache = Cache(tmp_path)
    store(cache, "rows", "a", 100, days_ago=3)
    monkeypatch.setattr(os, "utime", fail_with(errno.EROFS))
    assert cache.load("rows", digest("a")) == bytes(68)
    monkeypatch.setattr(tempfile, "mkstemp", fail_with(errno.EROFS))
    with pytest.raises(BuilderError, match=r"cannot be written: Read-only.*--cache-dir"):
        cache.store("rows", digest("b"), b"content")


def test_a_lock_that_cannot_be_taken_is_a_sentence(tmp_path: Path):
    (tmp_path / "locks" / "prune.lock").mkdir(parents=True)
    for use in (Cache(tmp_path).prune, Cache(tmp_path).clear):
        with pytest.raises(BuilderError, match=r"prune\.lock: cannot be written.*--cache-dir"):
            use()
    (tmp_path / "other").write_text("a file")
    with (
        pytest.raises(BuilderError, match="cannot be written"),
        Cache(tmp_path / "other").lock("ab"),
    ):
        pass


@pytest.mark.parametrize("content", [b"", b"junk", b"\0" * 100])
def test_what_is_in_a_lock_file_does_not_matter(tmp_path: Path, content: bytes):
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "prune.lock").write_bytes(content)
    assert Cache(tmp_path).prune(max_bytes=0) == Freed(0, 0)


def test_a_folder_in_the_place_of_an_entry_is_left_alone(tmp_path: Path):
    cache, key = Cache(tmp_path), digest("a")
    folder = tmp_path / "rows" / key[:2] / key
    folder.mkdir(parents=True)
    with pytest.raises(BuilderError, match=r"cannot be written: Is a directory.*--cache-dir"):
        cache.load("rows", key)
    assert cache.prune(max_bytes=0) == Freed(0, 0)
    assert [usage.entries for usage in cache.usage()] == [0, 0]
    assert folder.is_dir()


def test_what_cannot_be_removed_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    cache = Cache(tmp_path)
    store(cache, "rows", "a", 100, days_ago=0)
    monkeypatch.setattr(Path, "unlink", fail_with(errno.EACCES))
    with pytest.raises(BuilderError, match="cannot be written: Permission denied"):
        cache.prune(max_bytes=0)


def test_two_prunes_at_once_share_the_work(tmp_path: Path):
    for name in range(200):
        store(Cache(tmp_path), "rows", str(name), 100, days_ago=1)
    script = (
        "import sys; from pathlib import Path; from builder.cache import Cache;"
        "print(Cache(Path(sys.argv[1])).prune(max_bytes=0).entries)"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )
        for _ in range(3)
    ]
    freed = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(freed) == 200
    assert [usage.entries for usage in Cache(tmp_path).usage()] == [0, 0]


def test_prunes_and_builds_at_once_lose_nothing_that_is_new(tmp_path: Path):
    cache, wrong = Cache(tmp_path), []

    def build(name: str) -> None:
        for number in range(40):
            key, data = digest(name, str(number)), f"{name} {number}".encode()
            cache.store("rows", key, data)
            if cache.load("rows", key) not in (data, None):
                wrong.append(key)

    def prune() -> None:
        for _ in range(5):
            cache.prune(max_bytes=1000)

    threads = [threading.Thread(target=build, args=(str(i),)) for i in range(3)]
    threads += [threading.Thread(target=prune) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
