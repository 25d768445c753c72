"""What `search.find_best` finds, by faiss, which is faster for tens of thousands of queries."""

from collections.abc import Callable

import faiss
import numpy as np
from numpy.typing import NDArray

from builder.gallery.index.search import Best

_CHUNK = 65_536


def find_neighbours(
    queries: NDArray[np.float32],
    rows: NDArray[np.float16],
    count: int,
    advance: Callable[[int], None] = lambda _: None,
) -> Best:
    """The rows, [n, dim], with the greatest dot products with queries, float32[m, dim].

    Rows are read in chunks; `advance` is called with the number of those that were compared.
    """
    best = Best(np.zeros((len(queries), 0), np.int64), np.zeros((len(queries), 0), np.float32))
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK].astype(np.float32)
        similarities, numbers = faiss.knn(
            queries, chunk, min(count, len(chunk)), metric=faiss.METRIC_INNER_PRODUCT
        )
        best = _merge(best, Best(numbers + start, similarities), count)
        advance(len(chunk))
    return best


def _merge(one: Best, other: Best, count: int) -> Best:
    numbers = np.concatenate([one.numbers, other.numbers], axis=1)
    similarities = np.concatenate([one.similarities, other.similarities], axis=1)
    order = np.argsort(-similarities, axis=1, kind="stable")[:, :count]
    return Best(np.take_along_axis(numbers, order, 1), np.take_along_axis(similarities, order, 1))
