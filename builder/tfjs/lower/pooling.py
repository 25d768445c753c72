"""Pooling over windows, as that of TensorFlow.js over pictures [n, height, width, channels]."""

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Attr, Shape, TensorType, Value, make
from builder.tfjs.lower.nan import is_nan
from builder.tfjs.lower.registry import Equation, rule

FILLS = {"reduce_window_max": -np.inf, "reduce_window_min": np.inf, "reduce_window_sum": 0.0}
"""What padding adds without changing the result."""


@rule(*FILLS)
def _pool(eqn: Equation, x: Value) -> Value:
    """Pooling over one or two axes, whichever they are; the last of the others are channels."""
    low, high = zip(*((int(a), int(b)) for a, b in eqn.params["padding"]), strict=True)
    window = [int(n) for n in eqn.params["window_dimensions"]]
    strides = [int(n) for n in eqn.params["window_strides"]]
    rank = len(x.shape)
    moved = [i for i in range(rank) if (window[i], strides[i], low[i], high[i]) != (1, 1, 0, 0)]
    dilated = {*eqn.params["base_dilation"], *eqn.params["window_dilation"]} != {1}
    if len(moved) > 2 or dilated or min(*low, *high) < 0 or x.dtype != "float32":
        raise eqn.refuse(
            "this pooling is not one of float32 over one or two axes without dilation.",
            "pool over one or two axes.",
        )
    others = [i for i in range(rank) if i not in moved]
    perm = [*others[:-1], *moved, *others[-1:]]
    lift = [1] * (2 - len(moved))

    def as_picture(shape: Shape) -> Shape:
        lead = ops.size([shape[i] for i in others[:-1]])
        channels = [shape[i] for i in others[-1:]] or [1]
        return (lead, *lift, *(shape[i] for i in moved), *channels)

    padded = ops.pad(x, low, high, FILLS[eqn.primitive])
    picture = ops.reshape(ops.transpose(padded, perm), as_picture(padded.shape))
    attrs: dict[str, Attr] = {
        "ksize": (1, *lift, *(window[i] for i in moved), 1),
        "strides": (1, *lift, *(strides[i] for i in moved), 1),
        "padding": "VALID",
    }
    pooled = _pool_picture(eqn.primitive, picture, as_picture(eqn.type.shape), attrs)
    columns = ops.reshape(pooled, tuple(eqn.type.shape[i] for i in perm))
    return ops.transpose(columns, [perm.index(i) for i in range(rank)])


def _pool_picture(primitive: str, x: Value, shape: Shape, attrs: dict[str, Attr]) -> Value:
    kind = TensorType(shape, "float32")
    if primitive == "reduce_window_max":
        return _max_pool(x, kind, attrs)
    if primitive == "reduce_window_min":
        return ops.unary("Neg", _max_pool(ops.unary("Neg", x), kind, attrs))
    mean = make("AvgPool", (x,), kind, **attrs)
    return ops.binary("Mul", mean, ops.scalar(ops.size(ops.int_tuple(mean.node, "ksize")), mean))


def _max_pool(x: Value, kind: TensorType, attrs: dict[str, Attr]) -> Value:
    """MaxPool, and NaN for every window that has one, which MaxPool drops on wasm."""
    share = make("AvgPool", (ops.cast(is_nan(x), "float32"),), kind, **attrs)
    largest = make("MaxPool", (x,), kind, **attrs)
    has_nan = ops.binary("Greater", share, ops.scalar(0, share))
    return ops.select(has_nan, ops.scalar(np.nan, largest), largest)
