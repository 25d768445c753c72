"""Tridiagonal systems and forms."""

from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from builder.tfjs.lower.linalg.householder import reduce_similar
from builder.tfjs.lower.linalg.matrices import columns_of, factorization, rows_of
from builder.tfjs.lower.registry import Equation


@factorization("tridiagonal")
def _tridiagonal(eqn: Equation, a: jax.Array) -> tuple[jax.Array, ...]:
    """A similar tridiagonal matrix: reflections, diagonal, the one beside it, taus."""
    if not eqn.params["lower"]:
        raise eqn.refuse("the upper half of a matrix is reduced.", "use lower=True.")
    x, taus = reduce_similar(jnp.tril(a) + jnp.tril(a, -1).T)
    stored = jnp.where(rows_of(a) < columns_of(a), a, x)
    return stored, jnp.diagonal(x), jnp.diagonal(x, -1), taus


@factorization("tridiagonal_solve", ranks=(1, 1, 1, 2))
def _tridiagonal_solve(
    _: Equation, below: jax.Array, diagonal: jax.Array, above: jax.Array, b: jax.Array
) -> jax.Array:
    """Elimination in which neighbouring rows are exchanged for the larger pivot (LAPACK, gtsv)."""
    if diagonal.shape[0] == 1:
        return b / diagonal[0]
    zero = jnp.zeros(1)
    lower, upper = jnp.append(below[1:], zero), jnp.append(above[:-1], zero)

    def eliminate(row: tuple[Any, Any, Any], following: tuple[Any, ...]) -> tuple[Any, Any]:
        pivot, right, b_row = row
        lower, next_pivot, next_right, next_b = following
        swaps = jnp.abs(lower) > jnp.abs(pivot)
        first = jnp.where(swaps, lower, pivot)
        factor = jnp.where(swaps, pivot, lower) / first
        kept_right = jnp.where(swaps, next_pivot, right)
        kept_beyond = jnp.where(swaps, next_right, 0)
        kept_b = jnp.where(swaps, next_b, b_row)
        rest = (
            jnp.where(swaps, right, next_pivot) - factor * kept_right,
            jnp.where(swaps, -factor * next_right, next_right),
            jnp.where(swaps, b_row, next_b) - factor * kept_b,
        )
        return rest, (first, kept_right, kept_beyond, kept_b)

    following = lower[:-1], diagonal[1:], upper[1:], b[1:]
    (pivot, _, b_row), kept = lax.scan(eliminate, (diagonal[0], upper[0], b[0]), following)

    def substitute(found: tuple[Any, Any], row: tuple[Any, ...]) -> tuple[Any, Any]:
        pivot, right, beyond, b_row = row
        x = (b_row - right * found[0] - beyond * found[1]) / pivot
        return (x, found[0]), x

    last = b_row / pivot
    _, others = lax.scan(substitute, (last, jnp.zeros_like(last)), kept, reverse=True)
    return jnp.concatenate([others, last[None]])
