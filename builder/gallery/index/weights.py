"""How much directions count: similarities are products with sentences, not distances of pictures.

Queries are mostly sentences, and sentences fill only a part of the space. So what pictures lose
elsewhere costs nothing, which is why lists and codes are made in a space where that is a plain
distance. Pictures are looked for too ("more like this"), and so count a little.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_PICTURES = 0.2
"""How much pictures count beside sentences."""

_FLOOR = 1e-3
"""The least that a direction counts, beside a mean of 1."""


@dataclass(frozen=True)
class Weights:
    """Turns rows to where errors count alike, and queries so that products stay what they are.

    Both are float32[dim, dim], symmetric, and each the other's inverse.
    """

    root: NDArray[np.float32]
    inverse: NDArray[np.float32]


def weigh(sentences: NDArray[np.float32], pictures: NDArray[np.float32]) -> Weights:
    """The weights for rows of sentences, float32[m, dim], and of pictures, float32[n, dim]."""
    moment = _moment(sentences) + _PICTURES * _moment(pictures)
    moment += _FLOOR * np.eye(len(moment))
    values, vectors = np.linalg.eigh(moment)
    roots = np.sqrt(np.maximum(values, _FLOOR))
    root, inverse = (vectors * roots) @ vectors.T, (vectors / roots) @ vectors.T
    return Weights(root.astype(np.float32), inverse.astype(np.float32))


def _moment(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """The second moment, with a mean of 1 on its diagonal."""
    moment = (rows.T @ rows).astype(np.float64)
    return moment * (len(moment) / np.trace(moment))
