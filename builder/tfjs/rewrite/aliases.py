"""Copies of what TensorFlow.js would take for something else."""

from builder.tfjs import ops
from builder.tfjs.graph import Graph, Node, Shape, Value, naming

_PRODUCTS = ("BatchMatMulV2", "_FusedMatMul")


def copy_aliases(graph: Graph) -> Graph:
    """Give every shape in which a product reads its right operand a tensor of its own.

    On wasm, products keep the right operand arranged for their kernel and find it again by its
    data, which a reshaped tensor shares with the original: a product would take numbers arranged
    for another shape.
    """
    seen: dict[Value, Shape] = {}
    copies: dict[tuple[Value, Shape], Value] = {}
    done: dict[Node, Node] = {}
    for node in graph.nodes:
        inputs = [Value(done[v.node], v.index) for v in node.inputs]
        if node.op in _PRODUCTS:
            right = inputs[1]
            source = _source_of(right)
            if seen.setdefault(source, right.shape) != right.shape:
                with naming(right.node.name):
                    copy = ops.binary("Mul", right, ops.scalar(1, right))
                inputs[1] = copies.setdefault((source, right.shape), copy)
        done[node] = ops.with_inputs(node, tuple(inputs))
    outputs = {name: Value(done[v.node], v.index) for name, v in graph.outputs.items()}
    return graph if not copies else Graph(graph.inputs, outputs)


def _source_of(value: Value) -> Value:
    """The value whose data this one shares."""
    while value.op in ("Reshape", "Identity"):
        value = value.inputs[0]
    return value
