"""The QR factorization, from reflections as LAPACK makes them."""

import jax
import jax.numpy as jnp

from builder.tfjs.lower.linalg.householder import multiply_reflections, reduce_columns
from builder.tfjs.lower.linalg.matrices import factorization
from builder.tfjs.lower.registry import Equation


@factorization("qr")
def _qr(eqn: Equation, a: jax.Array) -> tuple[jax.Array, ...]:
    """Q and R, and with `pivoting` the order of the columns, 0-based."""
    pivoting = bool(eqn.params["pivoting"])
    q, r, order = factor(a, full=eqn.params["full_matrices"], pivoting=pivoting)
    return (q, r, order) if pivoting else (q, r)


def factor(
    a: jax.Array, *, full: bool, pivoting: bool = False
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Q [m, m] and R [m, n] if they are to be full, else with min(m, n) columns and rows."""
    x, taus, order = reduce_columns(a, pivoting=pivoting)
    kept = a.shape[0] if full else min(a.shape)
    return multiply_reflections(x, taus, kept), jnp.triu(x)[:kept], order
