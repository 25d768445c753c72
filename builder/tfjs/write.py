"""A graph as a TensorFlow.js graph model: model.json and weight shards, as bytes in memory."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from builder.tfjs.graph import Attr, Graph, Node, TensorType, Value
from builder.tfjs.kernels import check_kernels
from builder.tfjs.ops import concrete, int_attr, int_tuple
from builder.tfjs.quantize import Quantization, encode

SHARD_BYTES = 4 * 2**20
"""Largest weight file; browsers cache files of this size, and no host refuses them."""

TF_DTYPES = {"float32": "DT_FLOAT", "int32": "DT_INT32", "bool": "DT_BOOL"}

Ints = npt.NDArray[np.int32]


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


def _broadcast_to(node: Node) -> list[Ints]:
    return _shape(node) if len(node.inputs) == 1 else []


def _slice(node: Node) -> list[Ints]:
    if len(node.inputs) == 3:
        return []
    return [_ints(int_tuple(node, "begin")), *_shape(node)]


def _strided_slice(node: Node) -> list[Ints]:
    begin, steps = int_tuple(node, "begin"), int_tuple(node, "steps")
    sizes = concrete(node.outputs[0].shape)
    end = [b + s * (n - 1) + 1 for b, s, n in zip(begin, steps, sizes, strict=True)]
    return [_ints(begin), _ints(end), _ints(steps)]


def _pad(node: Node) -> list[npt.NDArray[Any]]:
    widths = zip(int_tuple(node, "before"), int_tuple(node, "after"), strict=True)
    return [_ints(list(widths)), np.asarray(node.attrs["value"], node.outputs[0].dtype)]


def _top_k(node: Node) -> list[Ints]:
    return [_ints(int_attr(node, "k"))]


def _split(node: Node) -> list[Ints]:
    return [_ints(int_tuple(node, "sizes")), *_axis(node)]


OPERANDS: Mapping[str, Callable[[Node], Sequence[npt.NDArray[Any]]]] = {
    **dict.fromkeys(("All", "Any", "Max", "Mean", "Min", "Prod", "Sum"), _axes),
    **dict.fromkeys(("ArgMax", "ArgMin", "ConcatV2", "Cumprod", "Cumsum", "GatherV2"), _axis),
    "BroadcastTo": _broadcast_to,
    "PadV2": _pad,
    "Reshape": _shape,
    "ReverseV2": _axes,
    "Slice": _slice,
    "SplitV": _split,
    "StridedSlice": _strided_slice,
    "TopKV2": _top_k,
    "Transpose": _perm,
}
"""What TensorFlow wants as constant inputs after the values, in order."""

ATTRIBUTES = frozenset(
    {
        *("DstT", "N", "Tidx", "adj_x", "adj_y", "batch_dims", "dilations", "end_mask"),
        *("exclusive", "explicit_paddings", "fused_ops", "keep_dims", "ksize", "num_args"),
        *("num_split", "padding", "reverse", "sorted", "strides"),
    }
)
"""Attributes that TensorFlow has under the same name; false and zero are its defaults."""


@dataclass(frozen=True)
class GraphModel:
    """An exported model: its files by name ("model.json" and shards), and what they hold."""

    files: Mapping[str, bytes]
    inputs: Mapping[str, TensorType]
    outputs: Mapping[str, TensorType]
    graph: Graph
    quantization: Quantization | None

    @property
    def ops(self) -> tuple[str, ...]:
        """The op of every node that is executed, that is of all but constants and inputs."""
        return self.graph.ops

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(map(len, self.files.values()))

    def quantized(self, quantization: Quantization | None) -> "GraphModel":
        """The same model with its weights stored otherwise."""
        return write(self.graph, quantization)

    def save(self, folder: Path) -> None:
        """Write the files into a folder, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)


