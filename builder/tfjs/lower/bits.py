"""Rules for the bits of integers, in arithmetic: no op on bits runs on every backend.

Two integers meet byte by byte in a table of all pairs. Where one is a constant whose ones stand
together, remainders are enough. WebGL and WebGPU compute with integers as float32, so that they get
those up to 2^24 right.
"""

from collections.abc import Callable, Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Array, Value, constant
from builder.tfjs.lower.integers import (
    LEAST,
    shift_left,
    shift_right,
    shift_right_logical,
)
from builder.tfjs.lower.registry import Equation, elementwise
from builder.tfjs.lower.wrapping import wrap

LOGICAL = {"and": "LogicalAnd", "or": "LogicalOr", "xor": "NotEqual"}

_COMBINE: Mapping[str, Callable[[Array, Array], Array]] = {
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
}


@elementwise(*LOGICAL)
def _combine(eqn: Equation, x: Value, y: Value) -> Value:
    if x.dtype == "bool":
        return ops.binary(LOGICAL[eqn.primitive], x, y)
    x, y = (y, x) if x.array is not None else (x, y)
    common = None if y.array is None else _keep_ones(x, y.array)
    if common is None:
        return combine_bits(eqn.primitive, x, y, eqn.operand_dtypes[0])
    if eqn.primitive == "and":
        return common
    rest = ops.binary("Sub", x, common)
    return ops.binary("AddV2", rest, y if eqn.primitive == "or" else ops.binary("Sub", y, common))


def _keep_ones(x: Value, mask: Array) -> Value | None:
    """`x` and a constant, if that is one number whose ones, or whose zeros, stand together."""
    if np.unique(mask).size != 1:
        return None
    number = int(mask.flat[0])
    for ones, is_kept in ((number, True), (~number, False)):
        kept = _keep_run(x, ones)
        if kept is not None:
            return kept if is_kept else ops.binary("Sub", x, kept)
    return None


def _keep_run(x: Value, ones: int) -> Value | None:
    """`x` with all bits zero but those of one run of ones; also right if `x` is negative."""
    if ones == LEAST:
        negative = ops.binary("Less", x, ops.scalar(0, x))
        return ops.select(negative, ops.scalar(LEAST, x), ops.scalar(0, x))
    if ones <= 0:
        return None
    first = (ones & -ones).bit_length() - 1
    run = ones >> first
    if run & (run + 1) or run >= 2**30:
        return None
    shifted = shift_right(x, first) if first else x
    kept = ops.binary("FloorMod", shifted, ops.scalar(run + 1, x))
    return ops.binary("Mul", kept, ops.scalar(1 << first, x)) if first else kept


def combine_bits(name: str, x: Value, y: Value, dtype: Any) -> Value:
    """ "and", "or" or "xor" of two integers, byte by byte."""
    count = jnp.iinfo(dtype).bits // 8
    signed = count == 4 or jnp.iinfo(dtype).min < 0
    # The last byte of a signed number is one of -128 to 127, for which the table has a second half.
    offset = np.zeros(count, np.float32)
    offset[-1] = 2.0**16 + 128 * 257 if signed else 0
    high = ops.binary("Mul", _bytes_of(x, count), constant(256.0, "float32"))
    low = ops.binary("AddV2", _bytes_of(y, count), constant(offset))
    pair = ops.cast(ops.binary("AddV2", high, low), "int32")
    return _join_bytes(ops.gather(_table(_COMBINE[name]), pair, 0))


def _table(combine: Callable[[Array, Array], Array]) -> Value:
    """What all pairs of bytes give, int32[2 * 256 * 256]: unsigned ones, then signed ones.

    It is computed from one of half bytes when the model runs, so as not to weigh on the disk.
    """
    nibbles = np.arange(16, dtype=np.int32)
    low = combine(nibbles[:, None], nibbles)
    high = np.stack([low, combine(nibbles[:, None] - 8, nibbles - 8)]) * 16
    whole = ops.binary(
        "AddV2",
        constant(high.reshape(2, 16, 1, 16, 1)),
        constant(low.reshape(1, 1, 16, 1, 16)),
    )
    return ops.reshape(whole, (2 * 256 * 256,))


