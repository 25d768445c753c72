"""The incomplete gamma functions and their derivatives.

In logarithmic variables their integrals are of exp of a concave function, whose maximum is at the
end, and factors that would cancel are put apart:

    P(a, x) = x^a exp(-x) / gamma(a)  times the integral of exp(-(a v - x (1 - exp(-v)))), v > 0,
    Q(a, x) = the same                times that of exp(-(x w - (a - 1) log(1 + w))), w > 0.
"""

from typing import Any

import jax
import jax.numpy as jnp

from builder.tfjs.lower.special.elementary import LOG_2_PI, expm1_minus, log1p_minus, special
from builder.tfjs.lower.special.gamma import lgamma, stirling_error
from builder.tfjs.lower.special.quadrature import integrate, unit_rule

_SMALL = 3.0


def _log_density(a: Any, x: Any) -> Any:
    """log(x^a exp(-x) / gamma(a)), without the cancellation of its terms for large a."""
    near = jnp.maximum(a, _SMALL)
    power = near * log1p_minus((x - near) / near, x / near)
    large = power + 0.5 * (jnp.log(near) - LOG_2_PI) - stirling_error(near)
    return jnp.where(a < _SMALL, a * jnp.log(x) - x - lgamma(a), large)


def _lower(a: jax.Array, x: jax.Array) -> jax.Array:
    """P(a, x) / exp(log density) for x up to about a; below a = 1 by recurrence from a + 1."""
    larger = jnp.where(a < 1, a + 1, a)
    excess, factor = (larger - x)[:, None], x[:, None]
    tail = integrate(lambda v: excess * v + factor * expm1_minus(-v), (18 + x) / larger)
    return jnp.where(a < 1, (1 + x * tail) / a, tail)


def _upper(a: jax.Array, x: jax.Array) -> jax.Array:
    """Q(a, x) / exp(log density) for x from about a on, and above 1."""
    excess, factor = (x - a + 1)[:, None], (a - 1)[:, None]
    longest = 18 / jnp.minimum(x, x - a + 1)
    return integrate(lambda w: excess * w - factor * log1p_minus(w), longest, is_convex=a >= 1)


def _is_lower(a: jax.Array, x: jax.Array) -> jax.Array:
    """Whether x is so small that P is computed, and Q is the rest of 1."""
    return x <= jnp.maximum(a, 1)


def _share(a: jax.Array, x: jax.Array) -> jax.Array:
    """The smaller of P and Q, or nearly so, in parts of the density."""
    is_lower, middle = _is_lower(a, x), jnp.maximum(a, 1)
    lower = _lower(a, jnp.where(is_lower, x, middle))
    upper = _upper(a, jnp.where(is_lower, middle, x))
    return jnp.where(is_lower, lower, upper)


def _upper_below_one(a: jax.Array, x: jax.Array) -> jax.Array:
    """Q(a, x) for a and x below 1, where P may be so near to 1 that no digit of Q is left.

    Q(a, 1), and the integral of t^(a - 1) exp(-t) from x to 1 over t = exp(s).
    """
    start = jnp.maximum(jnp.log(x), -18)
    places, weights = unit_rule()
    s = start[:, None] * places
    lost = -start * jnp.sum(weights * -jnp.expm1(-jnp.exp(s)) * jnp.exp(a[:, None] * s), -1)
    between = -jnp.expm1(a * jnp.log(x)) - a * lost
    above = jnp.exp(_log_density(a, jnp.ones_like(x))) * _upper(a, jnp.ones_like(x))
    return above + between * jnp.exp(-lgamma(a + 1))


def _within(a: jax.Array, x: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Arguments for which the integrals are finite, and whether they are those given."""
    inside = (a > 0) & (x > 0) & jnp.isfinite(a) & jnp.isfinite(x)
    return jnp.where(inside, a, 1), jnp.where(inside, x, 1), inside


def _ends(a: jax.Array, x: jax.Array, at_zero: float) -> jax.Array:
    """What JAX gives for P or Q where an argument is 0 or infinite; `at_zero` is that at x = 0."""
    known = (x >= 0) & (a >= 0) & ((a > 0) | (x >= 1 if at_zero == 0 else x > 0))
    known = known & (jnp.isfinite(a) | (x < 1) | jnp.isinf(x))
    is_beyond = jnp.isinf(x) | (a == 0)
    return jnp.where(known, jnp.where(is_beyond, 1 - at_zero, at_zero), jnp.nan)


@special("igamma")
def _igamma(a: jax.Array, x: jax.Array) -> jax.Array:
    """The regularized lower incomplete gamma function, P(a, x)."""
    inner_a, inner_x, inside = _within(a, x)
    value = jnp.exp(_log_density(inner_a, inner_x)) * _share(inner_a, inner_x)
    found = jnp.where(_is_lower(inner_a, inner_x), value, 1 - value)
    return jnp.where(inside, found, _ends(a, x, 0))


@special("igammac")
def _igammac(a: jax.Array, x: jax.Array) -> jax.Array:
    """The regularized upper incomplete gamma function, Q(a, x)."""
    inner_a, inner_x, inside = _within(a, x)
    value = jnp.exp(_log_density(inner_a, inner_x)) * _share(inner_a, inner_x)
    found = jnp.where(_is_lower(inner_a, inner_x), 1 - value, value)
    is_small = (inner_a < 1) & (inner_x < 1)
    small = _upper_below_one(jnp.where(is_small, inner_a, 0.5), jnp.where(is_small, inner_x, 0.5))
    return jnp.where(inside, jnp.where(is_small, small, found), _ends(a, x, 1))


def _derivative(a: jax.Array, x: jax.Array) -> jax.Array:
    """The derivative of P in a, in parts of the density."""

    def parts(a: jax.Array) -> tuple[jax.Array, jax.Array]:
        return _log_density(a, x), _share(a, x)

    (_, share), (log_slope, slope) = jax.jvp(parts, (a,), (jnp.ones_like(a),))
    found = share * log_slope + slope
    return jnp.where(_is_lower(a, x), found, -found)


@special("igamma_grad_a")
def _igamma_grad_a(a: jax.Array, x: jax.Array) -> jax.Array:
    inner_a, inner_x, inside = _within(a, x)
    found = jnp.exp(_log_density(inner_a, inner_x)) * _derivative(inner_a, inner_x)
    return jnp.where(inside, found, jnp.where(x == 0, 0, jnp.nan))
