"""Signs of eigenvectors and singular vectors, which are defined only up to them.

LAPACK has no rule: its signs depend on the steps that an iteration takes. Those here are so that
small errors do not change them, and as often LAPACK's as any rule was found to be. Of the vectors
of 2 x 2 symmetric matrices they always are.
"""

import jax
import jax.numpy as jnp

from builder.tfjs.lower.linalg.matrices import rows_of


def last_sign(v: jax.Array) -> jax.Array:
    """The sign, -1 or 1, of the last entry of each column that is not small."""
    last = jnp.max(jnp.where(_is_large(v), rows_of(v), -1), 0)
    return _sign_at(v, last)


def first_sign(v: jax.Array) -> jax.Array:
    """The sign, -1 or 1, of the first entry of each column that is not small."""
    first = jnp.min(jnp.where(_is_large(v), rows_of(v), v.shape[0]), 0)
    return _sign_at(v, first)


def _is_large(v: jax.Array) -> jax.Array:
    # A bound that no entry of a common matrix has, such as 1 / sqrt(n) would be.
    return jnp.abs(v) > 0.4 / v.shape[0] ** 0.5


def _sign_at(v: jax.Array, places: jax.Array) -> jax.Array:
    entries = jnp.sum(jnp.where(rows_of(v) == places, v, 0), 0)
    return jnp.where(entries < 0, -1.0, 1.0)


def left_signs(u: jax.Array) -> jax.Array:
    """What to multiply left singular vectors by, and the right ones with them.

    The first then begins with a negative number, as LAPACK's does in most cases: it comes of a
    reflection. The others end with a positive one.
    """
    is_first = jnp.arange(u.shape[1]) == 0
    return jnp.where(is_first, -first_sign(u), last_sign(u))


def sign_of_two(a: jax.Array, v: jax.Array) -> jax.Array:
    """The eigenvectors of a 2 x 2 matrix with the signs that LAPACK gives (slaev2).

    The vector of the eigenvalue of larger size has a sign, and the other is a quarter turn on.
    """
    total, apart = a[0, 0] + a[1, 1], a[0, 0] - a[1, 1]
    is_upper, is_same = total >= 0, (total >= 0) == (apart >= 0)
    first = jnp.where(is_upper, v[:, 1], v[:, 0])
    even = jnp.where(is_same, first[1], first[0])
    uneven = jnp.where(is_same, -first[0], first[1])
    first = jnp.where(jnp.where(apart == 0, even, uneven) < 0, -first, first)
    second = jnp.stack([-first[1], first[0]])
    turned = jnp.where(is_upper, jnp.stack([second, first], 1), jnp.stack([first, second], 1))
    return jnp.where(a[1, 0] == 0, jnp.abs(v), turned)
