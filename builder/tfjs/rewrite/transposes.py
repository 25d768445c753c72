"""Transposes move behind the ops that do not mind them, where they meet and cancel."""

from builder.tfjs import ops
from builder.tfjs.graph import Graph, TensorType, Value, constant, make
from builder.tfjs.ops import int_tuple
from builder.tfjs.rewrite.algebra import join_moves
from builder.tfjs.rewrite.engine import Uses, settle
from builder.tfjs.rewrite.reshapes import is_elementwise

REDUCTIONS = frozenset({"All", "Any", "Max", "Mean", "Min", "Prod", "Sum"})


def sink_transposes(graph: Graph) -> Graph:
    """Compute first, transpose later: f(Transpose(x)) is Transpose(f(x)) for elementwise f."""
    return settle(graph, sink_transpose, sink_below_reduction, join_moves)


def sink_transpose(value: Value, _: Uses) -> Value | None:
    """Move the Transposes of the operands of an elementwise op behind it, if they are the same."""
    guide = next((v for v in value.inputs if v.op == "Transpose"), None)
    if guide is None or not is_elementwise(value) or guide.shape != value.shape:
        return None
    perm = int_tuple(guide.node, "perm")
    sources = [_source(v, perm) for v in value.inputs]
    operands = tuple(s for s in sources if s is not None)
    if len(operands) < len(sources):
        return None
    kind = TensorType(guide.inputs[0].shape, value.dtype)
    return ops.transpose(make(value.op, operands, kind, **value.node.attrs), perm)


def _source(operand: Value, perm: tuple[int, ...]) -> Value | None:
    """The operand before the Transpose, or a constant moved in the same way."""
    if operand.op == "Transpose" and int_tuple(operand.node, "perm") == perm:
        return operand.inputs[0]
    if operand.array is None:
        return None
    if operand.array.size == 1:
        return constant(operand.array.reshape(()))
    aligned = operand.array.reshape((1,) * (len(perm) - operand.array.ndim) + operand.array.shape)
    return constant(aligned.transpose([perm.index(i) for i in range(len(perm))]))


def sink_below_reduction(value: Value, _: Uses) -> Value | None:
    """Move a Transpose behind a reduction, along the axes where they come from."""
    if value.op not in REDUCTIONS or value.inputs[0].op != "Transpose":
        return None
    perm = int_tuple(value.inputs[0].node, "perm")
    axes = [perm[i] for i in int_tuple(value.node, "axes")]
    return ops.transpose(ops.reduce(value.op, value.inputs[0].inputs[0], axes), perm)
