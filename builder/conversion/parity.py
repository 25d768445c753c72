"""How far what TensorFlow.js computes is from what JAX computes, and how far it may be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from builder.errors import ParityError
from builder.tfjs.graph import Array

MAX_ERROR = 1e-5
"""How far float32 weights may be off, in parts of an output's largest number, or of 1 if larger."""

MIN_COSINE = 0.9999
"""The least cosine of rows to JAX's with quantized weights."""


@dataclass(frozen=True)
class Parity:
    """The distance of outputs to JAX's, over all outputs and samples.

    `max_abs_error` is the largest difference of two numbers, `min_cosine` the least cosine of two
    rows (last axis). `relative_error` is the largest difference in parts of the largest number of
    its output, or of 1 if that is larger. Two NaN agree, as do infinities of one sign; any other
    pair with one of them is infinitely far apart, and so are two integers or truth values that are
    not the same.
    """

    max_abs_error: float
    min_cosine: float
    relative_error: float


@dataclass(frozen=True)
class Tolerance:
    """How far a model may be off: `Parity.relative_error` for float32 weights, else the cosine."""

    max_error: float = MAX_ERROR
    min_cosine: float = MIN_COSINE

    def check(self, parity: Parity, quantization: str | None) -> None:
        """Let a model pass, or refuse it; `quantization` says how its weights are stored.

        Raises:
            ParityError: if it is further from JAX.
        """
        # Written so that NaN, which is neither within nor beyond a limit, fails.
        if quantization is None and not parity.relative_error <= self.max_error:
            raise ParityError(
                f"In TensorFlow.js the model differs from JAX by {parity.max_abs_error:.2g};"
                f" {self.max_error:g} of the largest number is allowed with float32 weights."
            )
        if quantization is not None and not parity.min_cosine >= self.min_cosine:
            raise ParityError(
                f"With {quantization} weights the least cosine to JAX's output is"
                f" {parity.min_cosine:.6f}, below min_cosine = {self.min_cosine}. Quantize less, or"
                " lower min_cosine."
            )


def measure_parity(actual: Mapping[str, Array], expected: Mapping[str, Any]) -> Parity:
    """Compare outputs by name with those of JAX."""
    return worst(_compare(actual[name], np.asarray(array)) for name, array in expected.items())


def worst(found: Iterable[Parity]) -> Parity:
    """The parity of all together."""
    parities = list(found)
    return Parity(
        max_abs_error=max((p.max_abs_error for p in parities), default=0.0),
        min_cosine=min((p.min_cosine for p in parities), default=1.0),
        relative_error=max((p.relative_error for p in parities), default=0.0),
    )


def _compare(actual: Array, expected: Array) -> Parity:
    a, e = (np.atleast_1d(np.asarray(array, np.float64)) for array in (actual, expected))
    with np.errstate(invalid="ignore"):
        same = (a == e) | (np.isnan(a) & np.isnan(e))
        differences = np.where(same, 0.0, np.abs(a - e))
    differences[~np.isfinite(differences)] = np.inf
    error = float(differences.max(initial=0))
    is_exact = not np.issubdtype(expected.dtype, np.inexact) and expected.dtype.kind in "iub"
    size = np.abs(e[np.isfinite(e)]).max(initial=1)
    # What is not finite but the same on both sides has no part in the direction of a row.
    is_number = np.isfinite(a) | ~same
    cosines = _cosines(np.where(is_number, a, 0), np.where(is_number, e, 0))
    return Parity(
        max_abs_error=error,
        min_cosine=float(np.min(cosines, initial=1)),
        relative_error=np.inf if is_exact and error else error / float(size),
    )


def _cosines(a: Array, b: Array) -> Array:
    """Cosines along the last axis; two rows of zeros agree, and no row agrees with one of NaN."""
    with np.errstate(invalid="ignore"):
        norms = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
        products = np.sum(a * b, axis=-1)
        cosines = np.where(norms > 0, products / np.where(norms > 0, norms, 1), np.all(a == b))
    return np.where(np.isfinite(cosines), cosines, -1.0)
