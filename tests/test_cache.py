from pathlib import Path

import pytest

from builder.cache import Cache, digest
from builder.errors import BuilderError


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_an_entry_is_found_again(tmp_path: Path):
    Cache(tmp_path).store("rows", digest("a"), b"content")
    assert Cache(tmp_path).load("rows", digest("a")) == b"content"
    assert Cache(tmp_path).load("rows", digest("b")) is None
    assert Cache(tmp_path).load("other", digest("a")) is None


@pytest.mark.parametrize("damaged", [b"", b"short", bytes(32) + b"content"])
def test_a_damaged_entry_counts_as_absent(tmp_path: Path, damaged: bytes):
    cache = Cache(tmp_path)
    cache.store("rows", digest("a"), b"content")
    (path,) = files_below(tmp_path)
    path.write_bytes(damaged)
    assert cache.load("rows", digest("a")) is None


def test_an_interrupted_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def interrupt(self: Path, target: Path):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        Cache(tmp_path).store("rows", digest("a"), b"content")
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
