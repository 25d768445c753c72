"""Reshapes move behind the ops that do not mind them, where they meet and cancel."""

from collections.abc import Sequence

from builder.tfjs import ops
from builder.tfjs.graph import Graph, Shape, TensorType, Value, constant, make
from builder.tfjs.numpy.elementwise import ELEMENTWISE
from builder.tfjs.ops import int_tuple
from builder.tfjs.rewrite.algebra import join_moves
from builder.tfjs.rewrite.engine import Uses, settle

ROWWISE = frozenset({"Max", "Mean", "Min", "Prod", "Softmax", "Sum"})
"""Ops that treat rows along the last axis alone."""


def is_elementwise(value: Value) -> bool:
    """Whether each element of the result depends on the same element of the operands only."""
    return value.op in ELEMENTWISE or value.op in ("Cast", "SelectV2")


def sink_reshapes(graph: Graph) -> Graph:
    """Compute first, reshape later: f(Reshape(x)) is Reshape(f(x)) for elementwise f."""
    return settle(graph, sink_reshape, sink_below_rows, join_moves)


def sink_reshape(value: Value, _: Uses) -> Value | None:
    """Move the Reshapes of the operands of an elementwise op behind it."""
    return _sink(value, adopt=False)


def sink_matrix(value: Value, _: Uses) -> Value | None:
    """Like `sink_reshape`, also when another operand must be reshaped to a matrix for it.

    Rows of activations then stay the rows of one matrix from layer to layer.
    """
    return _sink(value, adopt=True)


def sink_below_rows(value: Value, _: Uses) -> Value | None:
    """Move a Reshape that keeps the last axis behind an op along that axis."""
    if value.op not in ROWWISE or value.inputs[0].op != "Reshape":
        return None
    last = len(value.shape) - 1
    if value.op != "Softmax" and int_tuple(value.node, "axes") != (last,):
        return None
    shaped = value.inputs[0]
    source = shaped.inputs[0]
    if not source.shape or source.shape[-1] != shaped.shape[-1]:
        return None
    if value.op == "Softmax":
        return ops.reshape(ops.softmax(source), value.shape)
    return ops.reshape(ops.reduce(value.op, source, [len(source.shape) - 1]), value.shape)


def _sink(value: Value, *, adopt: bool) -> Value | None:
    if not is_elementwise(value):
        return None
    reshaped = [v for v in value.inputs if v.op == "Reshape"]
    guide = next((v for v in reshaped if v.shape == value.shape), None)
    if guide is None:
        return None
    sources = [_source(v, guide, adopt=adopt) for v in value.inputs]
    operands = tuple(s for s in sources if s is not None)
    if len(operands) < len(sources):
        return None
    kind = TensorType(guide.inputs[0].shape, value.dtype)
    return ops.reshape(make(value.op, operands, kind, **value.node.attrs), value.shape)


def _source(operand: Value, guide: Value, *, adopt: bool) -> Value | None:
    """The operand as it was before the Reshape that `guide` has behind it."""
    target = guide.inputs[0].shape
    if operand.op == "Reshape":
        source = operand.inputs[0]
        if operand.shape == guide.shape and source.shape == target:
            return source
        same_rows = operand.shape[:-1] == guide.shape[:-1] and source.shape[:-1] == target[:-1]
        kept = [v.shape[-1:] == v.inputs[0].shape[-1:] for v in (operand, guide)]
        if same_rows and all(kept) and source.shape:
            return source
    if operand.array is not None:
        shape = _constant_shape(operand.shape, guide.shape, target)
        return None if shape is None else constant(operand.array.reshape(shape))
    flatter = len(target) == 2 < len(guide.shape) and target[-1] == guide.shape[-1]
    if adopt and flatter and operand.shape == guide.shape:
        return ops.reshape(operand, target)
    return None


def _constant_shape(shape: Shape, shown: Shape, target: Shape) -> Sequence[int] | None:
    """The shape in which a constant that broadcasts to `shown` broadcasts to `target` instead."""
    if ops.size(shape) == 1:
        return ()
    # Leading sizes of 1 do not count; the others must cover whole axes of both shapes.
    trailing = list(shape)
    while trailing[0] == 1:
        trailing.pop(0)
    if tuple(trailing) != shown[len(shown) - len(trailing) :]:
        return None
    wanted = ops.size(trailing)
    for start in range(len(target), -1, -1):
        if ops.is_static(target[start:]) and ops.size(target[start:]) == wanted:
            return target[start:]
    return None
