"""Every op that the exporter uses, in numpy."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from builder.tfjs.graph import Node
from builder.tfjs.numpy.elementwise import ELEMENTWISE
from builder.tfjs.ops import concrete, int_attr, int_tuple, is_fixed


def _softmax(_: Node, xs: Sequence[Any]) -> Any:
    (x,) = xs
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


_REDUCTIONS: Mapping[str, Callable[..., Any]] = {
    "All": np.all,
    "Any": np.any,
    "Max": np.max,
    "Mean": np.mean,
    "Min": np.min,
    "Prod": np.prod,
    "Sum": np.sum,
}


Kernel: TypeAlias = Callable[[Node, Sequence[Any]], Any]


def _elementwise(function: Callable[..., Any]) -> Kernel:
    return lambda _, xs: function(*xs)


def _reduction(function: Callable[..., Any]) -> Kernel:
    return lambda node, xs: function(xs[0], axis=int_tuple(node, "axes"), keepdims=True)


def _matmul(node: Node, xs: Sequence[Any]) -> Any:
    a, b = xs
    a = a.swapaxes(-1, -2) if node.attrs["adj_x"] else a
    b = b.swapaxes(-1, -2) if node.attrs["adj_y"] else b
    return a @ b


def _fused_matmul(node: Node, xs: Sequence[Any]) -> Any:
    return _activate(node, xs[0] @ xs[1] + xs[2])


def _activate(node: Node, x: Any) -> Any:
    fused = node.attrs["fused_ops"]
    assert isinstance(fused, tuple)
    return ELEMENTWISE[str(fused[1])](x) if len(fused) > 1 else x


def _broadcast_to(node: Node, xs: Sequence[Any]) -> Any:
    shape = node.outputs[0].shape if len(xs) == 1 else tuple(xs[1])
    return np.broadcast_to(xs[0], shape)


def _reshape(node: Node, xs: Sequence[Any]) -> Any:
    return np.reshape(xs[0], concrete(node.outputs[0].shape) if len(xs) == 1 else tuple(xs[1]))


def _shape_of(_: Node, xs: Sequence[Any]) -> Any:
    return np.array(np.shape(xs[0]))


def _select(_: Node, xs: Sequence[Any]) -> Any:
    return np.where(xs[0], xs[1], xs[2])


def _slice(node: Node, xs: Sequence[Any]) -> Any:
    if len(xs) == 3:
        return xs[0][tuple(slice(b, b + n) for b, n in zip(xs[1], xs[2], strict=True))]
    starts = zip(int_tuple(node, "begin"), node.outputs[0].shape, strict=True)
    # A symbolic size reaches to the end of an axis of the size of this run.
    return xs[0][tuple(slice(b, b + n if is_fixed(n) else None) for b, n in starts)]


def _scatter_sum(node: Node, xs: Sequence[Any]) -> Any:
    shape = node.outputs[0].shape if len(xs) == 2 else tuple(xs[2])
    total = np.zeros(shape, xs[1].dtype)
    np.add.at(total, xs[0][:, 0], xs[1])
    return total


def _scatter_update(_: Node, xs: Sequence[Any]) -> Any:
    total = xs[0].copy()
    total[xs[1][:, 0]] = xs[2]
    return total


def _split(node: Node, xs: Sequence[Any]) -> Any:
    return np.split(xs[0], np.cumsum(int_tuple(node, "sizes"))[:-1], int_attr(node, "axis"))


def _range(_: Node, xs: Sequence[Any]) -> Any:
    return np.arange(xs[0], xs[1], xs[2])


def _strided_slice(node: Node, xs: Sequence[Any]) -> Any:
    ranges = zip(
        int_tuple(node, "begin"), int_tuple(node, "steps"), node.outputs[0].shape, strict=True
    )
    return xs[0][
        tuple(slice(b, b + s * n, s) if is_fixed(n) else slice(b, None, s) for b, s, n in ranges)
    ]


def _pad(node: Node, xs: Sequence[Any]) -> Any:
    widths = list(zip(int_tuple(node, "before"), int_tuple(node, "after"), strict=True))
    value: Any = node.attrs["value"]
    return np.pad(xs[0], widths, constant_values=value)


def _accumulate(function: Callable[..., Any]) -> Kernel:
    def kernel(node: Node, xs: Sequence[Any]) -> Any:
        axis = int_attr(node, "axis")
        x = np.flip(xs[0], axis) if node.attrs["reverse"] else xs[0]
        result = function(x, axis)
        return np.flip(result, axis) if node.attrs["reverse"] else result

    return kernel


def _top_k(node: Node, xs: Sequence[Any]) -> Any:
    count = int(xs[1]) if len(xs) == 2 else int_attr(node, "k")
    order = np.argsort(-xs[0], axis=-1, kind="stable")[..., :count]
    return [np.take_along_axis(xs[0], order, -1), order]


def _windows(node: Node, x: Any, size: tuple[int, ...], dilations: tuple[int, ...]) -> Any:
    """The windows of NHWC pictures, [n, rows, columns, channels, height, width], or of volumes."""
    _, *strides, _ = int_tuple(node, "strides")
    spans = [(n - 1) * d + 1 for n, d in zip(size, dilations, strict=True)]
    views: Any = np.lib.stride_tricks.sliding_window_view(x, spans, tuple(range(1, x.ndim - 1)))
    views = views[(slice(None), *(slice(None, None, n) for n in strides))]
    return views[(..., *(slice(None, None, n) for n in dilations))]


def _convolution(subscripts: str) -> Kernel:
    def kernel(node: Node, xs: Sequence[Any]) -> Any:
        x, weights = xs[:2]
        if node.attrs["padding"] == "EXPLICIT":
            pads = int_tuple(node, "explicit_paddings")
            x = np.pad(x, [(pads[2 * i], pads[2 * i + 1]) for i in range(x.ndim)])
        _, *dilations, _ = int_tuple(node, "dilations")
        views = _windows(node, x, weights.shape[:-2], tuple(dilations))
        result = np.einsum(subscripts, views, weights)
        result = result.reshape(*result.shape[: x.ndim - 1], -1)
        return result if len(xs) == 2 else _activate(node, result + xs[2])

    return kernel


def _pool(function: Callable[..., Any]) -> Kernel:
    def kernel(node: Node, xs: Sequence[Any]) -> Any:
        _, *size, _ = int_tuple(node, "ksize")
        return function(_windows(node, xs[0], tuple(size), (1, 1)), axis=(-2, -1))

    return kernel


_convolve = _convolution("nrcihw,hwio->nrco")
_convolve_volumes = _convolution("nabcijkl,jklio->nabco")
_convolve_depthwise = _convolution("nrcihw,hwim->nrcim")


KERNELS: Mapping[str, Kernel] = {
    **{op: _elementwise(function) for op, function in ELEMENTWISE.items()},
    **{op: _reduction(function) for op, function in _REDUCTIONS.items()},
    "ArgMax": lambda node, xs: np.argmax(xs[0], int_attr(node, "axis")),
    "ArgMin": lambda node, xs: np.argmin(xs[0], int_attr(node, "axis")),
    "AvgPool": _pool(np.mean),
    "BatchMatMulV2": _matmul,
    "BroadcastTo": _broadcast_to,
    "Cast": lambda _, xs: xs[0],  # `run_node` casts
    "ConcatV2": lambda node, xs: np.concatenate(xs, int_attr(node, "axis")),
    "Conv2D": _convolve,
    "Conv3D": _convolve_volumes,
    "Cumprod": _accumulate(np.cumprod),
    "Cumsum": _accumulate(np.cumsum),
    "DepthwiseConv2dNative": _convolve_depthwise,
    "FusedDepthwiseConv2dNative": _convolve_depthwise,
    "Fill": lambda _, xs: np.full(xs[0], xs[1]),
    "GatherV2": lambda node, xs: np.take(xs[0], xs[1], int_attr(node, "axis")),
    "MaxPool": _pool(np.max),
    "PadV2": _pad,
    "Range": _range,
    "Reshape": _reshape,
    "ReverseV2": lambda node, xs: np.flip(xs[0], int_tuple(node, "axes")),
    "ScatterNd": _scatter_sum,
    "SelectV2": _select,
    "Shape": _shape_of,
    "Slice": _slice,
    "Softmax": _softmax,
    "SplitV": _split,
    "StridedSlice": _strided_slice,
    "TensorScatterUpdate": _scatter_update,
    "TopKV2": _top_k,
    "Transpose": lambda node, xs: np.transpose(xs[0], int_tuple(node, "perm")),
    "_FusedConv2D": _convolve,
    "_FusedMatMul": _fused_matmul,
}
