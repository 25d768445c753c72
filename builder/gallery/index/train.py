"""From rows to an index of lists: clusters, a router, and the codes that cost least."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from builder.gallery.index.bank import Bank
from builder.gallery.index.choose import Choice, Goal, choose_scope
from builder.gallery.index.clusters import Clusters, cluster
from builder.gallery.index.codes import train_codes
from builder.gallery.index.lists import Lists, Scope
from builder.gallery.index.neighbours import find_neighbours
from builder.gallery.index.router import Router, train_router
from builder.gallery.index.search import FIRST, Best, find_best, measure_recall
from builder.gallery.index.weights import Weights, find_scale, round_rows, weigh
from builder.progress import Progress

_SAMPLE = 131_072
"""Rows that lists and codes are made for, if there are more."""

_JUDGED = 500
"""Sentences of those to learn from that are only used to choose."""

_PICTURES = 0.2
"""Pictures that are looked for ("more like this"), as a share of the sentences."""

_ALIKE = 200
"""Pictures that are looked for when that is measured."""

_COLUMNS_PER_BYTE = (16 / 3, 4, 8 / 3)
"""Codes that are tried have a byte for so many columns of a row."""

_CHUNK = 16_384


def train_lists(
    rows: NDArray[np.float16], bank: Bank, progress: Progress
) -> tuple[Lists, Scope, Best]:
    """The lists of rows, float16[n, dim], and how much of them a search should read.

    Also the numbers of the ten best rows for the sentences of the bank that were held out.
    """
    rng = np.random.default_rng(0)
    some = np.sort(rng.choice(len(rows), min(_SAMPLE, len(rows)), replace=False))
    sample = rng.permutation(rows[some].astype(np.float32))
    pictures = sample[: round(_PICTURES * len(bank.training))]
    queries = np.concatenate([bank.training, pictures, bank.held_out])
    with progress.step("Compare all rows with sentences", len(rows)) as advance:
        best = find_neighbours(queries, rows, FIRST, advance)
    weights = weigh(bank.training, sample)
    with progress.step("Put pictures into lists", len(rows)) as advance:
        clusters = cluster(rows, sample, weights, round(math.sqrt(len(rows))), advance)
    wanted = clusters.find_positions(best.numbers)
    learned = len(queries) - len(bank.held_out)
    judged = min(_JUDGED, len(bank.training) // 5)
    with progress.step("Learn which lists to read", 1) as advance:
        router = train_router(clusters, queries[:learned], wanted[:learned], judged)
        advance(1)
    with progress.step("Round rows to eight bits", len(rows)) as advance:
        stored, scale = _store(rows, clusters, weights, advance)
        exact = find_best(queries[:judged] * np.float32(scale), stored, FIRST).numbers
    ceiling = measure_recall(queries[:judged], rows, clusters.order[exact], best[:judged])
    goal = Goal(queries[:judged], wanted[:judged], ceiling)
    lists, choice = _choose_codes(clusters, router, weights, stored, scale, goal, progress)
    return lists, choice.scope, best[learned:]


def measure_alike(
    rows: NDArray[np.float16], lists: Lists, scope: Scope, progress: Progress
) -> float:
    """The share of the ten pictures most like a picture, besides itself, that a search finds."""
    rng = np.random.default_rng(1)
    some = rng.choice(len(rows), min(_ALIKE, len(rows)), replace=False)
    stored = lists.rows[lists.clusters.find_positions(some)].astype(np.float32)
    queries = stored / np.linalg.norm(stored, axis=1, keepdims=True)
    with progress.step("Look for pictures like others", len(rows)) as advance:
        best = find_neighbours(queries, rows, FIRST + 1, advance)
    positions = np.stack([lists.search(query, scope, FIRST + 1).positions for query in queries])
    recall = measure_recall(queries, rows, lists.clusters.order[positions], best)
    return recall - (1 - recall) / FIRST  # itself is always found


def _choose_codes(
    clusters: Clusters,
    router: Router,
    weights: Weights,
    stored: NDArray[np.int8],
    scale: float,
    goal: Goal,
    progress: Progress,
) -> tuple[Lists, Choice]:
    """The lists with the best codes of several lengths."""
    rng = np.random.default_rng(0)
    some = np.sort(rng.choice(len(stored), min(_SAMPLE, len(stored)), replace=False))
    remainders = _subtract_means(stored, scale, clusters, some)
    found: list[tuple[Lists, Choice]] = []
    with progress.step("Try codes", len(stored) * len(_COLUMNS_PER_BYTE)) as advance:
        for columns in _COLUMNS_PER_BYTE:
            codes = train_codes(remainders, weights, max(1, round(stored.shape[1] / columns)))
            coded = np.empty((len(stored), len(codes.widths)), np.uint8)
            for start in range(0, len(stored), _CHUNK):
                chunk = np.arange(start, min(start + _CHUNK, len(stored)))
                coded[chunk] = codes.encode(_subtract_means(stored, scale, clusters, chunk))
                advance(len(chunk))
            lists = Lists(clusters, router, codes, stored, scale, coded)
            found.append((lists, choose_scope(lists, goal)))
    return max(found, key=lambda pair: pair[1].rank)


def _store(
    rows: NDArray[np.float16], clusters: Clusters, weights: Weights, advance: Callable[[int], None]
) -> tuple[NDArray[np.int8], float]:
    """The rows by position as int8, and their scale."""
    scale = find_scale(rows)
    stored = np.empty(rows.shape, np.int8)
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[clusters.order[start : start + _CHUNK]].astype(np.float32)
        stored[start : start + len(chunk)] = round_rows(chunk, scale, weights)
        advance(len(chunk))
    return stored, scale


def _subtract_means(
    stored: NDArray[np.int8], scale: float, clusters: Clusters, positions: NDArray[np.int64]
) -> NDArray[np.float32]:
    """What the means of lists leave of the rows at some positions."""
    means = clusters.means[clusters.find_lists(positions)]
    return stored[positions] * np.float32(scale) - means
