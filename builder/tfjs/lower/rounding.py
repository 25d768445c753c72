"""Floats of 16 bits, which are float32 in TensorFlow.js, rounded as JAX rounds them."""

import math
from typing import Any

import jax.numpy as jnp

from builder.tfjs import ops
from builder.tfjs.graph import Value

ROUNDED = frozenset(
    {
        *("acos", "acosh", "add", "add_any", "asin", "asinh", "atan", "atan2", "atanh", "cbrt"),
        *("conv_general_dilated", "cos", "cosh", "cumlogsumexp", "cumprod", "cumsum", "div"),
        *("dot_general", "erf", "erf_inv", "erfc", "exp", "exp2", "expm1", "integer_pow", "log"),
        *("log1p", "log2", "logistic", "mul", "one_minus_square", "polynomial", "pow", "reduce"),
        *("reduce_prod", "reduce_sum", "reduce_window", "reduce_window_sum", "rem", "rsqrt"),
        *("scatter-add", "scatter-mul", "scatter-sub", "select_and_scatter_add", "sin", "sinh"),
        *("sqrt", "square", "sub", "tan", "tanh"),
    }
)
"""Primitives whose result may need more bits than its operands have."""

_FLOAT32_BITS = 24
_MANY_BITS = 2.0**100
_SCALE = 2.0**-40


def round_result(x: Value, dtype: Any) -> Value:
    """A result as float16 holds it; JAX keeps intermediate bfloat16 in float32 as it likes."""
    return round_narrow(x, 5, 10) if dtype == jnp.float16 else x


def round_to(x: Value, dtype: Any) -> Value:
    """`x` as it is in bfloat16 or float16; other floats hold it."""
    if dtype == jnp.bfloat16:
        return round_narrow(x, 8, 7)
    return round_result(x, dtype)


def round_narrow(x: Value, exponent_bits: int, mantissa_bits: int, *, flush: bool = False) -> Value:
    """The nearest float with so many bits, of two the even one; too large ones are infinite.

    Those too small for their exponent keep fewer bits, or with `flush` none.

    T. J. Dekker, A floating-point technique for extending the available precision, 1971: the
    difference of two products keeps the upper bits.
    """
    factor = 2.0 ** (_FLOAT32_BITS - 1 - mantissa_bits) + 1
    largest = 2.0 ** (2 ** (exponent_bits - 1))
    if exponent_bits == 8:
        # The product would be infinite before the result is.
        is_large = ops.binary("Greater", ops.unary("Abs", x), ops.scalar(_MANY_BITS, x))
        scale = ops.select(is_large, ops.scalar(_SCALE, x), ops.scalar(1, x))
        rounded = ops.binary("RealDiv", _upper_bits(ops.binary("Mul", x, scale), factor), scale)
    else:
        least = 2.0 ** (2 - 2 ** (exponent_bits - 1))
        step = least * 2.0**-mantissa_bits
        rounded = _upper_bits(x, factor)
        # What is rounded up to the least that is not denormal is not flushed.
        size = ops.unary("Abs", rounded if flush else x)
        is_small = ops.binary("Less", size, ops.scalar(least, x))
        if flush:
            small = ops.binary("Mul", x, ops.scalar(0, x))
        else:
            steps = ops.unary("Round", ops.binary("Mul", x, ops.scalar(1 / step, x)))
            small = ops.binary("Mul", steps, ops.scalar(step, x))
        rounded = ops.select(is_small, small, rounded)
        # Half a step below it, a number is as near to the next power of two, which is even.
        limit = largest * (1 - 2.0 ** -(mantissa_bits + 2))
        beyond = ops.binary("GreaterEqual", ops.unary("Abs", x), ops.scalar(limit, x))
        infinite = ops.binary("Mul", x, ops.scalar(math.inf, x))
        rounded = ops.select(beyond, infinite, rounded)
    return ops.select(ops.unary("IsFinite", x, "bool"), rounded, x)


def _upper_bits(x: Value, factor: float) -> Value:
    product = ops.binary("Mul", x, ops.scalar(factor, x))
    return ops.binary("Sub", product, ops.binary("Sub", product, x))
