"""Rules for reductions of windows that move over an array."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Attr, Shape, TensorType, Value, constant, make
from builder.tfjs.lower.monoid import Monoid, find_combine, find_monoid, fold_last
from builder.tfjs.lower.nan import is_nan
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import broadcast
from builder.tfjs.lower.windows import Windows, combine_windows

NAMES = {"reduce_window_max": "max", "reduce_window_min": "min", "reduce_window_sum": "add"}


@rule(*NAMES)
def _pool(eqn: Equation, x: Value) -> Value:
    return pool(eqn, x, Monoid(NAMES[eqn.primitive], np.dtype(eqn.operand_dtypes[0])))


def pool(eqn: Equation, x: Value, monoid: Monoid) -> Value:
    """One number for each window: pooling of TensorFlow.js, or else runs of numbers are joined."""
    windows = Windows.of(eqn)
    fill = constant(monoid.identity, x.dtype)
    padded = windows.pad(eqn, monoid.encode(x), fill)
    known = monoid.name in NAMES.values() and x.dtype == "float32"
    if not known or max(windows.dilation) > 1:
        return monoid.encode(combine_windows(eqn, padded, windows, monoid))
    moved = windows.moved
    for first in range(0, len(moved), 2):
        padded = _pool_axes(eqn, padded, windows, moved[first : first + 2], monoid.name)
    return padded


def _pool_axes(eqn: Equation, x: Value, windows: Windows, moved: Sequence[int], name: str) -> Value:
    """Pooling over one or two axes, whichever they are; the last of the others are channels."""
    rank = len(x.shape)
    others = [i for i in range(rank) if i not in moved]
    perm = [*others[:-1], *moved, *others[-1:]]
    lift = [1] * (2 - len(moved))

    def as_picture(shape: Shape) -> Shape:
        lead = ops.size([shape[i] for i in others[:-1]])
        channels = [shape[i] for i in others[-1:]] or [1]
        return (lead, *lift, *(shape[i] for i in moved), *channels)

    shape = tuple(eqn.type.shape[i] if i in moved else d for i, d in enumerate(x.shape))
    picture = ops.reshape(ops.transpose(x, perm), as_picture(x.shape))
    attrs: dict[str, Attr] = {
        "ksize": (1, *lift, *(windows.sizes[i] for i in moved), 1),
        "strides": (1, *lift, *(windows.strides[i] for i in moved), 1),
        "padding": "VALID",
    }
    pooled = _pool_picture(name, picture, as_picture(shape), attrs)
    columns = ops.reshape(pooled, tuple(shape[i] for i in perm))
    return ops.transpose(columns, [perm.index(i) for i in range(rank)])


def _pool_picture(name: str, x: Value, shape: Shape, attrs: dict[str, Attr]) -> Value:
    """Pooling of pictures [n, height, width, channels]."""
    kind = TensorType(shape, "float32")
    if name == "max":
        return _max_pool(x, kind, attrs)
    if name == "min":
        return ops.unary("Neg", _max_pool(ops.unary("Neg", x), kind, attrs))
    return _sum_pool(x, kind, attrs)


def _sum_pool(x: Value, kind: TensorType, attrs: dict[str, Attr]) -> Value:
    """A convolution of every channel with ones: AvgPool makes -inf of NaN on wasm."""
    channels = x.shape[-1]
    if not ops.is_fixed(channels):
        return _sum_channels_apart(x, kind, attrs)
    _, *window, _ = cast("tuple[int, ...]", attrs["ksize"])
    ones = constant(np.ones((*window, channels, 1)), "float32")
    kernel: dict[str, Attr] = {
        "strides": attrs["strides"],
        "padding": attrs["padding"],
        "dilations": (1, 1, 1, 1),
    }
    return make("DepthwiseConv2dNative", (x, ones), kind, **kernel)


def _sum_channels_apart(x: Value, kind: TensorType, attrs: dict[str, Attr]) -> Value:
    """Every channel becomes a picture of its own."""
    count, *sizes, channels = x.shape
    _, *reduced, _ = kind.shape
    apart = ops.reshape(ops.transpose(x, [0, 3, 1, 2]), (count * channels, *sizes, 1))
    summed = _sum_pool(apart, TensorType((count * channels, *reduced, 1), "float32"), attrs)
    return ops.transpose(ops.reshape(summed, (count, channels, *reduced)), [0, 2, 3, 1])


def _max_pool(x: Value, kind: TensorType, attrs: dict[str, Attr]) -> Value:
    """MaxPool, and NaN for every window that has one, which MaxPool drops on wasm."""
    share = make("AvgPool", (ops.cast(is_nan(x), "float32"),), kind, **attrs)
    largest = make("MaxPool", (x,), kind, **attrs)
    has_nan = ops.binary("Greater", share, ops.scalar(0, share))
    return ops.select(has_nan, ops.scalar(np.nan, largest), largest)


@rule("reduce_window")
def _reduce_windows(eqn: Equation, *operands: Value) -> Sequence[Value]:
    """Windows and their initial values, combined by any function; padding does not take part."""
    count = len(operands) // 2
    arrays, initial = operands[:count], operands[count:]
    dtypes: Sequence[Any] = eqn.operand_dtypes[:count]
    monoid = find_monoid(eqn.params["jaxpr"], dtypes)
    if monoid is not None:
        start = broadcast(eqn, ops.reshape(initial[0], (1,) * len(eqn.type.shape)), eqn.type.shape)
        pooled = monoid.combine(monoid.encode(pool(eqn, arrays[0], monoid)), monoid.encode(start))
        return [monoid.encode(pooled)]
    return _reduce_any(eqn, arrays, initial, dtypes)


def _reduce_any(
    eqn: Equation, arrays: Sequence[Value], initial: Sequence[Value], dtypes: Sequence[Any]
) -> list[Value]:
    """All windows are cut out; what is no entry of the array is marked, and skipped."""
    windows, shape = Windows.of(eqn), eqn.type.shape
    combine = find_combine(eqn, eqn.params["jaxpr"], dtypes)
    rows = [
        windows.cut(eqn, windows.pad(eqn, x, start), shape)
        for x, start in zip(arrays, initial, strict=True)
    ]
    if windows.pads:
        rows.append(windows.mark_entries(eqn, arrays[0]))

    def combine_entries(xs: Sequence[Value], ys: Sequence[Value]) -> list[Value]:
        if not windows.pads:
            return combine(xs, ys)
        *first, x_inside = xs
        *second, y_inside = ys
        both = combine(first, second)
        chosen = [
            ops.select(x_inside, ops.select(y_inside, m, x), y)
            for m, x, y in zip(both, first, second, strict=True)
        ]
        return [*chosen, ops.binary("LogicalOr", x_inside, y_inside)]

    folded = fold_last(rows, combine_entries)
    starts = [ops.reshape(v, (1, 1)) for v in initial]
    if windows.pads:
        starts.append(constant([[True]]))
    results = combine_entries(starts, folded)
    return [ops.reshape(v, shape) for v in results[: len(arrays)]]
