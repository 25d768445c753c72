"""The exact scan that every index is measured against."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FIRST = 10
"""Pictures that a search must find, and that recall counts."""

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

    def take(self, places: NDArray[np.int64]) -> "Best":
        """For each query, those at some places, int64[m, n]."""
        return Best(*(np.take_along_axis(part, places, 1) for part in self._parts))

    def merge(self, other: "Best", count: int) -> "Best":
        """The best of both."""
        pairs = zip(self._parts, other._parts, strict=True)
        both = Best(*(np.concatenate(pair, axis=1) for pair in pairs))
        return both.take(np.argsort(-both.similarities, axis=1, kind="stable")[:, :count])

    @property
    def _parts(self) -> tuple[NDArray[Any], NDArray[Any]]:
        return self.numbers, self.similarities


Compare = Callable[[NDArray[np.float32], NDArray[np.float32], int], Best]
"""The best of rows, float32[n, dim], for queries, float32[m, dim], in any order."""


def _compare(queries: NDArray[np.float32], rows: NDArray[np.float32], count: int) -> Best:
    similarities = queries @ rows.T
    chosen = np.argpartition(-similarities, count - 1, axis=1)[:, :count]
    return Best(chosen, np.take_along_axis(similarities, chosen, 1))


def find_best(
    queries: NDArray[np.float32],
    rows: NDArray[np.number],
    count: int,
    advance: Callable[[int], None] = lambda _: None,
    *,
    compare: Compare = _compare,
    chunk: int = _CHUNK,
) -> Best:
    """The rows, [n, dim], with the greatest dot products with queries, float32[m, dim].

    So many rows are read and compared at a time; `advance` is called with how many were.
    """
    best = Best(np.zeros((len(queries), 0), np.int64), np.zeros((len(queries), 0), np.float32))
    for start in range(0, len(rows), chunk):
        some = rows[start : start + chunk].astype(np.float32)
        found = compare(queries, some, min(count, len(some)))
        best = best.merge(Best(found.numbers + start, found.similarities), count)
        advance(len(some))
    return best


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
