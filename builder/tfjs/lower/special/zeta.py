"""Hurwitz's zeta function, and the derivatives of digamma that it gives."""

import math

import jax
import jax.numpy as jnp
import numpy as np

from builder.tfjs.lower.special.elementary import special
from builder.tfjs.lower.special.gamma import digamma, lgamma

_TERMS = 9
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66)


@special("zeta")
def zeta(x: jax.Array, q: jax.Array) -> jax.Array:
    """The sum of (q + k)^-x over k = 0, 1, ...; NaN and infinite where XLA has it.

    The first terms, and the Euler-Maclaurin formula for the rest (S. L. Moshier, Cephes, zeta).
    """
    places = q[:, None] + np.arange(_TERMS, dtype=np.float32)
    first = jnp.sum(jnp.power(places, -x[:, None]), -1)
    w = q + _TERMS
    power = jnp.power(w, -x)
    rest = power * w / (x - 1) + power * 0.5
    factor = power
    for j, number in enumerate(_BERNOULLI):
        rising = x if j == 0 else (x + (2 * j - 1)) * (x + 2 * j)
        factor = factor * rising / w if j == 0 else factor * rising / (w * w)
        rest = rest + factor * (number / math.factorial(2 * j + 2))
    is_pole = (q <= 0) & (q == jnp.floor(q))
    of_negative = (q <= 0) & (x != jnp.floor(x))
    is_even = x == 2 * jnp.floor(x / 2)
    at_pole = jnp.where(is_even, jnp.inf, jnp.nan)
    total = jnp.where(of_negative | (x < 1) | jnp.isinf(x), jnp.nan, first + rest)
    return jnp.where(x == 1, jnp.inf, jnp.where(is_pole & jnp.isfinite(x), at_pole, total))


@special("polygamma")
def _polygamma(m: jax.Array, x: jax.Array) -> jax.Array:
    """The derivative of digamma of order m: (-1)^(m + 1) m! zeta(m + 1, x)."""
    is_even = m == 2 * jnp.floor(m / 2)
    size = jnp.exp(lgamma(m + 1)) * zeta(m + 1, x)
    found = jnp.where(m == 0, digamma(x), jnp.where(is_even, -size, size))
    return jnp.where((m < 0) | (m != jnp.floor(m)), jnp.nan, found)
