"""Rules for the bits of integers, in arithmetic: no op on bits runs on every backend."""

import jax.numpy as jnp
import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Value, constant
from builder.tfjs.lower.integers import shift_right, shift_right_logical
from builder.tfjs.lower.registry import Equation, rule

LOGICAL = {"and": "LogicalAnd", "or": "LogicalOr", "xor": "NotEqual"}


@rule(*LOGICAL)
def _combine(eqn: Equation, x: Value, y: Value) -> Value:
    """Of booleans, or of an integer and a constant whose ones stand together."""
    if x.dtype == "bool":
        return ops.binary(LOGICAL[eqn.primitive], x, y)
    x, y = (y, x) if x.array is not None else (x, y)
    ones = _run_of_ones(y)
    if ones is None:
        raise eqn.refuse(
            "integers are combined bit by bit, which TensorFlow.js cannot on every backend.",
            "use booleans, or one constant whose ones stand together, such as 4 or 255.",
        )
    first, count = ones
    mask = ops.scalar(((1 << count) - 1) << first, x)
    common = _keep(x, first, count)
    if eqn.primitive == "and":
        return common
    rest = ops.binary("Sub", x, common)
    more = mask if eqn.primitive == "or" else ops.binary("Sub", mask, common)
    return ops.binary("AddV2", rest, more)


def _run_of_ones(mask: Value) -> tuple[int, int] | None:
    """Where the ones of a constant begin and how many they are, if they stand together."""
    if mask.array is None or np.unique(mask.array).size != 1 or mask.array.min() <= 0:
        return None
    number = int(mask.array.flat[0])
    first = (number & -number).bit_length() - 1
    run = number >> first
    return (first, run.bit_length()) if run & (run + 1) == 0 and run < 2**30 else None


def _keep(x: Value, first: int, count: int) -> Value:
    """`x` with all bits zero but `count` from place `first` on; also right if it is negative."""
    scale = ops.scalar(1 << first, x)
    shifted = shift_right(x, first) if first else x
    kept = ops.binary("FloorMod", shifted, ops.scalar(1 << count, x))
    return ops.binary("Mul", kept, scale) if first else kept


@rule("not")
def _not(_: Equation, x: Value) -> Value:
    if x.dtype == "bool":
        return ops.unary("LogicalNot", x)
    return ops.binary("Sub", ops.scalar(-1, x), x)


@rule("shift_left", "shift_right_arithmetic", "shift_right_logical")
def _shift(eqn: Equation, x: Value, places: Value) -> Value:
    """By a constant: a product, which wraps around as in C, or a quotient rounded down."""
    if places.array is None or places.array.min() < 0 or places.array.max() > 30:
        raise eqn.refuse(
            "bits are shifted by a number that is computed, negative or above 30.",
            "shift by a constant.",
        )
    if eqn.primitive == "shift_left":
        return ops.binary("Mul", x, constant(1 << places.array, "int32"))
    if eqn.primitive == "shift_right_arithmetic":
        return shift_right(x, places.array)
    bits = jnp.iinfo(eqn.operand_dtypes[0]).bits
    if bits < 32:  # of a narrow integer, the sign is extended over bits that it does not have
        x = ops.binary("FloorMod", x, ops.scalar(1 << bits, x))
    return shift_right_logical(x, places.array)
