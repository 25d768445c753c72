"""Triangular systems, and systems whose way to be solved the equation holds."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from builder.tfjs.graph import Value
from builder.tfjs.lower.linalg.matrices import column, factorization, row, rows_of
from builder.tfjs.lower.registry import Equation, rule


@factorization("triangular_solve", ranks=(2, 2))
def _triangular_solve(eqn: Equation, a: jax.Array, b: jax.Array) -> jax.Array:
    """The solution of op(a) x = b or, with `left_side` false, x op(a) = b."""
    params = eqn.params
    is_lower, unit = params["lower"], params["unit_diagonal"]
    if params["transpose_a"] != (not params["left_side"]):
        a, is_lower = a.T, not is_lower
    if params["left_side"]:
        return substitute(a, b, is_lower=is_lower, unit_diagonal=unit)
    return substitute(a, b.T, is_lower=is_lower, unit_diagonal=unit).T


def substitute(a: jax.Array, b: jax.Array, *, is_lower: bool, unit_diagonal: bool) -> jax.Array:
    """The solution of a x = b, row by row, each subtracted from those that are left.

    The other half of `a` is not read, nor is its diagonal if that is all ones.
    """
    size = a.shape[0]

    def solve_row(step: Any, x: jax.Array) -> jax.Array:
        k = step if is_lower else size - 1 - step
        coefficients = column(a, k)
        left = rows_of(a) > k if is_lower else rows_of(a) < k
        found = row(x, k) if unit_diagonal else row(x, k) / row(coefficients, k)
        # Not coefficients of 0, as a singular matrix gives infinite numbers.
        rest = x - jnp.where(left, coefficients * found, 0)
        return rest if unit_diagonal else jnp.where(rows_of(a) == k, found, rest)

    return lax.fori_loop(0, size, solve_row, b)


@rule("custom_linear_solve")
def _custom_linear_solve(eqn: Equation, *operands: Value) -> Sequence[Value]:
    """As the function says that is to solve the system; the others are for derivatives."""
    lengths = eqn.params["const_lengths"]
    first = lengths.matvec + lengths.vecmat
    constants = operands[first : first + lengths.solve]
    right = operands[first + lengths.solve + lengths.transpose_solve :]
    return eqn.inline(eqn.params["jaxprs"].solve, [*constants, *right])
