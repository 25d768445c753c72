"""What TensorFlow takes as constant inputs or attributes, where a graph has Python values."""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

import numpy as np
import numpy.typing as npt

from builder.tfjs.graph import Array, Attr, DType, Node
from builder.tfjs.ops import concrete, int_attr, int_tuple

Ints: TypeAlias = npt.NDArray[np.int32]

TF_DTYPES: Mapping[DType, str] = {"float32": "DT_FLOAT", "int32": "DT_INT32", "bool": "DT_BOOL"}


def _ints(values: Any) -> Ints:
    return np.asarray(values, np.int32)


def _axes(node: Node) -> list[Ints]:
    return [_ints(int_tuple(node, "axes"))]


def _axis(node: Node) -> list[Ints]:
    return [_ints(int_attr(node, "axis"))]


def _perm(node: Node) -> list[Ints]:
    return [_ints(int_tuple(node, "perm"))]


def _shape(node: Node) -> list[Ints]:
    return [_ints(concrete(node.outputs[0].shape))]


def _shape_unless_computed(node: Node) -> list[Ints]:
    return _shape(node) if len(node.inputs) == 1 else []


def _scatter(node: Node) -> list[Ints]:
    return _shape(node) if len(node.inputs) == 2 else []


def _slice(node: Node) -> list[Ints]:
    if len(node.inputs) == 3:
        return []
    return [_ints(int_tuple(node, "begin")), *_shape(node)]


def _strided_slice(node: Node) -> list[Ints]:
    begin, steps = int_tuple(node, "begin"), int_tuple(node, "steps")
    sizes = concrete(node.outputs[0].shape)
    end = [b + s * (n - 1) + 1 for b, s, n in zip(begin, steps, sizes, strict=True)]
    return [_ints(begin), _ints(end), _ints(steps)]


def _pad(node: Node) -> list[Array]:
    widths = zip(int_tuple(node, "before"), int_tuple(node, "after"), strict=True)
    return [_ints(list(widths)), np.asarray(node.attrs["value"], node.outputs[0].dtype)]


def _top_k(node: Node) -> list[Ints]:
    return [_ints(int_attr(node, "k"))] if len(node.inputs) == 1 else []


def _split(node: Node) -> list[Ints]:
    return [_ints(int_tuple(node, "sizes")), *_axis(node)]


OPERANDS: Mapping[str, Callable[[Node], Sequence[Array]]] = {
    **dict.fromkeys(("All", "Any", "Max", "Mean", "Min", "Prod", "Sum"), _axes),
    **dict.fromkeys(("BroadcastTo", "Reshape"), _shape_unless_computed),
    **dict.fromkeys(("ArgMax", "ArgMin", "ConcatV2", "Cumprod", "Cumsum", "GatherV2"), _axis),
    "PadV2": _pad,
    "ReverseV2": _axes,
    "ScatterNd": _scatter,
    "Slice": _slice,
    "SplitV": _split,
    "StridedSlice": _strided_slice,
    "TopKV2": _top_k,
    "Transpose": _perm,
}
"""What TensorFlow wants as constant inputs after the values, in order."""

ATTRIBUTES = frozenset(
    {
        *("DstT", "N", "Tidx", "adj_x", "adj_y", "batch_dims", "data_format", "dilations"),
        *("end_mask", "exclusive", "explicit_paddings", "fused_ops", "keep_dims", "ksize"),
        *("num_args", "num_split", "padding", "reverse", "sorted", "strides"),
    }
)
"""Attributes that TensorFlow has under the same name; false and zero are its defaults."""


def constant_operands(node: Node) -> Sequence[Array]:
    """The constants that TensorFlow takes as inputs of an op, after its values."""
    return OPERANDS[node.op](node) if node.op in OPERANDS else ()


def attributes(node: Node) -> dict[str, Any]:
    """The attributes of an op in the JSON of a GraphDef, without those that have the default."""
    return {
        key: _attribute(key, value)
        for key, value in node.attrs.items()
        if key in ATTRIBUTES and value is not False and value != 0
    }


def _attribute(key: str, value: Attr) -> dict[str, Any]:
    if key in ("DstT", "Tidx"):
        return {"type": TF_DTYPES[cast("DType", value)]}
    if isinstance(value, bool):
        return {"b": value}
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, str):
        return {"s": _base64(value)}
    assert isinstance(value, tuple)
    if any(isinstance(v, str) for v in value):
        return {"list": {"s": [_base64(str(v)) for v in value]}}
    return {"list": {"i": [str(v) for v in value]}}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
