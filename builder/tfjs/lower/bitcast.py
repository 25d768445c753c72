"""Rules that read the bits of numbers as those of another type, by arithmetic.

Denormal numbers keep their bits on cpu and wasm; WebGL takes them for 0. The sign of NaN, and what
else its bits may hold, cannot be seen: NaN has the bits of `jnp.nan`.
"""

import math
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from builder.tfjs import ops
from builder.tfjs.graph import Value, constant
from builder.tfjs.lower.expansion import elementwise_expansion
from builder.tfjs.lower.integers import LEAST, shift_right
from builder.tfjs.lower.nan import is_nan, is_negative_zero
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.wrapping import wrap


@dataclass(frozen=True)
class _Layout:
    """How a float is made up: sign, `exponent` bits, `mantissa` bits."""

    exponent: int
    mantissa: int

    @property
    def bias(self) -> int:
        """What is added to the exponent, so that it is not negative."""
        return 2 ** (self.exponent - 1) - 1

    @property
    def sign(self) -> int:
        """The bit of the sign as a number; that of 32 bits is the least int32."""
        bits = self.exponent + self.mantissa
        return LEAST if bits == 31 else 1 << bits

    @property
    def infinity(self) -> int:
        """The bits of infinity; those of NaN have one more."""
        return (2**self.exponent - 1) << self.mantissa


_LAYOUTS = {"bfloat16": _Layout(8, 7), "float16": _Layout(5, 10), "float32": _Layout(8, 23)}