def write(graph: Graph, quantization: Quantization | None = None) -> GraphModel:
    """Encode a graph. Inputs and outputs keep their names, and the same graph gives the same bytes.

    Raises ExportError when an op lacks a kernel in one of the backends of TensorFlow.js.
    """
    check_kernels(graph)
    names = _Names(graph)
    nodes: list[dict[str, Any]] = []
    constants: dict[str, npt.NDArray[Any]] = {}
    for node in graph.nodes:
        if node.array is not None:
            constants[names.node[node]] = node.array
        else:
            operands = [names.constant(a, constants) for a in OPERANDS.get(node.op, _none)(node)]
            nodes.append(_node_def(node, names, operands))
    nodes += [
        {"name": name, "op": "Identity", "input": [names.reference(value)]}
        for name, value in graph.outputs.items()
        if names.node[value.node] != name
    ]
    topology = {
        "node": [{"name": name, "op": "Const"} for name in constants] + nodes,
        "versions": {"producer": 1},
    }
    manifest, shards = _weights(constants, quantization)
    inputs = {node.name: node.outputs[0] for node in graph.inputs}
    outputs = {name: value.type for name, value in graph.outputs.items()}
    model = {
        "format": "graph-model",
        "generatedBy": "lit-demo-builder",
        "convertedBy": "lit-demo-builder",
        "signature": {"inputs": _signature(inputs), "outputs": _signature(outputs)},
        "modelTopology": topology,
        "weightsManifest": [{"paths": list(shards), "weights": manifest}],
    }
    text = json.dumps(model, separators=(",", ":"))
    files = {"model.json": text.encode(), **shards}
    return GraphModel(files, inputs, outputs, graph, quantization)


def _none(_: Node) -> Sequence[npt.NDArray[Any]]:
    return []


class _Names:
    """Unique names for the nodes of a graph, from the module paths they came with."""

    def __init__(self, graph: Graph) -> None:
        self.node: dict[Node, str] = {node: node.name for node in graph.inputs}
        self._taken = {*self.node.values(), *graph.outputs}
        for name, value in graph.outputs.items():
            single = len(value.node.outputs) == 1
            if single and value.node not in self.node and value.array is None:
                self.node[value.node] = name
        for node in graph.nodes:
            if node not in self.node:
                self.node[node] = self._unique(node.name or node.op)

    def _unique(self, wanted: str) -> str:
        # The characters that TensorFlow allows; ":" would be read as an output number.
        stem = name = re.sub(r"[^A-Za-z0-9_./>-]+", "_", wanted).strip("_/") or "node"
        count = 1
        while name in self._taken:
            name, count = f"{stem}_{count}", count + 1
        self._taken.add(name)
        return name

    def reference(self, value: Value) -> str:
        name = self.node[value.node]
        return f"{name}:{value.index}" if value.index else name

    def constant(self, array: npt.NDArray[Any], constants: dict[str, npt.NDArray[Any]]) -> str:
        """The name of a constant operand; equal ones are written once."""
        kind = "x".join(map(str, array.shape)) or "scalar"
        name = f"const/{array.dtype}/{kind}/" + "_".join(map(str, array.reshape(-1)))
        constants[name] = array
        return name


def _node_def(node: Node, names: _Names, operands: list[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": names.node[node], "op": node.op}
    if node.op == "Placeholder":
        shape = _tensor_shape(node.outputs[0])
        entry["attr"] = {
            "dtype": {"type": TF_DTYPES[node.outputs[0].dtype]},
            "shape": {"shape": shape},
        }
        return entry
    entry["input"] = [*map(names.reference, node.inputs), *operands]
    attributes = {
        key: _attribute(key, value)
        for key, value in node.attrs.items()
        if key in ATTRIBUTES and value is not False and value != 0
    }
    return entry | ({"attr": attributes} if attributes else {})


def _attribute(key: str, value: Attr) -> dict[str, Any]:
    if key in ("DstT", "Tidx"):
        return {"type": TF_DTYPES[str(value)]}
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


def _tensor_shape(kind: TensorType) -> dict[str, Any]:
    return {"dim": [{"size": str(d)} for d in concrete(kind.shape)]}


def _signature(types: Mapping[str, TensorType]) -> dict[str, Any]:
    return {
        name: {"name": name, "dtype": TF_DTYPES[t.dtype], "tensorShape": _tensor_shape(t)}
        for name, t in types.items()
    }


def _weights(
    constants: Mapping[str, npt.NDArray[Any]], quantization: Quantization | None
) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """The weights of the manifest, and the shards by name, in which they lie one after the other.

    The largest come first: TensorFlow.js copies what is left of a stream after every weight.
    """
    manifest: list[dict[str, Any]] = []
    data = bytearray()
    for name, array in sorted(constants.items(), key=lambda item: -item[1].size):
        encoded, kind = encode(array, quantization)
        manifest.append({"name": name, "shape": list(array.shape), **kind})
        data += encoded
    pieces = [bytes(data[i : i + SHARD_BYTES]) for i in range(0, len(data), SHARD_BYTES)]
    digests = [hashlib.sha256(piece).hexdigest()[:16] for piece in pieces]
    return manifest, {f"weights-{d}.bin": p for d, p in zip(digests, pieces, strict=True)}
