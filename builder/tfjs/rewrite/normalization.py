"""Layer normalization in its shortest accurate form."""

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Array, Graph, Node, Value, constant, naming
from builder.tfjs.ops import int_attr, int_tuple
from builder.tfjs.rewrite.engine import Uses, readers, settle, substitute
from builder.tfjs.rewrite.match import dense, inputs_of, reduces_last


def centre_variance(graph: Graph) -> Graph:
    """Take variances of what is centred already, which LayerNorm needs anyway."""
    return settle(graph, variance)


def variance(value: Value, _: Uses) -> Value | None:
    """mean(x^2) - mean(x)^2 is mean((x - mean(x))^2), without the cancellation."""
    terms = inputs_of(value, "Sub")
    if terms is None or terms[0].op != "Mean" or terms[1].op != "Square":
        return None
    of_squares, squared = terms[0], terms[1].inputs[0]
    if squared.op != "Mean" or of_squares.inputs[0].op != "Square":
        return None
    x, axes = squared.inputs[0], int_tuple(squared.node, "axes")
    if of_squares.inputs[0].inputs[0] != x or int_tuple(of_squares.node, "axes") != axes:
        return None
    centred = ops.binary("Sub", x, squared)
    return ops.reduce("Mean", ops.unary("Square", centred), axes)


def centre_stream(graph: Graph) -> Graph:
    """Subtract means from weights instead of activations.

    Where a residual stream is read by LayerNorms only, what is written to it (embeddings, products
    with weights) may be centred beforehand: then x - mean(x) is x. All streams or none are done.
    """
    centred = {v: x for n in graph.nodes if (x := _centred(v := Value(n))) is not None}
    stream: dict[Value, Value | None] = {}
    if not all(_collect(x, stream) for x in centred.values()):
        return graph
    reading = readers(graph)
    for value in stream:
        allowed = (
            r is not None
            and (Value(r) in stream or Value(r) in centred or reduces_last(Value(r), "Mean"))
            for r in reading.get(value, [])
        )
        if value.array is None and not all(allowed):
            return graph
    replacements = {value: new for value, new in stream.items() if new is not None}
    return substitute(graph, {**replacements, **centred})


def _centred(value: Value) -> Value | None:
    """x if the value is x - mean(x) along the last axis."""
    terms = inputs_of(value, "Sub")
    return terms[0] if terms and reduces_last(terms[1], "Mean") == terms[0] else None


def _collect(value: Value, stream: dict[Value, Value | None]) -> bool:
    """Gather what makes up a stream, with the centred form of what is written to it.

    False if something is written that cannot be centred before the export.
    """
    if value in stream:
        return True
    stream[value] = None
    if value.op == "AddV2" and all(v.shape[-1:] == value.shape[-1:] for v in value.inputs):
        return all(_collect(v, stream) for v in value.inputs)
    with naming(value.node.name):
        stream[value] = _written(value.node)
    return stream[value] is not None


def _written(node: Node) -> Value | None:
    value = Value(node)
    if node.array is not None:
        return _centred_weights(value)
    if dense(value):
        return ops.matmul(node.inputs[0], _centred_weights(node.inputs[1]))
    if node.op == "GatherV2" and node.inputs[0].array is not None and int_attr(node, "axis") == 0:
        table, indices = node.inputs
        return ops.gather(_centred_weights(table), indices, 0) if len(table.shape) == 2 else None
    if node.op == "SelectV2" and _is_nan(node.inputs[2]):
        # What is read out of range is NaN, with its mean or without.
        inside, rows, nan = node.inputs
        centred = _written(rows.node)
        return None if centred is None else ops.select(inside, centred, nan)
    return None


def _is_nan(value: Value) -> bool:
    return value.array is not None and bool(np.isnan(value.array).all())


def _centred_weights(value: Value) -> Value:
    assert value.array is not None
    rows: Array = value.array.astype(np.float64)
    with naming(value.node.name):
        return constant((rows - rows.mean(-1, keepdims=True)).astype(np.float32))
