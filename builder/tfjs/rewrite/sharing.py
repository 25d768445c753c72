"""Common subexpressions: equal ops on equal values become one node."""

from typing import Any

from builder.tfjs.graph import Array, Graph, Node, Value
from builder.tfjs.ops import with_inputs

SMALL = 4096
"""Constants of up to this many elements are compared by content, larger ones by identity."""


def share_nodes(graph: Graph) -> Graph:
    """Merge nodes that compute the same, constants of the same value included."""
    known: dict[Any, Node] = {}
    merged: dict[Node, Node] = {}
    for node in graph.nodes:
        moved = with_inputs(node, tuple(Value(merged[v.node], v.index) for v in node.inputs))
        merged[node] = known.setdefault(_key(moved), moved)
    outputs = {name: Value(merged[v.node], v.index) for name, v in graph.outputs.items()}
    return graph if outputs == graph.outputs else Graph(graph.inputs, outputs)


def _key(node: Node) -> Any:
    if node.op == "Placeholder":
        return node
    content = None if node.array is None else content_of(node.array)
    return node.op, node.inputs, tuple(sorted(node.attrs.items())), node.outputs, content


def content_of(array: Array) -> Any:
    """What equal small arrays have in common, and of large ones only one array with itself."""
    return array.tobytes() if array.size <= SMALL else id(array)
