"""A graph as a TensorFlow.js graph model: names and nodes of a GraphDef."""

import re
from typing import Any

from builder.tfjs.graph import Array, Graph, Node, Value
from builder.tfjs.kernels import check_kernels
from builder.tfjs.model import GraphModel, tensor_shape
from builder.tfjs.operands import TF_DTYPES, attributes, constant_operands
from builder.tfjs.quantize import Quantizations
from builder.tfjs.sizes import compute_shapes


def write(graph: Graph, quantization: Quantizations = None) -> GraphModel:
    """Encode a graph. Inputs and outputs keep their names, and the same graph gives the same bytes.

    Raises ExportError when an op lacks a kernel in one of the backends of TensorFlow.js, or
    `quantization` names a weight that does not exist.
    """
    graph = compute_shapes(graph)
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
    return GraphModel(
        nodes=(*({"name": name, "op": "Const"} for name in constants), *nodes),
        inputs={node.name: node.outputs[0] for node in graph.inputs},
        outputs={name: value.type for name, value in graph.outputs.items()},
        weights=constants,
        quantization=quantization,
    )


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
        shape = tensor_shape(node.outputs[0])
        entry["attr"] = {
            "dtype": {"type": TF_DTYPES[node.outputs[0].dtype]},
            "shape": {"shape": shape},
        }
        return entry
    entry["input"] = [*map(names.reference, node.inputs), *operands]
    attrs = attributes(node)
    return entry | ({"attr": attrs} if attrs else {})
