"""What the special functions are made of: polynomials, and differences without cancellation."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp

from builder.tfjs.lower.expansion import expansion
from builder.tfjs.lower.registry import Equation

Special: TypeAlias = Callable[..., jax.Array]
"""A function of vectors of float32, of one length."""

LOG_2_PI = 1.837877066409345483
HALF_LOG_2_PI = LOG_2_PI / 2


def special(*primitives: str) -> Callable[[Special], Special]:
    """Register a function of vectors as the rule for the primitives named.

    It computes in float32, whatever float the operands are; it may add an axis.
    """

    def register(function: Special) -> Special:
        @expansion(*primitives)
        def _compute(eqn: Equation, *operands: jax.Array) -> jax.Array:  # pyright: ignore[reportUnusedFunction] (by registering it)
            shape = eqn.type.shape
            wide = (x.astype(jnp.float32) for x in operands)
            with jax.named_scope(eqn.primitive):
                result = function(*(jnp.broadcast_to(x, shape).reshape(-1) for x in wide))
            return result.reshape(shape).astype(eqn.output_dtypes[0])

        return function

    return register


def polynomial(coefficients: Sequence[float], x: Any) -> Any:
    """A polynomial by Horner's rule; the coefficient of the highest power comes first."""
    first, *rest = coefficients
    return reduce(lambda total, c: total * x + c, rest, jnp.full_like(x, first))


def log1p_minus(x: Any, total: Any = None) -> Any:
    """log(1 + x) - x, whose terms are nearly the same for small x.

    `total` is 1 + x if that is known better than by adding. With r = x / (2 + x),
    log(1 + x) = 2 (r + r^3 / 3 + r^5 / 5 + ...) and x = 2 r / (1 - r).
    """
    is_small = jnp.abs(x) < 0.5
    near = jnp.where(is_small, x, 0)
    r = near / (2 + near)
    series = polynomial([1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3], r * r)
    far = jnp.log1p(x) if total is None else jnp.log(total)
    return jnp.where(is_small, 2 * r * (r * r * series - r / (1 - r)), far - x)


def expm1_minus(x: Any) -> Any:
    """exp(x) - 1 - x, whose terms are nearly the same for small x."""
    is_small = jnp.abs(x) < 0.5
    near = jnp.where(is_small, x, 0)
    series = polynomial([1 / 40320, 1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2], near)
    return jnp.where(is_small, near * near * series, jnp.expm1(x) - x)
