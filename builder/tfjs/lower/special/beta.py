"""The incomplete beta function."""

import jax
import jax.numpy as jnp

from builder.tfjs.lower.special.elementary import LOG_2_PI, expm1_minus, log1p_minus, special
from builder.tfjs.lower.special.gamma import stirling_error
from builder.tfjs.lower.special.quadrature import integrate


@special("regularized_incomplete_beta")
def _betainc(a: jax.Array, b: jax.Array, x: jax.Array) -> jax.Array:
    """I_x(a, b), from that side of the maximum on which x lies."""
    outer = _outside(a, b, x)
    inside = (a > 0) & (b > 0) & (x > 0) & (x < 1) & jnp.isfinite(a) & jnp.isfinite(b)
    a, b = jnp.where(inside, a, 1), jnp.where(inside, b, 1)
    inner = jnp.where(inside, x, 0.5)
    is_lower = inner <= (a + 1) / (a + b + 2)
    first, second = jnp.where(is_lower, a, b), jnp.where(is_lower, b, a)
    near, far = jnp.where(is_lower, inner, 1 - inner), jnp.where(is_lower, 1 - inner, inner)
    value = jnp.exp(_log_density(first, second, near, far)) * _share(first, second, near / far)
    found = jnp.where(is_lower, value, 1 - value)
    return jnp.where(inside, found, outer)


def _outside(a: jax.Array, b: jax.Array, x: jax.Array) -> jax.Array:
    """What JAX gives where a parameter is 0 or infinite, or x is 0 or 1; else NaN."""
    in_domain = (a >= 0) & (b >= 0) & (x >= 0) & (x <= 1)
    valid = in_domain & ((a > 0) | (b > 0)) & (jnp.isfinite(a) | jnp.isfinite(b))
    is_one = (x == 1) | ((x > 0) & ((a == 0) | jnp.isinf(b)))
    return jnp.where(valid, jnp.where(is_one, 1.0, 0.0), jnp.nan)


def _log_density(a: jax.Array, b: jax.Array, x: jax.Array, y: jax.Array) -> jax.Array:
    """log(x^a y^b / B(a, b)) for y = 1 - x, without the cancellation of its terms."""
    total = a + b
    apart = x * b - y * a
    power = a * log1p_minus(apart / a, x * total / a) + b * log1p_minus(-apart / b, y * total / b)
    errors = stirling_error(total) - stirling_error(a) - stirling_error(b)
    return power + 0.5 * (jnp.log(a) + jnp.log(b / total) - LOG_2_PI) + errors


def _share(a: jax.Array, b: jax.Array, odds: jax.Array) -> jax.Array:
    """I_x(a, b) / exp(log density), for the odds x / (1 - x).

    The integral over t = x exp(-v), of exp of a concave function; below a = 1 by recurrence.
    """
    larger = jnp.where(a < 1, a + 1, a)
    scale, ratio = (b - 1)[:, None], odds[:, None]
    rate = (larger - (b - 1) * odds)[:, None]

    def exponent(v: jax.Array) -> jax.Array:
        rising = expm1_minus(-v)
        growth = ratio * (v - rising)
        return rate * v + scale * (ratio * rising - log1p_minus(growth))

    longest = (18 + jnp.maximum(b - 1, 0) * jnp.log1p(odds)) / larger
    tail = integrate(exponent, longest, is_convex=b >= 1) * (1 + odds)
    return jnp.where(a < 1, (1 + tail * (a + b) * odds / (1 + odds)) / a, tail)
