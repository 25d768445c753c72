"""Exact products of arrays of integers, where TensorFlow.js multiplies arrays of float32 only.

Integers are cut into digits so short that all sums of products of two digits fit float32.
"""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import jax.numpy as jnp
import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Dim, Value

Product: TypeAlias = Callable[[Value, Value], Value]
"""Of two arrays of float32, each number being a sum of products: of matrices, a convolution."""

FLOAT_BITS = 24
"""Integers up to 2^24 are exact in float32."""

UNKNOWN_TERMS = 2**16
"""How many products are summed up at most where that is known only when the model runs."""


def multiply_exactly(
    x: Value, y: Value, dtypes: tuple[Any, Any], terms: Dim, product: Product
) -> Value:
    """A product of integers or booleans, int32, that wraps around; sums have so many terms.

    `dtypes` are those that JAX has for the operands.
    """
    sum_bits = math.ceil(math.log2(max(1, terms if ops.is_fixed(terms) else UNKNOWN_TERMS)))
    if is_short(dtypes, terms):
        return _whole(product(ops.cast(x, "float32"), ops.cast(y, "float32")))
    length = max(1, (FLOAT_BITS - sum_bits) // 2)
    pairs = [
        (i + j, a, b)
        for i, a in enumerate(_digits(x, dtypes[0], length))
        for j, b in enumerate(_digits(y, dtypes[1], length))
        if (i + j) * length < 32
    ]
    total: Value | None = None
    for place, a, b in pairs:
        part = _whole(product(a, b))
        if place:
            part = ops.binary("Mul", part, ops.scalar(1 << (place * length), part))
        total = part if total is None else ops.binary("AddV2", total, part)
    assert total is not None
    return total


def is_short(dtypes: tuple[Any, Any], terms: Dim) -> bool:
    """Whether sums of so many products fit float32, whatever the numbers of these types are."""
    count = terms if ops.is_fixed(terms) else UNKNOWN_TERMS
    return count * math.prod(map(_largest, dtypes)) <= 2**FLOAT_BITS


def _largest(dtype: Any) -> int:
    if dtype == np.bool_:
        return 1
    limits = jnp.iinfo(dtype)
    return max(-int(limits.min), int(limits.max))


def _whole(x: Value) -> Value:
    """The whole number that a float is, or nearly is where a GPU adds up otherwise."""
    return ops.cast(ops.unary("Round", x), "int32")


def _digits(x: Value, dtype: Any, length: int) -> list[Value]:
    """The digits of so many bits, the lowest first, float32; the last has the sign."""
    bits = 1 if dtype == np.bool_ else jnp.iinfo(dtype).bits
    found: list[Value] = []
    below = None
    for place in range(0, bits, length):
        if place + length < bits:
            rest = ops.binary("FloorMod", x, ops.scalar(1 << (place + length), x))
        else:
            rest = x
        digit = rest if below is None else ops.binary("Sub", rest, below)
        scaled = ops.cast(digit, "float32")
        found.append(ops.binary("Mul", scaled, ops.scalar(2.0**-place, scaled)))
        below = rest
    return found
