"""Cholesky's factor of a positive definite matrix."""

from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from builder.tfjs.lower.linalg.matrices import (
    column,
    columns_of,
    factorization,
    row,
    rows_of,
    spoil_unless,
)
from builder.tfjs.lower.registry import Equation


@factorization("cholesky")
def _cholesky(_: Equation, a: jax.Array) -> jax.Array:
    """Column by column, each subtracted from all that follow (the outer product form).

    The upper half is left as it is. Without a positive pivot all is NaN, as in JAX.
    G. H. Golub, C. F. Van Loan, Matrix Computations, 4th edition, section 4.2.5.
    """

    def eliminate(k: Any, x: jax.Array) -> jax.Array:
        found = column(x, k)
        scaled = jnp.where(rows_of(x) >= k, found, 0) / jnp.sqrt(row(found, k))
        rest = jnp.where(columns_of(x) > k, x - scaled * scaled.T, x)
        return jnp.where(columns_of(x) == k, scaled, rest)

    factor = lax.fori_loop(0, a.shape[0], eliminate, a)
    found = jnp.where(rows_of(a) >= columns_of(a), factor, a)
    return spoil_unless(jnp.all(jnp.diagonal(found) > 0), found)
