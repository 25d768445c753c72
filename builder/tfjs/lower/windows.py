"""Convolutions and pooling, as those of pictures in TensorFlow.js: [n, height, width, channels]."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Attr, Dim, TensorType, Value, make
from builder.tfjs.lower.order import spread
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import checked_reshape


@dataclass(frozen=True)
class _Window:
    """How a window of two axes moves over a picture."""

    strides: tuple[int, int]
    dilations: tuple[int, int]
    padding: tuple[tuple[int, int], tuple[int, int]]

    @property
    def attrs(self) -> dict[str, Attr]:
        """As attributes of a convolution of TensorFlow."""
        flat = (0, 0, *self.padding[0], *self.padding[1], 0, 0)
        attrs: dict[str, Attr] = {
            "strides": (1, *self.strides, 1),
            "dilations": (1, *self.dilations, 1),
            "padding": "EXPLICIT" if any(flat) else "VALID",
        }
        return attrs | ({"explicit_paddings": flat} if any(flat) else {})


@rule("conv_general_dilated")
def _convolution(eqn: Equation, x: Value, weights: Value) -> Value:
    specs: Any = eqn.params["dimension_numbers"]
    spatial = len(x.shape) - 2
    groups: int = eqn.params["feature_group_count"]
    if spatial not in (1, 2) or eqn.params["batch_group_count"] != 1 or x.dtype != "float32":
        raise eqn.refuse(
            "this convolution is not one of float32 over one or two axes.",
            "use a convolution over one or two axes, without batch groups.",
        )
    n, c, *axes = specs.lhs_spec
    picture = ops.transpose(x, [n, *axes, c])
    o, i, *axes = specs.rhs_spec
    filters = ops.transpose(weights, [*axes, i, o])
    padding = [(int(low), int(high)) for low, high in eqn.params["padding"]]
    for axis, factor in enumerate(eqn.params["lhs_dilation"], start=1):
        picture = spread(eqn, picture, axis, factor - 1, 0)
    picture, padding = _crop(picture, padding)
    lift = (1,) * (2 - spatial)  # a sequence is a picture of one row
    window = _Window(
        strides=(*lift, *eqn.params["window_strides"]),  # type: ignore[arg-type]
        dilations=(*lift, *eqn.params["rhs_dilation"]),  # type: ignore[arg-type]
        padding=(*((0, 0),) * len(lift), *padding),  # type: ignore[arg-type]
    )
    picture = checked_reshape(eqn, picture, (picture.shape[0], *lift, *picture.shape[1:]))
    filters = ops.reshape(filters, (*lift, *filters.shape))
    out = [eqn.type.shape[axis] for axis in specs.out_spec]  # n, channels, then space
    result = _grouped(picture, filters, groups, window, (out[0], *lift, *out[2:], out[1]))
    result = checked_reshape(eqn, result, (out[0], *out[2:], out[1]))
    places = [specs.out_spec[0], *specs.out_spec[2:], specs.out_spec[1]]
    return ops.transpose(result, [places.index(axis) for axis in range(len(places))])


def _grouped(
    x: Value, filters: Value, groups: int, window: _Window, shape: tuple[Dim, ...]
) -> Value:
    height, width, inputs, outputs = filters.shape
    if groups == 1:
        return _convolve("Conv2D", x, filters, window, shape)
    if inputs == 1:
        per_channel = ops.reshape(filters, (height, width, groups, outputs // groups))
        return _convolve("DepthwiseConv2dNative", x, per_channel, window, shape)
    part = (*shape[:-1], outputs // groups)
    pairs = zip(
        ops.split(x, [inputs] * groups, 3),
        ops.split(filters, [outputs // groups] * groups, 3),
        strict=True,
    )
    return ops.concat([_convolve("Conv2D", a, f, window, part) for a, f in pairs], axis=3)


def _convolve(op: str, x: Value, filters: Value, window: _Window, shape: tuple[Dim, ...]) -> Value:
    if max(window.strides) == 1 or max(window.dilations) == 1:
        return make(op, (x, filters), TensorType(shape, "float32"), **window.attrs)
    # TensorFlow.js refuses strides together with dilations: take every so many of all windows.
    every = _Window((1, 1), window.dilations, window.padding)
    size = [
        d + sum(p) - (f - 1) * s
        for d, p, f, s in zip(
            x.shape[1:3], window.padding, filters.shape, window.dilations, strict=False
        )
    ]
    whole = _convolve(op, x, filters, every, (shape[0], *size, shape[3]))
    return ops.strided_slice(whole, [0] * 4, [1, *window.strides, 1], shape)


def _crop(x: Value, padding: Sequence[tuple[int, int]]) -> tuple[Value, list[tuple[int, int]]]:
    """Negative padding of the axes after the first as a slice; what is left is not negative."""
    begin = [0, *(max(0, -low) for low, _ in padding), 0]
    end = [0, *(max(0, -high) for _, high in padding), 0]
    sizes = [d - b - e for d, b, e in zip(x.shape, begin, end, strict=True)]
    return ops.slice_(x, begin, sizes), [(max(0, low), max(0, high)) for low, high in padding]


@rule("reduce_window_max", "reduce_window_min", "reduce_window_sum")
def _pool(eqn: Equation, x: Value) -> Value:
    """Pooling over one or two axes, whichever they are."""
    kind = eqn.primitive.removeprefix("reduce_window_")
    window: list[int] = [int(n) for n in eqn.params["window_dimensions"]]
    strides: list[int] = [int(n) for n in eqn.params["window_strides"]]
    padding = [(int(low), int(high)) for low, high in eqn.params["padding"]]
    rank = len(x.shape)
    moved = [i for i in range(rank) if window[i] > 1 or strides[i] > 1 or any(padding[i])]
    dilated = {*eqn.params["base_dilation"], *eqn.params["window_dilation"]} != {1}
    if len(moved) > 2 or dilated or x.dtype != "float32":
        raise eqn.refuse(
            "this pooling is not one of float32 over one or two axes without dilation.",
            "pool over one or two axes.",
        )
    fill = {"max": -np.inf, "min": np.inf, "sum": 0.0}[kind]
    before, after = [low for low, _ in padding], [high for _, high in padding]
    x = ops.pad(x, [max(0, n) for n in before], [max(0, n) for n in after], fill)
    others = [i for i in range(rank) if i not in moved]
    perm = [*others[:-1], *moved, *others[-1:]]
    columns = [eqn.type.shape[i] for i in perm]
    size, step = [window[i] for i in moved], [strides[i] for i in moved]
    lift = [1] * (2 - len(moved))
    picture = ops.transpose(x, perm)
    lead = ops.size(picture.shape[: len(others[:-1])])
    channels = 1 if not others else picture.shape[-1]
    spatial = [picture.shape[perm.index(i)] for i in moved]
    picture = checked_reshape(eqn, picture, (lead, *lift, *spatial, channels))
    out = (lead, *lift, *(eqn.type.shape[i] for i in moved), channels)
    pooled = _pool_picture(kind, picture, (*lift, *size), (*lift, *step), out)
    pooled = checked_reshape(eqn, pooled, tuple(columns))
    return ops.transpose(pooled, [perm.index(i) for i in range(rank)])


def _pool_picture(
    kind: str, x: Value, size: Sequence[int], strides: Sequence[int], shape: tuple[Dim, ...]
) -> Value:
    attrs: dict[str, Attr] = {
        "ksize": (1, *size, 1),
        "strides": (1, *strides, 1),
        "padding": "VALID",
    }
    kind_of_result = TensorType(shape, "float32")
    if kind == "sum":
        mean = make("AvgPool", (x,), kind_of_result, **attrs)
        return ops.binary("Mul", mean, ops.scalar(ops.size(size), mean))
    if kind == "max":
        return make("MaxPool", (x,), kind_of_result, **attrs)
    return ops.unary("Neg", make("MaxPool", (ops.unary("Neg", x),), kind_of_result, **attrs))
