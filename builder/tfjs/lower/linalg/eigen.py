"""Eigenvalues and eigenvectors of symmetric matrices; others are refused."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from builder.tfjs.graph import Value
from builder.tfjs.lower.linalg.householder import safe_scale
from builder.tfjs.lower.linalg.jacobi import Rounds, even, orthogonalize, rotate
from builder.tfjs.lower.linalg.matrices import factorization, sort_columns
from builder.tfjs.lower.linalg.signs import last_sign, sign_of_two
from builder.tfjs.lower.registry import Equation, rule

_SWEEPS = 1.0
"""Measured on random matrices: after log2(n) + 1 sweeps at most 1e-5 is left off the diagonal."""


@factorization("eigh")
def _eigh(eqn: Equation, a: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Eigenvectors, and eigenvalues in rising order; one half of the matrix is read."""
    size = a.shape[0]
    if eqn.params["subset_by_index"] not in (None, (0, size)):
        raise eqn.refuse("some of the eigenvalues are asked for.", "take them from all.")
    half = jnp.tril(a) if eqn.params["lower"] else jnp.triu(a)
    whole = half + half.T - jnp.diag(jnp.diagonal(a))
    if size == 1:
        return jnp.where(jnp.isnan(a), a, 1.0), jnp.diagonal(a)
    scale = safe_scale(whole)
    w, v = diagonalize(whole / scale)
    w, v = sort_columns(w, v)
    v = sign_of_two(whole, v) if size == 2 else v * last_sign(v)
    return v, w * scale


def diagonalize(a: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Eigenvalues [n] and eigenvectors [n, n] of a symmetric matrix, unordered."""
    size = a.shape[0]
    padding = even(size) - size
    half = even(size) // 2

    pairs = np.arange(half) * (even(size) + 1)
    # The entries of all [[p, product], [product, q]] in a row of the matrix's numbers.
    places = np.stack([pairs, pairs + half * (even(size) + 1), pairs + half])

    def round_(state: tuple[jax.Array, jax.Array], rounds: Rounds) -> tuple[jax.Array, jax.Array]:
        x, v = state
        rotation = rounds.rotation(*jnp.take(x.reshape(-1), places, mode="clip"))
        return rotation.T @ x @ rotation, v @ rotation

    padded = jnp.pad(a, (0, padding))
    _, v = rotate((padded, jnp.eye(even(size))), round_, even(size), _SWEEPS)
    return _refine(a, v[:size, :size])


def _refine(a: jax.Array, v: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Eigenvalues and eigenvectors without the roundings of the many rotations.

    T. Ogita, K. Aishima, Iterative refinement for symmetric eigenvalue decomposition, 2018.
    """
    v = orthogonalize(v)
    products = v.T @ (a @ v)
    w = jnp.diagonal(products)
    gaps = w[None, :] - w[:, None]
    noise = 1e-5 * jnp.max(jnp.abs(w))
    small = jnp.abs(gaps) <= noise
    correction = jnp.where(small, 0, products / jnp.where(small, 1, gaps))
    return w, orthogonalize(v + v @ correction)


@rule("eig")
def _eig(eqn: Equation, *_: Value) -> Any:
    raise eqn.refuse(
        "eigenvalues of a matrix that may not be symmetric are complex.",
        "use jnp.linalg.eigh if the matrix is symmetric, or compute them before the export.",
    )


@rule("schur")
def _schur(eqn: Equation, *_: Value) -> Any:
    raise eqn.refuse(
        "a matrix is brought to Schur's form, which takes a number of steps that depends on it.",
        "use jnp.linalg.eigh if the matrix is symmetric, or compute it before the export.",
    )
