"""Arithmetic of int32 that is exact on every backend, and that of uint32 on the same bits.

On wasm, TensorFlow.js computes Neg, Abs and FloorDiv of integers as if they were float32, so they
are off beyond 2^24 (tfjs#5641, #7927), and a division by zero stops the program. Add, Sub, Mul,
comparisons, Maximum and Minimum are exact and wrap around.

A uint32 has the bits of an int32. Sums, differences and products are the same for both; adding the
least int32 turns the order of one into that of the other.
"""

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Array, Value, constant

LEAST = -(2**31)


def negate(x: Value) -> Value:
    """-x; that of the least int32 is itself."""
    if x.dtype != "int32":
        return ops.unary("Neg", x)
    return ops.binary("Sub", ops.scalar(0, x), x)


def reverse_order(x: Value) -> Value:
    """Numbers in the opposite order, from which the same function gives back `x`."""
    if x.dtype != "int32":
        return ops.unary("Neg", x)
    return ops.binary("Sub", ops.scalar(-1, x), x)


def absolute(x: Value) -> Value:
    """|x|; that of the least int32 is itself."""
    if x.dtype != "int32":
        return ops.unary("Abs", x)
    return ops.binary("Maximum", x, negate(x))


def multiply(x: Value, y: Value) -> Value:
    """x * y, which wraps around: on cpu, TensorFlow.js rounds products beyond 2^53.

    One factor is cut in two, so that no product has more than 47 digits.
    """
    if x.dtype != "int32" or _is_small(x) or _is_small(y):
        return ops.binary("Mul", x, y)
    low = ops.binary("FloorMod", y, ops.scalar(1 << 16, y))
    high = ops.binary("Sub", y, low)
    return ops.binary("AddV2", ops.binary("Mul", x, low), ops.binary("Mul", x, high))


def _is_small(x: Value) -> bool:
    """Whether this is a constant of which every product with an int32 is less than 2^53."""
    return x.array is not None and x.array.size > 0 and bool((np.abs(x.array) < 2**22).all())


def flip(x: Value) -> Value:
    """The uint32 in the order of int32, or back."""
    return ops.binary("AddV2", x, ops.scalar(LEAST, x))


def less_unsigned(x: Value, y: Value) -> Value:
    """x < y of uint32: as of int32, but where one of them is 2^31 or more.

    `flip` would do, but for WebGL, which holds integers as float32: it loses the last digits.
    """
    zero = ops.scalar(0, x)
    apart = ops.binary("NotEqual", ops.binary("Less", x, zero), ops.binary("Less", y, zero))
    return ops.binary("NotEqual", ops.binary("Less", x, y), apart)


def larger_unsigned(x: Value, y: Value) -> Value:
    """The larger of two uint32."""
    return ops.select(less_unsigned(x, y), y, x)


def smaller_unsigned(x: Value, y: Value) -> Value:
    """The smaller of two uint32."""
    return ops.select(less_unsigned(y, x), y, x)


def unsigned_to_float(x: Value) -> Value:
    """A uint32 as float32, rounded once: its upper and its lower half are exact."""
    low = ops.binary("FloorMod", x, ops.scalar(1 << 16, x))
    high = shift_right(ops.binary("Sub", x, low), 16)
    high = ops.binary("FloorMod", high, ops.scalar(1 << 16, x))
    scale = constant(65536.0, "float32")
    upper = ops.binary("Mul", ops.cast(high, "float32"), scale)
    return ops.binary("AddV2", upper, ops.cast(low, "float32"))


def divide(x: Value, y: Value) -> Value:
    """x / y cut off towards zero; by zero it is -1, as in XLA."""
    divisor = _without_zero(y)
    quotient, _ = _cut_off(x, divisor)
    return quotient if divisor is y else ops.select(_is_zero(y), ops.scalar(-1, y), quotient)


def remainder(x: Value, y: Value) -> Value:
    """What is left of that division, with the sign of `x`; by zero it is `x`."""
    divisor = _without_zero(y)
    _, rest = _cut_off(x, divisor)
    return rest if divisor is y else ops.select(_is_zero(y), x, rest)


def divide_unsigned(x: Value, y: Value) -> Value:
    """x / y of uint32, rounded down; by zero it is the greatest number.

    The half of `x` fits int32; the quotient of that, doubled, is right or one too small (H. S.
    Warren, Hacker's Delight, section 9-3). A divisor of 2^31 or more goes once or not at all.
    """
    negative = ops.binary("Less", y, ops.scalar(0, y))
    small = ops.select(negative, ops.scalar(1, y), y)
    half = shift_right_logical(x, 1)
    guess = ops.binary("Mul", divide(half, small), ops.scalar(2, y))
    rest = ops.binary("Sub", x, ops.binary("Mul", guess, small))
    one_more = ops.cast(_not_less(rest, small), "int32")
    quotient = ops.binary("AddV2", guess, one_more)
    once = ops.cast(_not_less(x, y), "int32")
    found = ops.select(negative, once, quotient)
    return ops.select(_is_zero(y), ops.scalar(-1, y), found)


