"""The index of a large gallery: what it finds, what it says of itself, and its files."""

import base64
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from builder.gallery.index.bank import Bank
from builder.gallery.index.build import BuiltIndex, build_index, find_problems
from builder.gallery.index.clusters import BLOCK
from builder.gallery.index.exact import MOST_FILE_BYTES, read_exact_rows
from builder.gallery.index.files import list_urls
from builder.gallery.index.search import find_best, measure_recall
from builder.gallery_manifest import ExactIndex, ListIndex
from tests.gallery.galleries import QUIET
from tests.gallery.index.rows import make_rows

GOLDEN = Path(__file__).parents[2] / "golden"
ROWS = make_rows(4000, 32, clumps=100)
SENTENCES = make_rows(700, 32, clumps=100, seed=1).astype(np.float32)
BANK = Bank(SENTENCES[150:], SENTENCES[:150])


def _head_bytes(part: ListIndex, dim: int) -> int:
    """Positions, two layers, the turn of queries and the points of codes."""
    axes, lists = sum(part.widths), part.lists.count
    layers = part.units * (8 + dim) + lists * (8 + part.units)
    return 4 * (lists + 1) + layers + axes * (4 + dim) + 4 * len(part.widths) + 256 * axes


@pytest.fixture(scope="module")
def built() -> BuiltIndex:
    """Lists of 4,000 pictures."""
    return build_index(ROWS, BANK, exact=False, progress=QUIET)


def test_every_picture_has_one_position(built: BuiltIndex):
    assert sorted(built.order) == list(range(len(ROWS)))


def test_lists_find_most_of_what_an_exact_scan_does_and_say_how_much(built: BuiltIndex):
    report = built.report
    assert report.kind == "lists"
    assert report.recall_at_10 >= 0.93
    assert report.sentences == 150
    assert report.recall_of_alike is not None
    assert 0.5 < report.recall_of_alike <= 1
    assert built.problems == ()


def test_a_search_reads_a_part_of_the_files_only(built: BuiltIndex):
    part, report = built.part, built.report
    assert isinstance(part, ListIndex)
    assert report.files.percentile_95 <= part.probes + part.blocks
    assert report.bytes.mean < 0.5 * ROWS.size
    assert max(map(len, built.files.values())) <= MOST_FILE_BYTES


def test_the_files_are_as_long_as_the_manifest_says(built: BuiltIndex):
    part = built.part
    assert isinstance(part, ListIndex)
    lists = part.lists.count
    assert part.head.bytes == _head_bytes(part, 32)
    starts = np.frombuffer(built.files[part.head.url][: 4 * (lists + 1)], "<u4")
    assert starts[-1] == len(ROWS)
    for url, count in zip(
        list_urls(part.lists, built.files[part.lists.url]), np.diff(starts), strict=True
    ):
        blocks = -(-int(count) // BLOCK)
        assert len(built.files[url]) == 64 + 16 * blocks + count * len(part.widths)


def test_the_same_rows_give_the_same_files():
    one, again = (build_index(ROWS[:600], BANK, exact=False, progress=QUIET) for _ in range(2))
    assert again.part == one.part
    assert again.files.keys() == one.files.keys()


def test_few_pictures_are_all_compared_in_the_authors_order():
    built = build_index(ROWS, BANK, progress=QUIET)
    assert isinstance(built.part, ExactIndex)
    assert built.order.tolist() == list(range(len(ROWS)))
    stored = read_exact_rows(built.part, built.files, 32)
    found = find_best(BANK.held_out, stored, 10).numbers
    recall = measure_recall(BANK.held_out, ROWS, found, find_best(BANK.held_out, ROWS, 10))
    assert built.report.recall_at_10 == recall >= 0.97


def test_an_index_that_finds_too_little_is_a_problem_with_a_remedy(built: BuiltIndex):
    [problem] = find_problems(dataclasses.replace(built.report, recall_at_10=0.82))
    assert "finds 82% of the ten best pictures" in problem
    assert "Add the words that visitors will look for" in problem


def test_a_gallery_may_have_fewer_pictures_than_a_search_finds():
    built = build_index(ROWS[:7], BANK, progress=QUIET)
    assert built.report.recall_at_10 == 1


def test_the_index_that_the_page_is_tested_with_is_of_this_format():
    golden = json.loads((GOLDEN / "gallery_lists.json").read_text("utf-8"))
    part = ListIndex.model_validate(golden["index"])
    head = base64.b64decode(golden["files"][part.head.url])
    assert len(head) == _head_bytes(part, golden["dim"])
