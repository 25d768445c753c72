"""Reflections that make a column zero below some row, with LAPACK's signs (slarfg)."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from builder.tfjs.lower.linalg.matrices import (
    column,
    columns_of,
    factorization,
    row,
    rows_of,
)
from builder.tfjs.lower.registry import Equation

_SAFE = 1e15
"""The squares of numbers up to this, or down to one part of it, are neither infinite nor zero."""


class Reflection(NamedTuple):
    """I - tau v v', with v [rows, 1]; it takes the column [rows, 1] it was made for to `image`."""

    v: jax.Array
    tau: jax.Array
    image: jax.Array

    def reflect(self, x: jax.Array) -> jax.Array:
        """The product of the reflection and a matrix."""
        return x - self.tau * self.v * (self.v.T @ x)


def safe_scale(x: jax.Array) -> jax.Array:
    """What to divide a matrix by, so that squares of its numbers are neither infinite nor zero."""
    largest = jnp.max(jnp.abs(x))
    is_safe = (largest < _SAFE) & (largest > 1 / _SAFE)
    return jnp.where(is_safe | (largest == 0) | ~jnp.isfinite(largest), 1, largest)


def reflection(found: jax.Array, k: Any) -> Reflection:
    """The reflection that makes a column [rows, 1] zero below row k, where it gets the other sign.

    If it is zero there already, tau is 0.
    """
    rows = rows_of(found)
    tail = jnp.where(rows > k, found, 0)
    head = row(found, k)
    squares = jnp.sum(tail * tail)
    length = jnp.sqrt(head * head + squares)
    is_done = squares == 0
    is_negative = 1 / head < 0  # or -0, which LAPACK tells from 0
    beta = jnp.where(is_done, head, jnp.where(is_negative, length, -length))
    tau = jnp.where(is_done, 0, (beta - head) / jnp.where(is_done, 1, beta))
    v = jnp.where(rows == k, 1, tail / jnp.where(is_done, 1, head - beta))
    image = jnp.where(rows < k, found, jnp.where(rows == k, beta, 0))
    return Reflection(v, tau, image)


def reduce_columns(a: jax.Array, *, pivoting: bool) -> tuple[jax.Array, jax.Array, jax.Array]:
    """R and, below its diagonal, the reflections; their taus; the order of the columns.

    With `pivoting` the longest column that is left comes next.
    """
    steps = min(a.shape)
    columns, scale = columns_of(a), safe_scale(a)

    def reduce_one(k: Any, state: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
        x, taus, order = state
        if pivoting:
            x, order = _exchange(x, order, k)
        found = column(x, k)
        made = reflection(found, k)
        reflected = jnp.where(columns > k, made.reflect(x), x)
        stored = jnp.where(rows_of(x) > k, made.v, made.image)
        taus = jnp.where(jnp.arange(steps) == k, made.tau[0, 0], taus)
        return jnp.where(columns == k, stored, reflected), taus, order

    start = a / scale, jnp.zeros(steps), jnp.arange(a.shape[1])
    x, taus, order = lax.fori_loop(0, steps, reduce_one, start)
    return jnp.where(rows_of(a) <= columns, x * scale, x), taus, order


def _exchange(x: jax.Array, order: jax.Array, k: Any) -> tuple[jax.Array, jax.Array]:
    """The longest of the columns from k on, in rows from k on, comes to place k."""
    places = jnp.arange(x.shape[1])
    lengths = jnp.sum(jnp.where(rows_of(x) >= k, x * x, 0), 0)
    longest = jnp.argmax(jnp.where(places >= k, lengths, -1))

    def swap(y: jax.Array) -> jax.Array:
        here = lax.dynamic_slice_in_dim(y, k, 1, y.ndim - 1)
        there = jnp.sum(jnp.where(places == longest, y, 0), -1, keepdims=True)
        return jnp.where(places == k, there, jnp.where(places == longest, here, y))

    return swap(x), swap(order)


def multiply_reflections(a: jax.Array, taus: jax.Array, columns: int) -> jax.Array:
    """So many columns of the product of the reflections below the diagonal of `a`."""
    rows, steps = rows_of(a), taus.shape[0]

    def multiply(step: Any, q: jax.Array) -> jax.Array:
        k = steps - 1 - step
        v = jnp.where(rows > k, column(a, k), jnp.where(rows == k, 1.0, 0.0))
        tau = lax.dynamic_index_in_dim(taus, k, keepdims=False)
        return Reflection(v, tau, v).reflect(q)

    return lax.fori_loop(0, steps, multiply, jnp.eye(a.shape[0], columns))


@factorization("geqrf")
def _geqrf(_: Equation, a: jax.Array) -> tuple[jax.Array, jax.Array]:
    return reduce_columns(a, pivoting=False)[:2]


@factorization("householder_product", ranks=(2, 1))
def _householder_product(_: Equation, a: jax.Array, taus: jax.Array) -> jax.Array:
    return multiply_reflections(a, taus, a.shape[1])


@factorization("hessenberg")
def _hessenberg(_: Equation, a: jax.Array) -> tuple[jax.Array, jax.Array]:
    """A similar matrix that is zero below its subdiagonal, and the reflections there."""
    return reduce_similar(a)


def reduce_similar(a: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The Hessenberg form, with the reflections below its subdiagonal, and their taus."""
    steps = a.shape[0] - 1
    columns, scale = columns_of(a), safe_scale(a)

    def reduce_one(k: Any, state: tuple[Any, Any]) -> tuple[Any, Any]:
        x, taus = state
        made = reflection(column(x, k), k + 1)
        reflected = jnp.where(columns > k, made.reflect(x), x)
        # What was stored to the left stays, as v is zero there.
        similar = made.reflect(reflected.T).T
        stored = jnp.where(rows_of(x) > k + 1, made.v, made.image)
        taus = jnp.where(jnp.arange(steps) == k, made.tau[0, 0], taus)
        return jnp.where(columns == k, stored, similar), taus

    x, taus = lax.fori_loop(0, steps, reduce_one, (a / scale, jnp.zeros(steps)))
    return jnp.where(rows_of(a) <= columns + 1, x * scale, x), taus
