"""What a graph computes, in numpy: for constants before the export, and to test rewrites."""

from collections.abc import Mapping, Sequence

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
    graph = compute_shapes(graph)
    results: dict[Node, list[Array]] = {}
    for node in graph.nodes:
        if node.op == "Placeholder":
            results[node] = [inputs[node.name]]
        elif node.array is not None:
            results[node] = [node.array]
        else:
            results[node] = run_node(node, [results[v.node][v.index] for v in node.inputs])
    return {name: results[v.node][v.index] for name, v in graph.outputs.items()}


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
