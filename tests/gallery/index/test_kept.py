"""An index is made once for the same rows and sentences."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from builder.cache import Cache
from builder.gallery.index import build, train
from builder.gallery.index.bank import Bank
from builder.gallery.index.build import BuiltIndex
from builder.gallery.index.kept import find_index
from builder.gallery_manifest import ListIndex
from builder.stored_files import StoredFiles
from tests.gallery.galleries import QUIET
from tests.gallery.index.rows import make_rows

ROWS = make_rows(400, 16, clumps=20)
SENTENCES = make_rows(80, 16, clumps=20, seed=1).astype(np.float32)
BANK = Bank(SENTENCES[20:], SENTENCES[:20])

Find = Callable[..., BuiltIndex]


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of rows that lists were made for, which need few pictures here."""
    numbers: list[int] = []
    real = train.train_lists

    def count(rows: np.ndarray, *rest: object):
        numbers.append(len(rows))
        return real(rows, *rest)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(train, "train_lists", count)
    monkeypatch.setattr(build, "MOST_EXACT", 100)
    return numbers


@pytest.fixture
def find(tmp_path: Path) -> Find:
    def find(rows: np.ndarray = ROWS, bank: Bank = BANK) -> BuiltIndex:
        return find_index(rows, bank, cache=Cache(tmp_path), progress=QUIET)

    return find


def test_the_second_time_nothing_is_trained_and_all_is_the_same(find: Find, trained: list[int]):
    one, again = find(), find()
    assert trained == [400]
    assert isinstance(one.part, ListIndex)
    assert (again.part, again.report, again.problems) == (one.part, one.report, one.problems)
    assert again.order.tolist() == one.order.tolist()
    assert list(again.files.items()) == list(one.files.items())


def test_its_files_are_not_in_memory(find: Find, trained: list[int]):
    assert all(isinstance(find().files, StoredFiles) for _ in range(2))
    assert trained == [400]


def test_another_row_or_sentence_is_another_index(find: Find, trained: list[int]):
    find()
    rows = ROWS.copy()
    rows[7] = -rows[7]
    find(rows)
    for changed in ("training", "held_out"):
        sentences = getattr(BANK, changed).copy()
        sentences[3] = -sentences[3]
        find(bank=dataclasses.replace(BANK, **{changed: sentences}))
    assert trained == [400] * 4


def test_few_pictures_are_not_made_into_lists_because_they_once_were(
    find: Find, trained: list[int], monkeypatch: pytest.MonkeyPatch
):
    find()
    monkeypatch.setattr(build, "MOST_EXACT", 400)
    assert [find().part.kind for _ in range(2)] == ["exact", "exact"]


def test_an_index_that_was_damaged_or_never_finished_is_made_anew(
    find: Find, trained: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def interrupt(self: Path, target: Path):
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(Path, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            find()
    assert not [path for path in (tmp_path / "indexes").rglob("*") if path.is_file()]
    one = find()
    (entry,) = (tmp_path / "indexes").glob("*/*")
    with entry.open("r+b") as file:
        file.truncate(entry.stat().st_size - 1)
    again = find()
    assert trained == [400] * 3
    assert dict(again.files) == dict(one.files)
