"""Jacobi's rotations, n / 2 of them at a time, which diagonalize a matrix to full precision.

A round rotates columns i and i + n / 2 for every i, and then moves the columns so that others meet.
After n - 1 rounds, a sweep, every two have met, and all are back in place (R. P. Brent, F. T. Luk,
The solution of singular-value and symmetric eigenvalue problems on multiprocessor arrays, 1985).
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax


def even(size: int) -> int:
    """The number of columns to rotate: one more, of zeros, if they are odd."""
    return size + size % 2 if size > 1 else 1


class Rounds(NamedTuple):
    """The columns where they meet: what stays of each and what comes of the other, then moved."""

    stay: jax.Array
    swap: jax.Array

    @classmethod
    def of(cls, size: int) -> "Rounds":
        """For an even number of columns."""
        half = size // 2
        top, bottom = np.arange(half), np.arange(half, size)
        moved = [*top[:1], *bottom[:1], *top[1:-1], *bottom[1:], *top[1:][-1:]]
        moved = list(range(size)) if half == 1 else moved
        identity = np.eye(size, dtype=np.float32)
        swap = np.concatenate([identity[half:], -identity[:half]])
        return cls(jnp.asarray(identity[:, moved]), jnp.asarray(swap[:, moved]))

    def rotation(self, p: jax.Array, q: jax.Array, product: jax.Array) -> jax.Array:
        """What to multiply columns by, so that all [[p, product], [product, q]] become diagonal.

        Of two angles the smaller is taken (Golub and Van Loan, algorithm 8.4.1).
        """
        apart = (q - p) * 0.5
        length = jnp.sqrt(apart * apart + product * product) + _TINY
        tangent = product / (apart + jnp.where(apart < 0, -length, length))
        cosine = lax.rsqrt(1 + tangent * tangent)
        cosines = jnp.concatenate([cosine, cosine])[:, None]
        tangents = jnp.concatenate([tangent, tangent])[:, None]
        return cosines * (self.stay + tangents * self.swap)


_TINY = 1e-30


def rotate(state: Any, round_: Callable[[Any, Rounds], Any], size: int, sweeps: float) -> Any:
    """The state after `sweeps` times log2(size) sweeps over so many columns, and one more."""
    rounds = Rounds.of(size)
    count = (size - 1) * (1 + math.ceil(sweeps * math.log2(size)))

    def step(_: Any, found: Any) -> Any:
        return round_(found, rounds)

    return lax.fori_loop(0, count, step, state)


def orthogonalize(v: jax.Array) -> jax.Array:
    """The nearest orthogonal matrix to one that nearly is: a step of Newton and Schulz."""
    return v + v @ (jnp.eye(v.shape[1]) - v.T @ v) / 2
