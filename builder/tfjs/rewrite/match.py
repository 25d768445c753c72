"""Small questions that rules ask of values."""

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Array, Value
from builder.tfjs.ops import int_tuple


def inputs_of(value: Value, op: str) -> tuple[Value, ...] | None:
    """The operands of a value if it is made by `op`."""
    return value.inputs if value.op == op else None


def with_constant(value: Value, op: str) -> tuple[Value, Array] | None:
    """`(x, c)` if the value is `x op c` with a constant c; `order_constants` puts it second."""
    if value.op != op or value.inputs[1].array is None:
        return None
    return value.inputs[0], value.inputs[1].array


def with_scalar(value: Value, op: str) -> tuple[Value, float] | None:
    """`(x, c)` if the value is `x op c` with a single constant number c."""
    found = with_constant(value, op)
    if found is None or found[1].size != 1:
        return None
    return found[0], float(found[1].item())


def with_number(value: Value, op: str, number: float) -> Value | None:
    """x if the value is `x op number`."""
    found = with_scalar(value, op)
    return found[0] if found and found[1] == np.float32(number) else None


def last_axis_vector(array: Array, size: int) -> Array | None:
    """A constant as a vector along the last axis, if it is the same along all others."""
    if array.size == 1:
        return np.full(size, array.item(), array.dtype)
    return array.reshape(-1) if array.shape[-1:] == (size,) == (array.size,) else None


def reduces_last(value: Value, op: str) -> Value | None:
    """x if the value is the reduction `op` of x along its last axis."""
    if value.op != op or int_tuple(value.node, "axes") != (len(value.shape) - 1,):
        return None
    return value.inputs[0]


def dense(value: Value) -> tuple[Value, Array] | None:
    """`(x, w)` if the value is a product of rows with a constant matrix."""
    if value.op != "BatchMatMulV2" or value.node.attrs["adj_x"] or value.node.attrs["adj_y"]:
        return None
    x, w = value.inputs
    return (x, w.array) if w.array is not None and w.array.ndim == 2 else None


def linear_weights(value: Value) -> Array | None:
    """The constant weights of a product of rows or a convolution, whose channels come last."""
    if value.op in ("Conv2D", "DepthwiseConv2dNative"):
        return value.inputs[1].array
    product = dense(value)
    return product[1] if product else None


def mul(x: Value, number: float) -> Value:
    """`x` times a number."""
    return ops.binary("Mul", x, ops.scalar(number, x))