def remainder_unsigned(x: Value, y: Value) -> Value:
    """What is left of that division; by zero it is `x`."""
    product = ops.binary("Mul", divide_unsigned(x, y), y)
    return ops.binary("Sub", x, product)


def shift_left(x: Value, places: int | Array | Value) -> Value:
    """The bits of an int32 so many places up: a product with a power of two, which wraps around.

    Places below 0 or above 31 move all bits out; so do they in the other shifts.
    """
    powers = np.append(np.left_shift(np.int64(1), np.arange(32)), 0).astype(np.int32)
    return ops.binary("Mul", x, _at_places(powers, places))


def shift_right(x: Value, places: int | Array | Value) -> Value:
    """The bits of an int32 so many places down, the sign kept: x / 2^places rounded down.

    Both halves of `x` are exact as float32, and so are they when divided by a power of two; what
    the upper half leaves does not reach 1 with the lower one.
    """
    factor = _at_places(2.0 ** -np.append(np.arange(32), 31).astype(np.float32), places)
    no_rest = factor.array is not None and factor.array.max() <= 2.0**-8
    below = ops.scalar(1 << (8 if no_rest else 16), x)
    low = ops.binary("FloorMod", x, below)
    upper = _scale_down(ops.binary("Sub", x, low), factor)
    return upper if no_rest else ops.binary("AddV2", upper, _scale_down(low, factor))


def _scale_down(x: Value, factor: Value) -> Value:
    """An int32 that float32 holds, times a power of two, rounded down."""
    return ops.cast(ops.unary("Floor", ops.binary("Mul", ops.cast(x, "float32"), factor)), "int32")


def shift_right_logical(x: Value, places: int | Array | Value) -> Value:
    """The bits of an int32 so many places down, with zeros from above."""
    shifted = shift_right(x, places)
    # The sign came down as ones. 2^31, for one place, has the bits of the least int32, and 2^32,
    # for none, those of 0.
    signs = np.append(np.left_shift(np.int64(1), 32 - np.arange(32)), 1).astype(np.int32)
    negative = ops.binary("Less", shifted, ops.scalar(0, x))
    restored = ops.binary("AddV2", shifted, _at_places(signs, places))
    return ops.select(negative, restored, shifted)


def _at_places(table: Array, places: int | Array | Value) -> Value:
    """The entry of a table for each of 0 to 31 places, and the last for all other numbers."""
    if isinstance(places, Value) and places.array is None:
        below = ops.binary("Less", places, ops.scalar(0, places))
        above = ops.binary("Greater", places, ops.scalar(31, places))
        outside = ops.binary("LogicalOr", below, above)
        return ops.gather(constant(table), ops.select(outside, ops.scalar(32, places), places), 0)
    known = np.asarray(places.array if isinstance(places, Value) else places)
    return constant(table[np.where((known < 0) | (known > 31), 32, known)])


def _cut_off(x: Value, y: Value) -> tuple[Value, Value]:
    """Quotient towards zero and rest with the sign of `x`; `y` is not zero."""
    quotient, rest = _divide_nearest(x, y)
    zero, one = ops.scalar(0, x), ops.scalar(1, x)
    x_below, y_below = ops.binary("Less", x, zero), ops.binary("Less", y, zero)
    apart = ops.binary("NotEqual", ops.binary("Less", rest, zero), x_below)
    beyond = ops.binary("LogicalAnd", apart, ops.binary("NotEqual", rest, zero))
    size = absolute(y)
    back = ops.binary("AddV2", rest, ops.select(x_below, negate(size), size))
    step = ops.select(ops.binary("Equal", x_below, y_below), one, negate(one))
    nearer = ops.binary("Sub", quotient, step)
    return ops.select(beyond, nearer, quotient), ops.select(beyond, back, rest)


def _divide_nearest(x: Value, y: Value) -> tuple[Value, Value]:
    """The whole number nearest to x / y, and what is left, at most half of `y`.

    A quotient of float32 is off by 2^-22 of itself at most, so what it leaves is small, and the
    quotient of that is exact. Products and differences wrap around, which does not change the rest.
    """
    divisor = ops.cast(y, "float32")

    def divide_floats(part: Value) -> Value:
        quotient = ops.binary("RealDiv", ops.cast(part, "float32"), divisor)
        return ops.cast(ops.unary("Round", quotient), "int32")

    first = divide_floats(x)
    rest = ops.binary("Sub", x, ops.binary("Mul", first, y))
    second = divide_floats(rest)
    quotient = ops.binary("AddV2", first, second)
    return quotient, ops.binary("Sub", rest, ops.binary("Mul", second, y))


def _without_zero(y: Value) -> Value:
    """`y` with 1 for 0, where there may be one: the division stops the program on wasm."""
    if y.array is not None and (y.array != 0).all():
        return y
    return ops.select(_is_zero(y), ops.scalar(1, y), y)


def _is_zero(y: Value) -> Value:
    return ops.binary("Equal", y, ops.scalar(0, y))


def _not_less(x: Value, y: Value) -> Value:
    """x >= y of uint32."""
    return ops.unary("LogicalNot", less_unsigned(x, y))
