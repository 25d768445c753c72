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
    """The columns where they meet: I and the exchange of the halves, each moved after a round."""

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
        swap = np.roll(identity, half, axis=0)
        return cls(jnp.asarray(identity[:, moved]), jnp.asarray(swap[:, moved]))

    def rotation(self, cosine: jax.Array, sine: jax.Array) -> jax.Array:
        """The matrix by which columns are multiplied in a round, for an angle for each pair."""
        cosines = jnp.concatenate([cosine, cosine])[:, None]
        sines = jnp.concatenate([sine, -sine])[:, None]
        return cosines * self.stay + sines * self.swap


def angles(p: jax.Array, q: jax.Array, product: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Cosine and sine of the rotations that diagonalize [[p, product], [product, q]].

    Of the two angles the smaller (Golub and Van Loan, algorithm 8.4.1).
    """
    apart, twice = q - p, 2 * product
    size = jnp.abs(apart) + jnp.sqrt(apart * apart + twice * twice)
    tangent = jnp.where(apart < 0, -twice, twice) / jnp.where(size == 0, 1, size)
    cosine = 1 / jnp.sqrt(1 + tangent * tangent)
    return cosine, tangent * cosine


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