@rule("bitcast_convert_type")
def _bitcast(eqn: Equation, x: Value) -> Value:
    """The bits as an integer, cut up or joined if the widths differ, as the other type."""
    source, target = np.dtype(eqn.operand_dtypes[0]), np.dtype(eqn.output_dtypes[0])
    if source == target:
        return x
    for dtype in (source, target):
        if dtype.name not in _LAYOUTS and not (dtype.kind in "iu" and dtype.itemsize <= 4):
            raise eqn.refuse(
                f"the bits of {dtype} are read or made.",
                "use integers, float32, float16 or bfloat16.",
            )
    bits = _bits_of(x, _LAYOUTS[source.name]) if source.name in _LAYOUTS else x
    width = 8 * target.itemsize
    if source.itemsize > target.itemsize:
        column = ops.reshape(bits, (*bits.shape, 1))
        bits = shift_right(column, width * np.arange(source.itemsize // target.itemsize))
    elif source.itemsize < target.itemsize:
        bits = _join(bits, 8 * source.itemsize)
    if target.name not in _LAYOUTS:
        return wrap(bits, target)
    return _number_of(wrap(bits, np.dtype(f"int{width}")), _LAYOUTS[target.name])


def _join(x: Value, width: int) -> Value:
    """Pieces [..., n] of an integer, the lowest first, as one."""
    pieces = wrap(x, np.dtype(f"uint{width}"))
    places = width * np.arange(x.shape[-1])
    scaled = ops.binary("Mul", pieces, constant(np.left_shift(1, places), "int32"))
    return ops.reshape(ops.reduce("Sum", scaled, [len(x.shape) - 1]), x.shape[:-1])


def _bits_of(x: Value, layout: _Layout) -> Value:
    """The bits of a float as a signed integer.

    The logarithm tells the exponent, or one less: then the mantissa m is 2 or a little more, and
    what it adds to the bits is m / 2 rather than m - 1. A denormal number has the least exponent
    and m < 1.
    """
    least = 1 - layout.bias
    finite = ops.unary("IsFinite", x, "bool")
    size = ops.select(finite, ops.unary("Abs", x), ops.scalar(0, x))
    logarithm = ops.binary("Mul", ops.unary("Log", size), ops.scalar(1 / math.log(2), x))
    estimate = ops.unary("Floor", ops.binary("Sub", logarithm, ops.scalar(0.01, x)))
    above = ops.binary("Maximum", estimate, ops.scalar(least, x))
    exponent = ops.cast(ops.binary("Minimum", above, ops.scalar(layout.bias, x)), "int32")
    powers = constant(2.0 ** np.arange(least, layout.bias + 1), "float32")
    place = ops.binary("Sub", exponent, ops.scalar(least, exponent))
    m = ops.binary("RealDiv", size, ops.gather(powers, place, 0))
    over = ops.binary("Sub", m, ops.scalar(1, m))
    part = ops.binary("Minimum", over, ops.binary("Mul", m, ops.scalar(0.5, m)))
    step = 1 << layout.mantissa
    fraction = ops.cast(ops.binary("Mul", part, ops.scalar(step, m)), "int32")
    lead = ops.binary("AddV2", place, ops.scalar(1, place))
    bits = ops.binary("AddV2", ops.binary("Mul", lead, ops.scalar(step, lead)), fraction)
    quiet = layout.infinity + step // 2
    special = ops.select(is_nan(x), ops.scalar(quiet, bits), ops.scalar(layout.infinity, bits))
    bits = ops.select(finite, bits, special)
    signed = ops.binary("Sub", bits, ops.scalar(layout.sign, bits))
    return ops.select(_is_negative(x), signed, bits)


def _is_negative(x: Value) -> Value:
    """Whether a float has a sign."""
    below = ops.binary("Less", x, ops.scalar(0, x))
    return ops.binary("LogicalOr", below, is_negative_zero(x))


def _number_of(bits: Value, layout: _Layout) -> Value:
    """The float that has the bits of a signed integer."""
    negative = ops.binary("Less", bits, ops.scalar(0, bits))
    without = ops.binary("AddV2", bits, ops.scalar(layout.sign, bits))
    size = ops.select(negative, without, bits)
    step = 1 << layout.mantissa
    fraction = ops.binary("FloorMod", size, ops.scalar(step, size))
    upper = ops.cast(ops.binary("Sub", size, fraction), "float32")
    exponent = ops.cast(ops.binary("Mul", upper, ops.scalar(1 / step, upper)), "int32")
    last = 2**layout.exponent - 1
    powers = np.append(2.0 ** (np.maximum(np.arange(last), 1) - layout.bias), math.inf)
    lead = np.minimum(np.arange(last + 1), 1)
    # The fraction of infinity is made 0, and that of NaN is NaN.
    m = ops.binary("Mul", ops.cast(fraction, "float32"), ops.scalar(1 / step, upper))
    m = ops.binary("AddV2", m, ops.gather(constant(lead, "float32"), exponent, 0))
    number = ops.binary("Mul", m, ops.gather(constant(powers, "float32"), exponent, 0))
    is_no_number = ops.binary("Greater", size, ops.scalar(layout.infinity, size))
    number = ops.select(is_no_number, ops.scalar(math.nan, number), number)
    sign = ops.select(negative, ops.scalar(-1, number), ops.scalar(1, number))
    return ops.binary("Mul", number, sign)


@elementwise_expansion("nextafter")
def _next_after(_: Equation, x: jax.Array, y: jax.Array) -> jax.Array:
    """One more or less in the bits, which are in the order of the numbers; from 0 the least."""
    kind: Any = np.dtype(f"int{8 * np.dtype(x.dtype).itemsize}")
    x, y = jnp.broadcast_arrays(x, y)
    bits = lax.bitcast_convert_type(x, kind)
    away = (x < y) == (bits >= 0)
    moved = bits + jnp.where(away, 1, -1).astype(kind)
    least = jnp.where(y > 0, 1, jnp.iinfo(kind).min + 1).astype(kind)
    result = lax.bitcast_convert_type(jnp.where(x == 0, least, moved), x.dtype)
    result = jnp.where(_flush(x) == _flush(y), y, result)
    return jnp.where(jnp.isnan(x) | jnp.isnan(y), x + y, result)


def _flush(x: jax.Array) -> jax.Array:
    """Numbers as JAX compares them on processors, where denormal ones of float32 are 0."""
    tiny = 0.0 if x.dtype == jnp.float16 else jnp.finfo(x.dtype).tiny
    return jnp.where(jnp.abs(x) < tiny, jnp.zeros((), x.dtype), x)
