"""Unit rows that lie in clumps, as those of pictures do."""

import numpy as np
from numpy.typing import NDArray


def make_rows(count: int, dim: int, *, clumps: int = 0, seed: int = 0) -> NDArray[np.float16]:
    """float16[count, dim] unit rows, around so many directions that all seeds share."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((count, dim))
    if clumps:
        centres = np.random.default_rng(100).standard_normal((clumps, dim))
        rows = centres[rng.integers(clumps, size=count)] + 0.5 * rows
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)
