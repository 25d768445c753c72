"""Embedding matrices as files: row-major, little-endian, floats, or int8 with one scale."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Dtype = Literal["float32", "float16", "int8"]

_COMPARED = 256
_LOGIT_ERROR = 2e-3
"""Of a logit: a probability moves by a quarter of it (sigmoid) or half of it (softmax) at most."""

_NUMPY = {"float32": "<f4", "float16": "<f2", "int8": "i1"}


@dataclass(frozen=True)
class StoredMatrix:
    """The bytes of a matrix of `shape`; an entry's value is `scale` times what is stored."""

    data: bytes
    dtype: Dtype
    shape: tuple[int, int]
    scale: float


def encode_matrix(rows: NDArray[np.float32], dtype: Dtype = "float16") -> StoredMatrix:
    """Store float32[n, d]; int8 uses one scale, so that the largest entry becomes 127."""
    n, d = rows.shape
    if dtype != "int8":
        return StoredMatrix(rows.astype(_NUMPY[dtype]).tobytes(), dtype, (n, d), 1.0)
    scale = float(np.abs(rows).max(initial=0.0)) / 127 or 1.0
    return StoredMatrix(np.rint(rows / scale).astype(np.int8).tobytes(), dtype, (n, d), scale)


def choose_dtype(
    zimg: NDArray[np.float32], ztxt: NDArray[np.float32], scale: float
) -> Literal["float32", "float16"]:
    """How unit rows float32[n, d] of both kinds are stored: float16, if scores stay what they are.

    `scale` is the factor of cosines. The first pictures are enough to tell.
    """
    some = zimg[:_COMPARED]
    stored, texts = (decode_matrix(encode_matrix(rows, "float16")) for rows in (some, ztxt))
    moved = np.abs(stored @ texts.T - some @ ztxt.T).max(initial=0.0) * scale
    return "float16" if moved <= _LOGIT_ERROR else "float32"


def decode_matrix(matrix: StoredMatrix) -> NDArray[np.float32]:
    """The float32[n, d] that a page computes with."""
    stored = np.frombuffer(matrix.data, _NUMPY[matrix.dtype])
    return (stored.astype(np.float32) * np.float32(matrix.scale)).reshape(matrix.shape)