def _bytes_of(x: Value, count: int) -> Value:
    """The bytes of an integer, the lowest first, float32[..., count]; the last has the sign."""
    column = ops.reshape(x, (*x.shape, 1))
    if count > 1:
        ends = np.array([2**8, 2**16, 2**24], np.int32)[: count - 1]
        below = ops.binary("FloorMod", column, constant(np.append(ends, ends[:1])))
        is_last = constant(np.arange(count) == count - 1)
        column = ops.select(is_last, ops.binary("Sub", column, below), below)
    scale = constant(256.0 ** -np.arange(count), "float32")
    return ops.unary("Floor", ops.binary("Mul", ops.cast(column, "float32"), scale))


def _join_bytes(x: Value) -> Value:
    """The integer of bytes int32[..., count], the lowest first."""
    count = x.shape[-1]
    scaled = ops.binary("Mul", x, constant(256 ** np.arange(count), "int32"))
    return ops.reshape(ops.reduce("Sum", scaled, [len(x.shape) - 1]), x.shape[:-1])


def split_bits(x: Value) -> tuple[Value, Callable[[Value], Value]]:
    """All bits of an int32, bool[..., 32], and what makes an integer of such."""
    column = ops.reshape(x, (*x.shape, 1))
    # A product with 2^(31 - i) makes bit i the sign.
    raised = ops.binary("Mul", column, constant(_powers(31 - np.arange(32))))
    return ops.binary("Less", raised, ops.scalar(0, x)), _join_planes


def _join_planes(planes: Value) -> Value:
    powers = constant(_powers(np.arange(32)))
    ones = ops.binary("Mul", ops.cast(planes, "int32"), powers)
    return ops.reshape(ops.reduce("Sum", ones, [len(ones.shape) - 1]), ones.shape[:-1])


def _powers(exponents: Array) -> Array:
    """Powers of two up to 2^31, which is the least int32."""
    return np.left_shift(np.int64(1), exponents).astype(np.int32)


@elementwise("not")
def _not(_: Equation, x: Value) -> Value:
    if x.dtype == "bool":
        return ops.unary("LogicalNot", x)
    return ops.binary("Sub", ops.scalar(-1, x), x)


@elementwise("shift_left", "shift_right_arithmetic", "shift_right_logical")
def _shift(eqn: Equation, x: Value, places: Value) -> Value:
    """Places below 0 or beyond the type move all bits out, as in JAX."""
    dtype = eqn.operand_dtypes[0]
    bits = jnp.iinfo(dtype).bits
    if eqn.primitive == "shift_left":
        return shift_left(x, places)
    if eqn.primitive == "shift_right_arithmetic":
        # The highest bit counts as a sign even where the type has none.
        signed = wrap(x, np.dtype(f"int{bits}")) if jnp.iinfo(dtype).min == 0 else x
        return shift_right(signed, places)
    if bits == 32:
        return shift_right_logical(x, places)
    # Of a narrow integer, the sign is extended over bits that it does not have.
    return shift_right(wrap(x, np.dtype(f"uint{bits}")), places)


@elementwise("population_count")
def _population_count(eqn: Equation, x: Value) -> Value:
    """The number of ones of each byte, from a table, summed."""
    count = jnp.iinfo(eqn.operand_dtypes[0]).bits // 8
    ones = np.array([byte.bit_count() for byte in range(256)], np.int32)
    places = ops.binary("AddV2", _bytes_of(x, count), constant(256.0, "float32"))
    # From -256 on, so that the sign of the last byte does not matter.
    found = ops.gather(constant(np.tile(ones, 2)), ops.cast(places, "int32"), 0)
    return ops.reshape(ops.reduce("Sum", found, [len(x.shape)]), x.shape)


@elementwise("clz")
def _count_leading_zeros(eqn: Equation, x: Value) -> Value:
    """As many as there are powers of two above the number; none if the highest bit is one."""
    bits = jnp.iinfo(eqn.operand_dtypes[0]).bits
    powers = constant(_powers(np.arange(min(bits, 31))))
    above = ops.cast(ops.binary("Less", ops.reshape(x, (*x.shape, 1)), powers), "int32")
    count = ops.reshape(ops.reduce("Sum", above, [len(x.shape)]), x.shape)
    if bits == 32:
        count = ops.binary("AddV2", count, ops.scalar(1, x))
    return ops.select(ops.binary("Less", x, ops.scalar(0, x)), ops.scalar(0, x), count)
