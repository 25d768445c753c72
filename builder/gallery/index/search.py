"""The exact scan that every index is measured against."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_CHUNK = 16_384
"""Rows that are compared at a time; with 1,000 queries they take 64 MB."""

_TIE = 1e-4
"""What rounding to float16 changes in a similarity."""


@dataclass(frozen=True)
class Best:
    """The best pictures of each query, the best first: int64[m, k] and float32[m, k]."""

    numbers: NDArray[np.int64]
    similarities: NDArray[np.float32]

    def __getitem__(self, some: slice) -> "Best":
        """Those of some of the queries."""
        return Best(self.numbers[some], self.similarities[some])


def find_best(
    queries: NDArray[np.float32],
    rows: NDArray[np.number],
    count: int,
    advance: Callable[[int], None] = lambda _: None,
) -> Best:
    """The rows, [n, dim], with the greatest dot products with queries, float32[m, dim].

    Rows are read in chunks; `advance` is called with the number of those that were compared.
    """
    best = Best(np.zeros((len(queries), 0), np.int64), np.zeros((len(queries), 0), np.float32))
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK].astype(np.float32)
        best = _merge(best, queries @ chunk.T, start, count)
        advance(len(chunk))
    order = np.argsort(-best.similarities, axis=1, kind="stable")
    return Best(
        np.take_along_axis(best.numbers, order, 1), np.take_along_axis(best.similarities, order, 1)
    )


def _merge(best: Best, similarities: NDArray[np.float32], start: int, count: int) -> Best:
    """The best, in any order, of what was found and of rows whose first has the number `start`."""
    kept = min(count, similarities.shape[1])
    chosen = np.argpartition(-similarities, kept - 1, axis=1)[:, :kept]
    numbers = np.concatenate([best.numbers, chosen + start], axis=1)
    values = np.concatenate(
        [best.similarities, np.take_along_axis(similarities, chosen, 1)], axis=1
    )
    if values.shape[1] <= count:
        return Best(numbers, values)
    chosen = np.argpartition(-values, count - 1, axis=1)[:, :count]
    return Best(np.take_along_axis(numbers, chosen, 1), np.take_along_axis(values, chosen, 1))


def measure_recall(
    queries: NDArray[np.float32],
    rows: NDArray[np.floating],
    found: NDArray[np.int64],
    best: Best,
) -> float:
    """The share of the best pictures of queries, float32[m, dim], that was found, int64[m, k].

    As usual (https://github.com/erikbern/ann-benchmarks), a picture that is as good as the last of
    the best counts as one of them: rows, float16, do not tell closer ones apart.
    """
    similarities = np.stack(
        [
            rows[numbers].astype(np.float32) @ query
            for numbers, query in zip(found, queries, strict=True)
        ]
    )
    hits = similarities >= best.similarities[:, -1:] - _TIE
    return float(hits.sum() / best.numbers.size)
