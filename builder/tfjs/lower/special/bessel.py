"""Modified Bessel functions of the first kind, scaled by exp(-|x|)."""

import math

import jax
import jax.numpy as jnp

from builder.tfjs.lower.special.elementary import polynomial, special

_LIMIT = 5
_FAR_0 = (
    -2.71764152e-06,
    -1.98502927e-06,
    8.81466836e-06,
    2.32169777e-05,
    6.75246391e-05,
    0.000410266058,
    0.00566010251,
    0.404244515,
)
_FAR_1 = (
    2.95792753e-06,
    1.93505399e-06,
    -1.0321589e-05,
    -2.74912663e-05,
    -8.79845786e-05,
    -0.000643001358,
    -0.0160492218,
    0.383466258,
)
"""sqrt(x) i0e(x) and sqrt(x) i1e(x) in powers of 10 / x - 1, beyond 5: fits of Chebyshev's."""

_NEAR_0 = tuple(1 / math.factorial(k) ** 2 for k in range(14, -1, -1))
_NEAR_1 = tuple(1 / (math.factorial(k) * math.factorial(k + 1)) for k in range(14, -1, -1))
"""The series in powers of x^2 / 4 (Abramowitz and Stegun, 9.6.10)."""


@special("bessel_i0e")
def _bessel_i0e(x: jax.Array) -> jax.Array:
    size = jnp.abs(x)
    near = jnp.minimum(size, _LIMIT)
    series = jnp.exp(-near) * polynomial(_NEAR_0, near * near / 4)
    return jnp.where(size < _LIMIT, series, _far(_FAR_0, size))


@special("bessel_i1e")
def _bessel_i1e(x: jax.Array) -> jax.Array:
    size = jnp.abs(x)
    near = jnp.minimum(size, _LIMIT)
    series = near / 2 * jnp.exp(-near) * polynomial(_NEAR_1, near * near / 4)
    found = jnp.where(size < _LIMIT, series, _far(_FAR_1, size))
    return jnp.where(x < 0, -found, found)


def _far(coefficients: tuple[float, ...], x: jax.Array) -> jax.Array:
    inverse = 1 / jnp.maximum(x, _LIMIT)
    return jnp.sqrt(inverse) * polynomial(coefficients, 2 * _LIMIT * inverse - 1)
