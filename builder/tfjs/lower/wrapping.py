"""Integers of 8 and 16 bits, which are int32 in TensorFlow.js but wrap around in JAX."""

from typing import Any

import jax.numpy as jnp

from builder.tfjs import ops
from builder.tfjs.graph import Value

WRAPPING = frozenset(
    {
        *("abs", "add", "div", "sub", "mul", "neg", "not", "integer_pow", "shift_left"),
        *("one_minus_square", "polynomial", "shift_right_arithmetic", "shift_right_logical"),
        *("dot_general", "reduce_sum", "reduce_prod", "cumsum", "cumprod"),
        *("conv_general_dilated", "reduce", "reduce_window", "reduce_window_sum"),
        *("select_and_scatter_add", "select_and_gather_add"),
        *("scatter-add", "scatter-sub", "scatter-mul"),
    }
)
"""Primitives whose result may be out of the range of its dtype."""


def wrap(x: Value, dtype: Any) -> Value:
    """`x` as it is when only the low bits of a narrow dtype are kept."""
    if x.dtype != "int32" or jnp.iinfo(dtype).bits >= 32:
        return x
    limits = jnp.iinfo(dtype)
    span, low = ops.scalar(int(limits.max) - int(limits.min) + 1, x), int(limits.min)
    if low == 0:
        return ops.binary("FloorMod", x, span)
    shifted = ops.binary("Sub", x, ops.scalar(low, x))
    return ops.binary("AddV2", ops.binary("FloorMod", shifted, span), ops.scalar(low, x))
