"""Points that rows are near to, found by faiss."""

import faiss
import numpy as np
from numpy.typing import NDArray

SAMPLE_PER_POINT = 128
"""Rows that are looked at for each point; more change little."""

_ROUNDS = 10
_SEED = 0


def find_points(rows: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """float32[count, dim]: the means of so many clusters of rows, float32[n, dim]."""
    means = faiss.Kmeans(
        rows.shape[1],
        count,
        niter=_ROUNDS,
        seed=_SEED,
        min_points_per_centroid=1,
        max_points_per_centroid=SAMPLE_PER_POINT,
    )
    means.train(rows)
    return np.array(means.centroids, np.float32)
