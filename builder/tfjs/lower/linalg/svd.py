"""Singular values and vectors, by rotations of the columns (M. R. Hestenes, 1958)."""

import jax
import jax.numpy as jnp

from builder.tfjs.lower.linalg.householder import safe_scale
from builder.tfjs.lower.linalg.jacobi import Rounds, even, orthogonalize, rotate
from builder.tfjs.lower.linalg.matrices import factorization, sort_columns
from builder.tfjs.lower.linalg.qr import factor
from builder.tfjs.lower.linalg.signs import left_signs
from builder.tfjs.lower.registry import Equation

_SWEEPS = 1.3
"""Measured on random matrices: after 1.3 log2(n) + 1 sweeps all cosines are below 1e-6."""


@factorization("svd")
def _svd(eqn: Equation, a: jax.Array) -> tuple[jax.Array, ...]:
    """Singular values in falling order, and with `compute_uv` the vectors to the left and right."""
    rows, columns = a.shape
    if eqn.params["subset_by_index"] not in (None, (0, min(rows, columns))):
        raise eqn.refuse("some of the singular values are asked for.", "take them from all.")
    scale = safe_scale(a)
    tall = (a if rows >= columns else a.T) / scale
    if not eqn.params["compute_uv"]:
        return (scale * _singular_values(tall),)
    u, s, v = _decompose(tall, full=eqn.params["full_matrices"])
    u, v = (u, v) if rows >= columns else (v, u)
    signs = left_signs(u[:, : s.size])
    return scale * s, _multiply(u, signs), _multiply(v, signs).T


def _multiply(x: jax.Array, signs: jax.Array) -> jax.Array:
    """A matrix whose first columns have other signs."""
    return x * jnp.pad(signs, (0, x.shape[1] - signs.size), constant_values=1)


def _rotate(stacked: jax.Array, rows: int) -> jax.Array:
    """What makes the first rows of a matrix have orthogonal columns, applied to all rows."""
    if stacked.shape[1] == 1:
        return stacked
    half = stacked.shape[1] // 2

    def round_(x: jax.Array, rounds: Rounds) -> jax.Array:
        p, q = x[:rows, :half], x[:rows, half:]
        products = jnp.sum(p * p, 0), jnp.sum(q * q, 0), jnp.sum(p * q, 0)
        return x @ rounds.rotation(*products)

    return rotate(stacked, round_, 2 * half, _SWEEPS)


def _singular_values(a: jax.Array) -> jax.Array:
    rows, columns = a.shape
    rotated = _rotate(jnp.pad(a, ((0, 0), (0, even(columns) - columns))), rows)
    squares = jnp.sum(rotated * rotated, 0)[:columns]
    return -jnp.sort(-jnp.sqrt(squares))


def _decompose(a: jax.Array, *, full: bool) -> tuple[jax.Array, jax.Array, jax.Array]:
    """U [m, m or n], the n singular values and V [n, n] of a tall matrix.

    a V = U S is the QR factorization of orthogonal columns, which has U even where S is zero.
    """
    rows, columns = a.shape
    size = even(columns)
    stacked = jnp.concatenate([jnp.pad(a, ((0, 0), (0, size - columns))), jnp.eye(size)])
    v = orthogonalize(_rotate(stacked, rows)[rows : rows + columns, :columns])
    images = a @ v
    squares, v = sort_columns(-jnp.sum(images * images, 0), v)
    q, r, _ = factor(a @ v, full=full)
    signs = jnp.where(jnp.diagonal(r) < 0, -1.0, 1.0)
    return _multiply(q, signs), jnp.sqrt(-squares), v
