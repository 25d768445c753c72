"""Changes are noticed, of the files that count."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from builder.dev.sources import Sources
from builder.dev.watch import Watcher


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    with closing(Watcher()) as watcher:
        yield watcher


def follow(watcher: Watcher, *files: Path) -> None:
    watcher.follow(Sources(files=frozenset(files)))


def test_changes_are_noticed_whenever_they_come(watcher: Watcher, tmp_path: Path):
    one, other = tmp_path / "a.toml", tmp_path / "b.png"
    follow(watcher, one, other)
    one.write_text("1")
    assert watcher.wait() == {one}
    # A file that takes the place of another, as most editors save.
    (tmp_path / "scratch").write_text("2")
    (tmp_path / "scratch").replace(one)
    assert watcher.wait() == {one}
    other.write_text("3")
    assert watcher.wait() == {other}
    other.unlink()
    assert watcher.wait() == {other}


def test_other_files_do_not_count(watcher: Watcher, tmp_path: Path):
    one = tmp_path / "a.toml"
    follow(watcher, one)
    (tmp_path / "notes.txt").write_text("1")
    one.write_text("2")
    assert watcher.wait() == {one}


def test_other_folders_can_be_followed_later(watcher: Watcher, tmp_path: Path):
    one, other = tmp_path / "a.toml", tmp_path / "images/b.png"
    follow(watcher, one)
    other.parent.mkdir()
    follow(watcher, one, other)
    other.write_text("1")
    assert watcher.wait() == {other}
    one.write_text("2")
    assert watcher.wait() == {one}
