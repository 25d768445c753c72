"""Gaussian elimination with row exchanges."""

from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from builder.tfjs.lower.linalg.matrices import column, columns_of, factorization, rows_of
from builder.tfjs.lower.registry import Equation


@factorization("lu")
def _lu(_: Equation, a: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Both factors in one matrix, the exchanges, and the permutation that they come to.

    Rows stay where they are until the end; `places` says where LAPACK would have moved each, so
    that of equal pivots the same one is taken: the first in its order.
    """
    rows, columns = a.shape
    steps = min(rows, columns)

    def eliminate(k: Any, state: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
        x, places, pivots = state
        found = column(x, k)
        sizes = jnp.where(places >= k, jnp.abs(found), -1)
        first = jnp.min(jnp.where(sizes == jnp.max(sizes), places, rows))
        place = jnp.where(first == rows, k, first)  # of NaN there is no largest
        is_pivot = places == place
        pivot_row = jnp.sum(jnp.where(is_pivot, x, 0), 0, keepdims=True)
        places = jnp.where(is_pivot, k, jnp.where(places == k, place, places))
        is_left, pivot = places > k, column(pivot_row, k)
        factors = jnp.where(is_left, found / jnp.where(pivot == 0, 1, pivot), 0)
        rest = x - factors * jnp.where(columns_of(x) > k, pivot_row, 0)
        x = jnp.where((columns_of(x) == k) & is_left, factors, rest)
        return x, places, jnp.where(jnp.arange(steps) == k, place, pivots)

    start = a, rows_of(a), jnp.zeros(steps, jnp.int32)
    x, places, pivots = lax.fori_loop(0, steps, eliminate, start)
    order = jnp.sum(jnp.where(places == jnp.arange(rows), rows_of(a), 0), 0)
    return jnp.take(x, order, axis=0, mode="clip"), pivots, order


@factorization("lu_pivots_to_permutation", ranks=(1,))
def _lu_pivots_to_permutation(eqn: Equation, pivots: jax.Array) -> jax.Array:
    """Where the rows come from after they were exchanged one after the other."""
    places = jnp.arange(eqn.params["permutation_size"])

    def exchange(k: Any, order: jax.Array) -> jax.Array:
        here = lax.dynamic_index_in_dim(order, k, keepdims=False)
        other = lax.dynamic_index_in_dim(pivots, k, keepdims=False)
        there = jnp.sum(jnp.where(places == other, order, 0))
        return jnp.where(places == k, there, jnp.where(places == other, here, order))

    return lax.fori_loop(0, pivots.shape[0], exchange, places)
