"""From rows to the index of a gallery, which suits their number."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.errors import BuilderError
from builder.gallery.index.bank import Bank
from builder.gallery.index.exact import add_exact_index, read_exact_rows
from builder.gallery.index.files import NamedFiles
from builder.gallery.index.report import Cost, IndexReport
from builder.gallery.index.search import FIRST, find_best, measure_recall
from builder.gallery.index.weights import weigh
from builder.gallery_manifest import ExactIndex, ListIndex
from builder.progress import Progress

MOST_EXACT = 20_000
"""Pictures that a page still compares one by one."""

LEAST_RECALL = 0.9
"""Recall below which the author is warned."""

_WEIGHED = 16_384


@dataclass(frozen=True)
class BuiltIndex:
    """An index: `order[position]` is the number of a row, `part` what the manifest says.

    `files` are by URL, and `problems` sentences for the author.
    """

    order: NDArray[np.int64]
    part: ExactIndex | ListIndex
    files: Mapping[str, bytes]
    report: IndexReport
    problems: tuple[str, ...]


def build_index(
    rows: NDArray[np.float16],
    bank: Bank,
    *,
    exact: bool | None = None,
    store: MutableMapping[str, bytes] | None = None,
    progress: Progress,
) -> BuiltIndex:
    """The index of unit rows, float16[n, dim]: of all if `exact`, by default if they are few.

    The rows may be in a file (`numpy.memmap`). The index's own files go into `store`, or else are
    in memory.

    Raises:
        BuilderError: if lists are needed and faiss is not installed.
    """
    if exact is None:
        exact = are_few(rows)
    build = _build_exact if exact else _build_lists
    return build(rows, bank, NamedFiles(store), progress)


def are_few(rows: NDArray[np.float16]) -> bool:
    """Whether a page still compares all of them."""
    return len(rows) <= MOST_EXACT


def _build_exact(
    rows: NDArray[np.float16], bank: Bank, files: NamedFiles, progress: Progress
) -> BuiltIndex:
    part = add_exact_index(rows, weigh(bank.training, rows[:_WEIGHED].astype(np.float32)), files)
    with progress.step("Compare all rows with sentences", len(rows)) as advance:
        best = find_best(bank.held_out, rows, FIRST, advance)
    stored = read_exact_rows(part, files.contents, rows.shape[1])
    found = find_best(bank.held_out, stored, FIRST).numbers
    report = IndexReport(
        "exact",
        recall_at_10=measure_recall(bank.held_out, rows, found, best),
        once=sum(map(len, files.contents.values())),
        bytes=Cost(0, 0),
        files=Cost(0, 0),
        code_bytes=rows.shape[1],
        sentences=len(bank.held_out),
    )
    return BuiltIndex(np.arange(len(rows)), part, files.contents, report, find_problems(report))


def _build_lists(
    rows: NDArray[np.float16], bank: Bank, files: NamedFiles, progress: Progress
) -> BuiltIndex:
    try:
        from builder.gallery.index.list_files import add_list_index
        from builder.gallery.index.train import measure_alike, train_lists
    except ModuleNotFoundError:
        raise BuilderError(
            f"[gallery]: {len(rows):,} pictures need lists, which faiss makes; it is not installed."
            " Install it: pip install 'lit-demo-builder[gallery]'"
        ) from None

    lists, scope, best = train_lists(rows, bank, progress)
    with progress.step("Search with sentences that were held out", 1) as advance:
        readings = [lists.search(query, scope, FIRST) for query in bank.held_out]
        advance(1)
    order = lists.clusters.order
    found = order[np.array([reading.positions for reading in readings])]
    part = add_list_index(lists, scope, files)
    report = IndexReport(
        "lists",
        recall_at_10=measure_recall(bank.held_out, rows, found, best),
        once=part.head.bytes + part.lists.bytes,
        bytes=_sum_up([reading.bytes for reading in readings]),
        files=_sum_up([reading.files for reading in readings]),
        code_bytes=len(part.widths),
        sentences=len(bank.held_out),
        recall_of_alike=measure_alike(rows, lists, scope, progress),
        lists=part.lists.count,
    )
    return BuiltIndex(order, part, files.contents, report, find_problems(report))


def _sum_up(values: list[int]) -> Cost:
    return Cost(float(np.mean(values)), float(np.percentile(values, 95)))


def find_problems(report: IndexReport) -> tuple[str, ...]:
    """What an author should know of an index, with what to do about it."""
    if report.recall_at_10 >= LEAST_RECALL:
        return ()
    return (
        f"[gallery]: a search finds {report.recall_at_10:.0%} of the ten best pictures. Add the"
        " words that visitors will look for to the prompts, so that the index is made for them.",
    )
