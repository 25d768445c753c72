from pathlib import Path

import pytest

from builder.cache import Cache, digest
from builder.commands.cache import parse_age, parse_size
from builder.errors import BuilderError
from tests.commands.run import run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cache = Cache(tmp_path / "cache")
    for name in "abc":
        cache.store("rows", digest(name), bytes(1_000_000))
    download = cache.folder / "checkpoints" / "LiT-L16Ti.npz"
    download.parent.mkdir()
    download.write_bytes(bytes(2_000_000))
    return cache.folder


def test_info_tells_where_the_cache_is_and_what_it_takes(folder: Path):
    code, text = run("cache", "info", "--cache-dir", folder)
    assert code == 0
    lines = [line.split() for line in text.splitlines()[-3:]]
    assert lines[0][:4] == ["rows", "3", "3.0", "MB"]
    assert lines[1][:2] == ["xla", "0"]
    assert lines[2][:4] == ["checkpoints", "1", "2.0", "MB"]


def test_prune_keeps_what_fits(folder: Path):
    code, text = run("cache", "prune", "--max-size", "2.5MB", "--cache-dir", folder)
    assert (code, text) == (0, "Removed 1 entries, 1.0 MB.\n")
    code, text = run("cache", "prune", "--older-than", "30d", "--cache-dir", folder)
    assert (code, text) == (0, "Removed 0 entries, 0.0 MB.\n")


def test_clear_keeps_downloads_unless_they_are_named(folder: Path):
    assert run("cache", "clear", "--cache-dir", folder)[1].startswith("Removed 3 entries")
    assert (folder / "checkpoints" / "LiT-L16Ti.npz").is_file()
    assert run("cache", "clear", "--downloads", "--cache-dir", folder)[1].startswith("Removed 1 ")
    assert not (folder / "checkpoints").exists()


def test_an_empty_cache_has_nothing_to_tell_and_nothing_to_clear(tmp_path: Path):
    assert run("cache", "info", "--cache-dir", tmp_path / "none")[0] == 0
    assert run("cache", "clear", "--cache-dir", tmp_path / "none")[0] == 0


@pytest.mark.parametrize("words", [[], ["--max-size", "large"], ["--older-than", "2 moons"]])
def test_what_is_not_understood_is_refused_and_nothing_removed(folder: Path, words: list[str]):
    code, text = run("cache", "prune", *words, "--cache-dir", folder)
    assert (code, text.startswith("Error: ")) == (2, True)
    assert sum(path.is_file() for path in (folder / "rows").rglob("*")) == 3


@pytest.mark.parametrize(
    ("text", "size"),
    [("1GB", 10**9), ("500 mb", 5 * 10**8), ("1.5KB", 1500), ("7B", 7), ("0B", 0), ("2TB", 2e12)],
)
def test_sizes_are_in_units_of_a_thousand(text: str, size: int):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "GB", "-1GB", "1", "nanGB", "infGB", "1GiB"])
def test_other_sizes_are_refused(text: str):
    with pytest.raises(BuilderError, match="is not understood"):
        parse_size(text)


def test_ages_are_in_minutes_hours_days_or_weeks():
    assert [parse_age(t) for t in ("5m", "2h", "1d", "1w")] == [300, 7200, 86_400, 604_800]
