"""What a graph computes, in numpy: for constants before the export, and to test rewrites."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from builder.tfjs.graph import Array, Graph, Node, Value, constant, naming
from builder.tfjs.numpy.implementations import KERNELS
from builder.tfjs.ops import is_static, size, with_inputs
from builder.tfjs.sizes import compute_shapes


def run_node(node: Node, inputs: Sequence[Array]) -> list[Array]:
    """The outputs of one op, in the dtypes that the graph promises."""
    with np.errstate(all="ignore"):  # JAX gives inf and nan silently, and so do we
        result = KERNELS[node.op](node, inputs)
    outputs = result if isinstance(result, list) else [result]
    return [np.asarray(a, t.dtype) for a, t in zip(outputs, node.outputs, strict=True)]


def evaluate(graph: Graph, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """The outputs of a graph by name, for inputs by name."""
    results = _run(compute_shapes(graph), [inputs[node.name] for node in graph.inputs])
    return dict(zip(graph.outputs, results, strict=True))


def _run(graph: Graph, arguments: Sequence[Array]) -> list[Array]:
    """The outputs of a graph in order, for inputs in order."""
    results = {node: [array] for node, array in zip(graph.inputs, arguments, strict=True)}
    for node in graph.nodes:
        if node.array is not None:
            results[node] = [node.array]
        elif node not in results:
            operands = [results[v.node][v.index] for v in node.inputs]
            run = CONTROL_FLOW.get(node.op, run_node)
            results[node] = run(node, operands)
    return [results[v.node][v.index] for v in graph.outputs.values()]


def _run_while(node: Node, variables: list[Array]) -> list[Array]:
    while _run(node.functions["cond"], variables)[0]:
        variables = _run(node.functions["body"], variables)
    return variables


def _run_if(node: Node, operands: list[Array]) -> list[Array]:
    branch = node.functions["then_branch" if operands[0] else "else_branch"]
    return _run(branch, operands[1:])


CONTROL_FLOW: Mapping[str, Callable[[Node, list[Array]], list[Array]]] = {
    "StatelessIf": _run_if,
    "StatelessWhile": _run_while,
}


def fold(value: Value, done: dict[Value, Value]) -> Value:
    """The same value, with a Const for whatever is computed from constants alone.

    A result much larger than what it is made from stays an op, so that the weights on disk do not
    grow; the limit is 4096 elements or twice the operands. `done` remembers what was folded.
    """
    if value not in done:
        inputs = tuple(fold(v, done) for v in value.inputs)
        node = with_inputs(value.node, inputs)
        done[value] = _fold_node(Value(node, value.index))
    return done[value]


def _fold_node(value: Value) -> Value:
    node = value.node
    arrays = [v.array for v in node.inputs if v.array is not None]
    if len(arrays) < len(node.inputs) or not arrays or node.op not in KERNELS:
        return value
    if not is_static(value.shape):
        return value
    if size(value.shape) > max(4096, 2 * sum(a.size for a in arrays)):
        return value
    largest = max(node.inputs, key=lambda v: size(v.shape))
    with naming(largest.node.name or node.name):
        return constant(run_node(node, arrays)[value.index])
