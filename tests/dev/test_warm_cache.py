"""What a cache keeps that is no file."""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from builder.cache import Cache
from builder.dev.warm_cache import WarmCache


class Programs:
    """Counts what is started, and what runs."""

    def __init__(self) -> None:
        self.started = 0
        self.running = 0

    @contextmanager
    def start(self) -> Generator[int]:
        self.started += 1
        self.running += 1
        try:
            yield self.started
        finally:
            self.running -= 1


@pytest.fixture
def programs() -> Programs:
    return Programs()


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[WarmCache]:
    with closing(WarmCache(tmp_path)) as cache:
        yield cache


def test_a_program_runs_on_for_the_next_block_with_its_key(cache: WarmCache, programs: Programs):
    for _ in range(2):
        with cache.using("one", programs.start) as number:
            assert number == 1
    with cache.using("other", programs.start) as number:
        assert number == 2
    assert programs.running == 2
    cache.close()
    assert programs.running == 0


def test_a_cache_of_files_ends_a_program_with_its_block(tmp_path: Path, programs: Programs):
    for _ in range(2):
        with Cache(tmp_path).using("one", programs.start):
            assert programs.running == 1
        assert programs.running == 0


def test_a_program_that_fails_is_started_anew(cache: WarmCache, programs: Programs):
    with pytest.raises(ValueError, match="died"), cache.using("one", programs.start):
        raise ValueError("died")
    assert programs.running == 0
    with cache.using("one", programs.start) as number:
        assert number == 2


def test_of_many_programs_the_last_ones_run_on(cache: WarmCache, programs: Programs):
    for number in range(20):
        with (
            cache.using("first", programs.start) as first,
            cache.using(str(number), programs.start),
        ):
            assert first == 1
    assert programs.running < 10


def test_entries_are_read_once_until_they_change(cache: WarmCache, tmp_path: Path):
    cache.store("rows", "ab", b"data")
    assert cache.load("rows", "ab") == b"data"
    (tmp_path / "rows/ab/ab").unlink()
    assert cache.load("rows", "ab") == b"data"
    cache.store("rows", "ab", b"other")
    assert cache.load("rows", "ab") == b"other"


def test_entries_can_be_made_without_being_kept(cache: WarmCache):
    cache.stores = False
    cache.store("rows", "ab", b"data")
    assert cache.load("rows", "ab") is None
    cache.stores = True
    cache.store("rows", "ab", b"data")
    assert cache.load("rows", "ab") == b"data"
