"""A graph as a TensorFlow.js graph model: names and nodes of a GraphDef."""

import re
from typing import Any

from builder.tfjs.graph import Array, Graph, Node, TensorType, Value
from builder.tfjs.kernels import check_kernels
from builder.tfjs.model import GraphModel, tensor_shape
from builder.tfjs.operands import TF_DTYPES, attributes, constant_operands
from builder.tfjs.quantize import Quantizations
from builder.tfjs.rewrite.sharing import content_of
from builder.tfjs.sizes import compute_shapes


def write(graph: Graph, quantization: Quantizations = None) -> GraphModel:
    """Encode a graph. Inputs and outputs keep their names, and the same graph gives the same bytes.

    Raises ExportError when an op lacks a kernel in one of the backends of TensorFlow.js, or
    `quantization` names a weight that does not exist.
    """
    graph = compute_shapes(graph)
    check_kernels(graph)
    names = _Names(graph)
    weights: dict[str, Array] = {}
    nodes = _node_defs(graph, names, weights)
    nodes += [
        {"name": name, "op": "Identity", "input": [names.reference(value)]}
        for name, value in graph.outputs.items()
        if names.node[value.node] != name
    ]
    return GraphModel(
        nodes=tuple(nodes),
        inputs={node.name: node.outputs[0] for node in graph.inputs},
        outputs={name: value.type for name, value in graph.outputs.items()},
        weights=weights,
        functions=tuple(_function_def(each, names, weights) for each in graph.functions),
        quantization=quantization,
    )


def _node_defs(graph: Graph, names: "_Names", weights: dict[str, Array]) -> list[dict[str, Any]]:
    """The nodes of a graph, constants first, whose values are added to the weights."""
    nodes: list[dict[str, Any]] = []
    constants: dict[str, Array] = {}
    for node in graph.nodes:
        if node.array is not None:
            constants[names.node[node]] = node.array
        else:
            operands = [names.constant(a, constants) for a in constant_operands(node)]
            nodes.append(_node_def(node, names, operands))
    weights |= constants
    return [*({"name": name, "op": "Const"} for name in constants), *nodes]


def _function_def(graph: Graph, names: "_Names", weights: dict[str, Array]) -> dict[str, Any]:
    """A graph that an op runs, as a FunctionDef.

    TensorFlow.js knows an output by its node, so each needs one of its own; and it disposes what a
    loop gives up, which must not be a weight. An Identity is a new tensor of the same data.
    """
    nodes = [n for n in _node_defs(graph, names, weights) if n["op"] != "Placeholder"]
    name = names.function[graph]
    returned: dict[str, str] = {}
    for key, value in graph.outputs.items():
        source = names.reference(value)
        lasting = value.array is None and len(value.node.outputs) == 1 and not value.node.functions
        if not lasting or (value.op != "Placeholder" and source in returned.values()):
            copied = names.unique(f"{name}/result")
            nodes.append({"name": copied, "op": "Identity", "input": [source]})
            source = copied
        returned[key] = source
    signature = {
        "name": name,
        "inputArg": [_argument_def(names.node[node], node.outputs[0]) for node in graph.inputs],
        "outputArg": [_argument_def(key, value.type) for key, value in graph.outputs.items()],
    }
    return {"signature": signature, "nodeDef": nodes, "ret": returned}


def _argument_def(name: str, kind: TensorType) -> dict[str, Any]:
    return {"name": name, "type": TF_DTYPES[kind.dtype]}


class _Names:
    """Unique names for the nodes of a graph, from the module paths they came with.

    The nodes of its functions have names of their own too, since TensorFlow.js takes whatever has
    the name of a weight for that weight. Equal constants share their name.
    """

    def __init__(self, graph: Graph) -> None:
        self.node: dict[Node, str] = {node: node.name for node in graph.inputs}
        self.function: dict[Graph, str] = {}
        self._taken = {*self.node.values(), *graph.outputs}
        self._counts: dict[str, int] = {}
        self._operands: dict[Any, str] = {}
        self._arrays: dict[Any, str] = {}
        for name, value in graph.outputs.items():
            single = len(value.node.outputs) == 1 and not value.node.functions
            if single and value.node not in self.node and value.array is None:
                self.node[value.node] = name
        for each in (graph, *graph.functions):
            for node in each.nodes:
                if node not in self.node:
                    self.node[node] = self._name(node)
                for key, function in node.functions.items():
                    self.function[function] = self.unique(f"{self.node[node]}/{key}")

    def _name(self, node: Node) -> str:
        if node.array is None:
            return self.unique(node.name or node.op)
        array = node.array
        key = (node.name, array.dtype.name, array.shape, content_of(array))
        if key not in self._arrays:
            self._arrays[key] = self.unique(node.name or node.op)
        return self._arrays[key]

    def unique(self, wanted: str) -> str:
        """A name that nothing else has."""
        # The characters that TensorFlow allows; ":" would be read as an output number.
        stem = name = re.sub(r"[^A-Za-z0-9_./>-]+", "_", wanted).strip("_/") or "node"
        count = self._counts.get(stem, 0)
        while name in self._taken:
            count += 1
            name = f"{stem}_{count}"
        self._counts[stem] = count
        self._taken.add(name)
        return name

    def reference(self, value: Value) -> str:
        name = self.node[value.node]
        return f"{name}:{value.index}" if value.index else name

    def constant(self, array: Array, constants: dict[str, Array]) -> str:
        """The name of a constant operand; equal ones are written once."""
        key = (array.dtype.name, array.shape, array.tobytes())
        if key not in self._operands:
            self._operands[key] = self.unique("const/" + "_".join(map(str, array.reshape(-1))))
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
    for key, function in node.functions.items():
        attrs[key] = {"func": {"name": names.function[function]}}
    return entry | ({"attr": attrs} if attrs else {})
