"""Integrals of what falls off exponentially, at all points of a vector at once."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from builder.tfjs.graph import Array

_POINTS = 32
_HALVINGS = 14
_FALL = 18.0
"""exp(-18) is less than a part in 2^24."""


def integrate(
    exponent: Callable[[Any], Any], longest: jax.Array, is_convex: jax.Array | bool = True
) -> jax.Array:
    """The integral of exp(-exponent(v)) over v > 0, by the rule of Gauss and Legendre.

    `exponent` is 0 at 0, takes [n, points], and is 18 or more at `longest` [n]. Where it is 18 is
    found from above: if it is convex, that is no further than v 18 / exponent(v) for any v.
    """
    halves = 2.0 ** -np.arange(_HALVINGS, dtype=np.float32)
    tried = longest[:, None] * halves
    heights = exponent(tried)
    reached = tried * _FALL / jnp.where(heights > 0, heights, 1e-30)
    found = jnp.min(jnp.maximum(tried, reached), -1)
    length = lax.stop_gradient(jnp.where(is_convex, found, longest))
    places, weights = unit_rule()
    return length * jnp.sum(weights * jnp.exp(-exponent(length[:, None] * places)), -1)


def unit_rule() -> tuple[Array, Array]:
    """Places and weights of the rule of Gauss and Legendre between 0 and 1."""
    nodes, weights = np.polynomial.legendre.leggauss(_POINTS)
    return ((nodes + 1) / 2).astype(np.float32), (weights / 2).astype(np.float32)
