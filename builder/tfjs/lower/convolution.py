"""Convolutions as those of TensorFlow.js, over pictures [n, height, width, channels]."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from builder.tfjs import ops
from builder.tfjs.graph import Attr, Dim, TensorType, Value, make
from builder.tfjs.lower.order import spread
from builder.tfjs.lower.registry import Equation, rule


@dataclass(frozen=True)
class _Window:
    """How a window of two axes moves over a picture."""

    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]

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
    if 0 in eqn.type.shape:
        raise eqn.refuse(
            "a convolution gives an empty array.", "use a kernel no larger than its input."
        )
    n, c, *axes = specs.lhs_spec
    picture = ops.transpose(x, [n, *axes, c])
    o, i, *axes = specs.rhs_spec
    filters = ops.transpose(weights, [*axes, i, o])
    for axis, factor in enumerate(eqn.params["lhs_dilation"], start=1):
        picture = spread(eqn, picture, axis, factor - 1, ops.scalar(0, picture))
    padding = [(int(low), int(high)) for low, high in eqn.params["padding"]]
    picture, padding = _crop(picture, padding)
    lift = (1,) * (2 - spatial)  # a sequence is a picture of one row
    window = _Window(
        strides=(*lift, *eqn.params["window_strides"]),
        dilations=(*lift, *eqn.params["rhs_dilation"]),
        padding=(*((0, 0) for _ in lift), *padding),
    )
    picture = ops.reshape(picture, (picture.shape[0], *lift, *picture.shape[1:]))
    filters = ops.reshape(filters, (*lift, *filters.shape))
    n, c, *axes = specs.out_spec
    shape = [eqn.type.shape[axis] for axis in (n, *axes, c)]
    result = _grouped(picture, filters, groups, window, (shape[0], *lift, *shape[1:]))
    places = [n, *axes, c]
    back = [places.index(axis) for axis in range(len(places))]
    return ops.transpose(ops.reshape(result, tuple(shape)), back)


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
