"""Convolutions as those of TensorFlow.js, over pictures [n, height, width, channels]."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from builder.tfjs import ops
from builder.tfjs.graph import Attr, Dim, TensorType, Value, make
from builder.tfjs.lower.exact import multiply_exactly
from builder.tfjs.lower.matmul import as_float
from builder.tfjs.lower.order import spread
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import take_block

MOST_GROUPS = 32
"""Up to so many groups are convolved one by one; more of them, channel by channel."""


@dataclass(frozen=True)
class _Window:
    """How a window of two or three axes moves over a picture."""

    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]

    @property
    def attrs(self) -> dict[str, Attr]:
        """As attributes of a convolution of TensorFlow."""
        flat = (0, 0, *(n for pair in self.padding for n in pair), 0, 0)
        attrs: dict[str, Attr] = {
            "strides": (1, *self.strides, 1),
            "dilations": (1, *self.dilations, 1),
            "padding": "EXPLICIT" if any(flat) else "VALID",
        }
        return attrs | ({"explicit_paddings": flat} if any(flat) else {})


@rule("conv_general_dilated")
def _convolution(eqn: Equation, x: Value, weights: Value) -> Value:
    spatial = len(x.shape) - 2
    if spatial > 3:
        raise eqn.refuse(
            f"a convolution moves over {spatial} axes.", "use a convolution over up to three axes."
        )
    if eqn.type.dtype == "float32":
        dtypes = eqn.operand_dtypes
        return _convolve_floats(eqn, as_float(x, dtypes[0]), as_float(weights, dtypes[1]))
    outputs = weights.shape[eqn.params["dimension_numbers"].rhs_spec[0]]
    terms = ops.size(weights.shape) // outputs
    product = multiply_exactly(
        x, weights, eqn.operand_dtypes, terms, lambda a, b: _convolve_floats(eqn, a, b)
    )
    return ops.truth(product) if eqn.type.dtype == "bool" else product


def _convolve_floats(eqn: Equation, x: Value, weights: Value) -> Value:
    specs: Any = eqn.params["dimension_numbers"]
    spatial = len(x.shape) - 2
    n, c, *axes = specs.lhs_spec
    picture = ops.transpose(x, [n, *axes, c])
    o, i, *axes = specs.rhs_spec
    filters = ops.transpose(weights, [*axes, i, o])
    groups: int = eqn.params["feature_group_count"]
    if (parts := eqn.params["batch_group_count"]) > 1:
        picture, groups = _batch_to_channels(picture, parts), parts
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
    result = _grouped(eqn, picture, filters, groups, window, (shape[0], *lift, *shape[1:]))
    places = [n, *axes, c]
    back = [places.index(axis) for axis in range(len(places))]
    return ops.transpose(ops.reshape(result, tuple(shape)), back)


def _batch_to_channels(x: Value, parts: int) -> Value:
    """Pictures [parts * n, ..., c] as [n, ..., parts * c]: groups of pictures as of channels."""
    count, *middle, channels = x.shape
    apart = ops.reshape(x, (parts, count // parts, ops.size(middle), channels))
    together = ops.transpose(apart, [1, 2, 0, 3])
    return ops.reshape(together, (count // parts, *middle, parts * channels))


def _grouped(
    eqn: Equation,
    x: Value,
    filters: Value,
    groups: int,
    window: _Window,
    shape: tuple[Dim, ...],
) -> Value:
    """Each group of channels by itself: `filters` have the channels of one."""
    *sizes, inputs, outputs = filters.shape
    if groups == 1:
        return _convolve(_OPS[len(sizes)], x, filters, window, shape)
    each = outputs // groups
    if len(sizes) == 2 and inputs == 1:
        per_channel = ops.reshape(filters, (*sizes, groups, each))
        return _convolve("DepthwiseConv2dNative", x, per_channel, window, shape)
    if len(sizes) == 2 and (groups > MOST_GROUPS or not ops.is_fixed(inputs)):
        return _convolve_channels(x, filters, groups, window, shape)
    part = (*shape[:-1], each)
    done = [
        _convolve(
            _OPS[len(sizes)],
            _take_channels(eqn, x, group * inputs, inputs),
            _take_channels(eqn, filters, group * each, each),
            window,
            part,
        )
        for group in range(groups)
    ]
    return ops.concat(done, axis=len(sizes) + 1)


def _take_channels(eqn: Equation, x: Value, first: Dim, count: Dim) -> Value:
    return take_block(eqn, x, [*[0] * (len(x.shape) - 1), first], (*x.shape[:-1], count))


_OPS = {2: "Conv2D", 3: "Conv3D"}


def _convolve_channels(
    x: Value, filters: Value, groups: int, window: _Window, shape: tuple[Dim, ...]
) -> Value:
    """Channel by channel, then the sums over each group."""
    height, width, inputs, outputs = filters.shape
    each = outputs // groups
    apart = ops.reshape(filters, (height * width, inputs, groups, each))
    per_channel = ops.reshape(
        ops.transpose(apart, [0, 2, 1, 3]), (height, width, groups * inputs, each)
    )
    whole = (*shape[:-1], groups * inputs * each)
    done = _convolve("DepthwiseConv2dNative", x, per_channel, window, whole)
    columns = ops.reshape(done, (ops.size(shape[:-1]), groups, inputs, each))
    return ops.reshape(ops.reduce("Sum", columns, [2]), shape)


def _convolve(op: str, x: Value, filters: Value, window: _Window, shape: tuple[Dim, ...]) -> Value:
    if max(window.strides) == 1 or max(window.dilations) == 1:
        return _make(op, x, filters, window, shape)
    # TensorFlow.js refuses strides together with dilations: take every so many of all windows.
    rank = len(window.strides)
    every = _Window((1,) * rank, window.dilations, window.padding)
    size = [
        d + sum(p) - (f - 1) * s
        for d, p, f, s in zip(
            x.shape[1:-1], window.padding, filters.shape, window.dilations, strict=False
        )
    ]
    whole = _make(op, x, filters, every, (shape[0], *size, shape[-1]))
    return ops.strided_slice(whole, [0] * len(shape), [1, *window.strides, 1], shape)


def _make(op: str, x: Value, filters: Value, window: _Window, shape: tuple[Dim, ...]) -> Value:
    kind = TensorType(shape, "float32")
    if op != "Conv3D":
        return make(op, (x, filters), kind, **window.attrs)
    low, high = zip(*window.padding, strict=True)
    padded = ops.pad(x, [0, *low, 0], [0, *high, 0])
    bare = _Window(window.strides, window.dilations, ((0, 0),) * len(low))
    return make(op, (padded, filters), kind, **bare.attrs, data_format="NDHWC")


def _crop(x: Value, padding: Sequence[tuple[int, int]]) -> tuple[Value, list[tuple[int, int]]]:
    """Negative padding of the axes after the first as a slice; what is left is not negative."""
    begin = [0, *(max(0, -low) for low, _ in padding), 0]
    end = [0, *(max(0, -high) for _, high in padding), 0]
    sizes = [d - b - e for d, b, e in zip(x.shape, begin, end, strict=True)]
    return ops.slice_(x, begin, sizes), [(max(0, low), max(0, high)) for low, high in padding]
