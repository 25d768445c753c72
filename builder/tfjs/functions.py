"""Graphs in graphs: what the ops of control flow run."""

from collections.abc import Callable

from builder.tfjs.graph import Graph, Node, Value
from builder.tfjs.ops import with_inputs

ASYNC_OPS = frozenset({"StatelessIf", "StatelessWhile"})
"""Ops that run other graphs, for which TensorFlow.js needs executeAsync()."""


def map_functions(graph: Graph, change: Callable[[Graph], Graph]) -> Graph:
    """The graph with a change to every graph that its ops run."""
    if not any(node.functions for node in graph.nodes):
        return graph
    done: dict[Node, Node] = {}
    for node in graph.nodes:
        moved = with_inputs(node, tuple(Value(done[v.node], v.index) for v in node.inputs))
        if functions := moved.functions:
            attrs = {**moved.attrs, **{key: change(g) for key, g in functions.items()}}
            moved = Node(moved.op, moved.inputs, attrs, moved.outputs, moved.name)
        done[node] = moved
    outputs = {name: Value(done[v.node], v.index) for name, v in graph.outputs.items()}
    return Graph(graph.inputs, outputs)
