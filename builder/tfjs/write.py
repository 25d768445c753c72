"""A graph as a TensorFlow.js graph model: model.json and weight shards, as bytes in memory."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.errors import ExportError
from builder.tfjs.graph import Array, Graph, Node, TensorType, Value
from builder.tfjs.kernels import check_kernels
from builder.tfjs.operands import TF_DTYPES, attributes, constant_operands
from builder.tfjs.ops import concrete
from builder.tfjs.quantize import SMALLEST, Quantization, Quantizations, encode

SHARD_BYTES = 4 * 2**20
"""Largest weight file; browsers cache files of this size, and no host refuses them."""


@dataclass(frozen=True)
class GraphModel:
    """An exported model: its files by name ("model.json" and shards), and what they hold."""

    files: Mapping[str, bytes]
    inputs: Mapping[str, TensorType]
    outputs: Mapping[str, TensorType]
    graph: Graph
    weights: Mapping[str, Array]
    quantization: Quantizations

    @property
    def quantization_name(self) -> str:
        """How the weights are stored, in a word."""
        return self.quantization if isinstance(self.quantization, str) else "mixed"

    @property
    def ops(self) -> tuple[str, ...]:
        """The op of every node that is executed, that is of all but constants and inputs."""
        return self.graph.ops

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(map(len, self.files.values()))

    def quantized(self, quantization: Quantizations) -> "GraphModel":
        """The same model with its weights stored otherwise."""
        return write(self.graph, quantization)

    def save(self, folder: Path) -> None:
        """Write the files into a folder, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)


def write(graph: Graph, quantization: Quantizations = None) -> GraphModel:
    """Encode a graph. Inputs and outputs keep their names, and the same graph gives the same bytes.

    Raises ExportError when an op lacks a kernel in one of the backends of TensorFlow.js, or
    `quantization` names a weight that there is not.
    """
    check_kernels(graph)
    names = _Names(graph)
    nodes: list[dict[str, Any]] = []
    constants: dict[str, Array] = {}
    for node in graph.nodes:
        if node.array is not None:
            constants[names.node[node]] = node.array
        else:
            operands = [names.constant(a, constants) for a in constant_operands(node)]
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
    return GraphModel(files, inputs, outputs, graph, constants, quantization)


class _Names:
    """Unique names for the nodes of a graph, from the module paths they came with."""

    def __init__(self, graph: Graph) -> None:
        self.node: dict[Node, str] = {node: node.name for node in graph.inputs}
        self._taken = {*self.node.values(), *graph.outputs}
        self._operands: dict[Any, str] = {}
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

    def constant(self, array: Array, constants: dict[str, Array]) -> str:
        """The name of a constant operand; equal ones are written once."""
        key = (array.dtype.name, array.shape, array.tobytes())
        if key not in self._operands:
            self._operands[key] = self._unique("const/" + "_".join(map(str, array.reshape(-1))))
        constants[self._operands[key]] = array
        return self._operands[key]


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
    attrs = attributes(node)
    return entry | ({"attr": attrs} if attrs else {})


def _tensor_shape(kind: TensorType) -> dict[str, Any]:
    return {"dim": [{"size": str(d)} for d in concrete(kind.shape)]}


def _signature(types: Mapping[str, TensorType]) -> dict[str, Any]:
    return {
        name: {"name": name, "dtype": TF_DTYPES[t.dtype], "tensorShape": _tensor_shape(t)}
        for name, t in types.items()
    }


def _weights(
    constants: Mapping[str, Array], quantization: Quantizations
) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """The weights of the manifest, and the shards by name, in which they lie one after the other.

    The largest come first: TensorFlow.js copies what is left of a stream after every weight.
    """
    by_name = _by_name(constants, quantization)
    manifest: list[dict[str, Any]] = []
    data = bytearray()
    for name, array in sorted(constants.items(), key=lambda item: -item[1].size):
        encoded, kind = encode(array, by_name.get(name))
        manifest.append({"name": name, "shape": list(array.shape), **kind})
        data += encoded
    pieces = [bytes(data[i : i + SHARD_BYTES]) for i in range(0, len(data), SHARD_BYTES)]
    digests = [hashlib.sha256(piece).hexdigest()[:16] for piece in pieces]
    return manifest, {f"weights-{d}.bin": p for d, p in zip(digests, pieces, strict=True)}


def _by_name(
    constants: Mapping[str, Array], quantization: Quantizations
) -> Mapping[str, Quantization]:
    if quantization is None:
        return {}
    if isinstance(quantization, str):
        return dict.fromkeys(constants, quantization)
    if unknown := [name for name in quantization if name not in constants]:
        known = ", ".join(name for name, array in constants.items() if array.size >= SMALLEST)
        raise ExportError(f"There is no weight {unknown[0]!r} to quantize; there are {known}.")
    return quantization
