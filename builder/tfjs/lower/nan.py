"""Where NaN and -0 go: TensorFlow.js loses it in some kernels, JAX never does.

On wasm, Maximum and Minimum keep a NaN of the first operand and drop that of the second
(tfjs#5028); Relu6 and MaxPool drop it. ArgMax, ArgMin and TopKV2 put it anywhere, on cpu too.
"""

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Value


def is_nan(x: Value) -> Value:
    """Where a float is not a number."""
    return ops.binary("NotEqual", x, x)


def is_negative_zero(x: Value) -> Value:
    """Where a float is -0, which comparisons take for 0: something divided by it shows its sign."""
    inverse = ops.binary("RealDiv", ops.scalar(1, x), x)
    return ops.binary("Equal", inverse, ops.scalar(-np.inf, x))


def extreme(op: str, x: Value, y: Value) -> Value:
    """Maximum or Minimum; NaN where either is."""
    if x.dtype == "bool":
        return ops.binary("LogicalOr" if op == "Maximum" else "LogicalAnd", x, y)
    if x.dtype != "float32" or _has_none(y):
        return ops.binary(op, x, y)
    if _has_none(x):
        return ops.binary(op, y, x)
    return ops.select(is_nan(y), y, ops.binary(op, x, y))


def find_extreme(op: str, x: Value, axis: int) -> Value:
    """ArgMax or ArgMin along an axis: int32 positions, that of the first NaN if there is one."""
    if x.dtype != "float32":
        return ops.arg_reduce(op, ops.cast(x, "int32"), axis)
    most = ops.reduce({"ArgMax": "Max", "ArgMin": "Min"}[op], x, [axis])
    here = ops.binary("LogicalOr", ops.binary("Equal", x, most), is_nan(x))
    return ops.arg_reduce("ArgMax", ops.cast(here, "int32"), axis)


def without_nan(x: Value, number: float) -> Value:
    """`x` with a number in place of NaN."""
    return ops.select(is_nan(x), ops.scalar(number, x), x)


def _has_none(x: Value) -> bool:
    """Whether this is a constant without NaN."""
    return x.array is not None and not np.isnan(x.array).any()
