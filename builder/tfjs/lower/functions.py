"""Ops that run other graphs: StatelessWhile and StatelessIf, and how a graph for them is made.

The graphs that the makers take may read values of the graph around them. TensorFlow has no such
thing, so what they read is handed in beside the operands: computed once, before the op. Constants
stay where they are read.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from builder.tfjs import ops
from builder.tfjs.functions import ASYNC_OPS
from builder.tfjs.graph import (
    Graph,
    Node,
    TensorType,
    Value,
    make,
    placeholder,
    producers_first,
)
from builder.tfjs.sizes import Sizes


def parameters(types: Iterable[TensorType]) -> tuple[Node, ...]:
    """The inputs of a graph that an op will run; `write` makes their names unique."""
    return tuple(placeholder("argument", kind) for kind in types)


def graph_of(inputs: Sequence[Node], results: Iterable[Value]) -> Graph:
    """A graph whose outputs are known by their order."""
    return Graph(tuple(inputs), {str(i): value for i, value in enumerate(results)})


def run_while(
    condition: Graph, body: Graph, start: Sequence[Value], around: Sequence[Value], sizes: Sizes
) -> list[Value]:
    """The loop variables after the last step, at first `start`; both graphs take them.

    `around` is what the graphs read of the graph around them, beside sizes.
    """
    (condition, body), read = _close((condition, body), around, sizes)
    kept = [Value(node) for node in body.inputs[len(start) :]]
    body = graph_of(body.inputs, [*body.outputs.values(), *kept])
    operands = (*start, *read)
    types = [value.type for value in operands]
    node = make("StatelessWhile", operands, *types, cond=condition, body=body).node
    return [Value(node, i) for i in range(len(start))]


def run_if(
    condition: Value, then: Graph, otherwise: Graph, operands: Sequence[Value], sizes: Sizes
) -> list[Value]:
    """The outputs of one of two graphs, which take the operands and have the same outputs."""
    (then, otherwise), read = _close((then, otherwise), (condition, *operands), sizes)
    types = [value.type for value in then.outputs.values()]
    inputs = (condition, *operands, *read)
    node = make("StatelessIf", inputs, *types, then_branch=then, else_branch=otherwise).node
    return [Value(node, i) for i in range(len(types))]


def _close(
    graphs: Sequence[Graph], around: Sequence[Value], sizes: Sizes
) -> tuple[list[Graph], list[Value]]:
    """The graphs with an input for every value they read of the graph around them; those values.

    A value that depends on no input of its graph is one of the graph around it, so that what stays
    the same from step to step is computed once. Only other loops and branches stay inside, since
    they need not end where they are not reached.
    """
    outside = {value.node for value in around}
    insides = [_nodes_inside(graph, outside) for graph in graphs]
    read: dict[Value, None] = {}
    for graph, inside in zip(graphs, insides, strict=True):
        values = [v for node in inside for v in node.inputs] + list(graph.outputs.values())
        read |= dict.fromkeys(v for v in values if v.node not in inside and v.array is None)
    for size in _missing_sizes(insides, read):
        read[sizes.find(size)] = None
    return [
        _with_inputs(graph, inside, list(read))
        for graph, inside in zip(graphs, insides, strict=True)
    ], list(read)


def _nodes_inside(graph: Graph, outside: Collection[Node]) -> dict[Node, None]:
    """The nodes that depend on the inputs of a graph, these among them, producers first."""
    inside = dict.fromkeys(graph.inputs)
    wanted = (value.node for value in graph.outputs.values())
    for node in producers_first(wanted, (*graph.inputs, *outside)):
        if node.op in ASYNC_OPS or any(v.node in inside for v in node.inputs):
            inside[node] = None
    return inside


def _with_inputs(graph: Graph, inside: Iterable[Node], read: Sequence[Value]) -> Graph:
    """The graph with inputs in place of what it reads of the graph around it."""
    added = parameters(value.type for value in read)
    moved = {value: Value(node) for value, node in zip(read, added, strict=True)}
    done: dict[Node, Node] = {}

    def resolve(value: Value) -> Value:
        if value in moved:
            return moved[value]
        return Value(done.get(value.node, value.node), value.index)

    for node in inside:
        done[node] = ops.with_inputs(node, tuple(map(resolve, node.inputs)))
    outputs = {name: resolve(value) for name, value in graph.outputs.items()}
    return Graph((*graph.inputs, *added), outputs)


def _missing_sizes(insides: Sequence[Iterable[Node]], read: Iterable[Value]) -> list[str]:
    """The symbolic sizes that a Reshape may need where no operand has them as its own size."""
    known = {str(dim) for value in read for dim in value.shape}
    wanted: dict[str, None] = {}
    for inside in insides:
        for node in inside:
            for kind in node.outputs:
                if node.op == "Placeholder":
                    known |= set(map(str, kind.shape))
                symbolic = [d for d in kind.shape if not ops.is_fixed(d)]
                if len(symbolic) > 1:
                    wanted |= dict.fromkeys(n for d in symbolic for n in _NAME.findall(str(d)))
    return [name for name in wanted if name not in known]


_NAME = re.compile(r"\b(?!floordiv|mod|max|min)[A-Za-z_]\w*")
"""A name in a symbolic size as jax.export writes it, such as `2*b + 1`."""
