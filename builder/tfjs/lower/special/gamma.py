"""The logarithm of the gamma function, and its derivative."""

import math

import jax
import jax.numpy as jnp
import numpy as np

from builder.tfjs.lower.special.elementary import HALF_LOG_2_PI, polynomial, special

_LOG_PI = math.log(math.pi)
_STIRLING = (-1 / 1680, 1 / 1260, -1 / 360, 1 / 12)
_NEAR_TWO = (
    -3.87342055e-05,
    7.81756262e-05,
    -5.24194524e-05,
    0.000130632446,
    -0.00042557136,
    0.000944296618,
    -0.00210206158,
    0.00499156091,
    -0.0123849751,
    0.0329656257,
    -0.100317273,
    0.422784326,
)
"""lgamma(x) / ((x - 1) (x - 2)) in powers of x - 2, for 1 to 3: a fit of Chebyshev's."""

_SHIFT = 6


@special("lgamma")
def lgamma(x: jax.Array) -> jax.Array:
    """log |gamma(x)|, exact to the last digits at its zeros 1 and 2.

    Below 1 by gamma(x + 1) = x gamma(x), below 0 by Euler's reflection formula.
    """
    size = jnp.abs(x)
    above = _lgamma_from_one(jnp.where(x < 1, 1 + size, x))
    positive = jnp.where(x < 1, above - jnp.log(size), above)
    wave = jnp.abs(jnp.sin(np.float32(math.pi) * (size - jnp.round(size))))
    # From 2^23 on all floats are whole numbers, which are poles.
    reflected = jnp.where(size >= 2.0**23, jnp.inf, _LOG_PI - jnp.log(wave) - above)
    return jnp.where(x < 0, reflected, positive)


def _lgamma_from_one(x: jax.Array) -> jax.Array:
    """For x >= 1: a polynomial to 3, and Stirling's series beyond."""
    t = x - 2
    near = t * (t + 1) * polynomial(_NEAR_TWO, jnp.minimum(t, 1))
    far = (x - 0.5) * (jnp.log(x) - 1) + (HALF_LOG_2_PI - 0.5) + _stirling_series(x)
    return jnp.where(x < 3, near, far)


def _stirling_series(x: jax.Array) -> jax.Array:
    inverse = 1 / jnp.maximum(x, 3)
    return inverse * polynomial(_STIRLING, inverse * inverse)


def stirling_error(x: jax.Array) -> jax.Array:
    """What Stirling's formula (x - 1/2) log x - x + log(2 pi) / 2 lacks of lgamma(x), x > 0."""
    formula = (x - 0.5) * jnp.log(x) - x + HALF_LOG_2_PI
    return jnp.where(x < 3, lgamma(x) - formula, _stirling_series(x))


@special("digamma")
def digamma(x: jax.Array) -> jax.Array:
    """The derivative of lgamma: by recurrence to x + 6, there by the asymptotic series.

    M. Abramowitz, I. A. Stegun, Handbook of Mathematical Functions, 6.3.5, 6.3.7, 6.3.18.
    """
    is_reflected = x <= 0
    z = jnp.where(is_reflected, 1 - x, x)
    w = z + _SHIFT
    inverse = 1 / w
    series = polynomial([1 / 252, -1 / 120, 1 / 12, 0], inverse * inverse)
    steps = jnp.sum(1 / (z[:, None] + np.arange(_SHIFT, dtype=np.float32)), -1)
    above = jnp.log(w) - 0.5 * inverse - series - steps
    angle = np.float32(math.pi) * (x - jnp.round(x))
    below = above - math.pi / jnp.tan(jnp.where(angle == 0, jnp.nan, angle))
    return jnp.where(is_reflected, below, above)
