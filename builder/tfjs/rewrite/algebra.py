"""Identities of arithmetic, constant folding, and one order for what can be written in several."""

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Graph, Value, constant
from builder.tfjs.numpy.elementwise import ELEMENTWISE
from builder.tfjs.numpy.evaluate import fold
from builder.tfjs.ops import int_tuple
from builder.tfjs.rewrite.engine import Uses, settle, sweep
from builder.tfjs.rewrite.match import inputs_of, with_constant, with_number, with_scalar

COMMUTATIVE = frozenset({"AddV2", "Mul", "Maximum", "Minimum"})
NEUTRAL = {
    "AddV2": 0.0,
    "Sub": 0.0,
    "Mul": 1.0,
    "RealDiv": 1.0,
    "Maximum": -np.inf,
    "Minimum": np.inf,
}


def fold_constants(graph: Graph) -> Graph:
    """Compute before the export what does not depend on any input."""
    done: dict[Value, Value] = {}
    return sweep(graph, lambda value, _: fold(value, done))


def simplify(graph: Graph) -> Graph:
    """Apply the identities below until none applies."""
    rules = (
        drop_broadcast,
        order_constants,
        add_negative,
        drop_neutral,
        drop_floor,
        square,
        mean,
        join_moves,
        chain_constants,
        constants_outward,
    )
    return settle(graph, *rules)


def drop_broadcast(value: Value, _: Uses) -> Value | None:
    """Elementwise ops broadcast by themselves, so they need no BroadcastTo before them."""
    if value.op not in ELEMENTWISE and value.op != "SelectV2":
        return None
    for i, operand in enumerate(value.inputs):
        if operand.op == "BroadcastTo":
            operands = (*value.inputs[:i], operand.inputs[0], *value.inputs[i + 1 :])
            if ops.broadcast_shapes(*(v.shape for v in operands)) == value.shape:
                return Value(ops.with_inputs(value.node, operands))
    return None


def order_constants(value: Value, _: Uses) -> Value | None:
    """`c op x` is `x op c` where the order does not matter."""
    if value.op not in COMMUTATIVE or value.inputs[0].array is None:
        return None
    x, y = value.inputs
    return ops.binary(value.op, y, x) if y.array is None else None


def add_negative(value: Value, _: Uses) -> Value | None:
    """x - c is x + (-c)."""
    found = with_constant(value, "Sub")
    if found is None or value.dtype != "float32":
        return None
    return ops.binary("AddV2", found[0], constant(-found[1]))


def drop_neutral(value: Value, _: Uses) -> Value | None:
    """x + 0, x - 0, x * 1, x / 1 and a maximum with minus infinity are x."""
    if value.op not in NEUTRAL:
        return None
    x = with_number(value, value.op, NEUTRAL[value.op])
    return x if x is not None and x.type == value.type else None


def drop_floor(value: Value, _: Uses) -> Value | None:
    """The maximum of 0 and a mean of squares is the mean."""
    x = with_number(value, "Maximum", 0)
    positive = x is not None and x.op == "Mean" and x.inputs[0].op == "Square"
    return x if positive else None


def square(value: Value, _: Uses) -> Value | None:
    """x * x is a Square."""
    factors = inputs_of(value, "Mul")
    return ops.unary("Square", factors[0]) if factors and factors[0] == factors[1] else None


def mean(value: Value, _: Uses) -> Value | None:
    """A sum divided by the number of its terms is a Mean."""
    divided = with_scalar(value, "RealDiv") or with_scalar(value, "Mul")
    if divided is None or divided[0].op != "Sum" or value.dtype != "float32":
        return None
    total, number = divided
    x, axes = total.inputs[0], int_tuple(total.node, "axes")
    count = ops.size([x.shape[i] for i in axes])
    if not ops.is_fixed(count):
        return None
    same = number == (count if value.op == "RealDiv" else np.float32(1) / np.float32(count))
    return ops.reduce("Mean", x, axes) if same else None


def join_moves(value: Value, _: Uses) -> Value | None:
    """A Reshape of a Reshape is one, as is a Transpose of a Transpose; those that do nothing go.

    A Transpose that only moves axes of size 1 is a Reshape, which copies nothing.
    """
    if value.op == "Reshape":
        joined = ops.reshape(value.inputs[0], value.shape)
        return None if joined.inputs == value.inputs else joined
    if value.op != "Transpose":
        return None
    x, perm = value.inputs[0], int_tuple(value.node, "perm")
    moved = [i for i in perm if x.shape[i] != 1]
    if moved == sorted(moved):
        return ops.reshape(x, value.shape)
    return ops.transpose(x, perm) if x.op == "Transpose" else None


def chain_constants(value: Value, uses: Uses) -> Value | None:
    """(x + a) + b is x + (a + b), and the same for products."""
    if value.op not in ("AddV2", "Mul") or value.dtype != "float32":
        return None
    outer = with_constant(value, value.op)
    inner = with_constant(outer[0], value.op) if outer else None
    if outer is None or inner is None or not uses.once(outer[0]):
        return None
    joined = constant(np.add(inner[1], outer[1]) if value.op == "AddV2" else inner[1] * outer[1])
    answer = ops.binary(value.op, inner[0], joined)
    return answer if answer.type == value.type else None


def constants_outward(value: Value, uses: Uses) -> Value | None:
    """x * (y * c) is (x * y) * c: a constant factor moves towards the next matrix product."""
    if value.op != "Mul" or value.dtype != "float32":
        return None
    for x, product in (value.inputs, value.inputs[::-1]):
        inner = with_constant(product, "Mul")
        if inner is None or x.array is not None or not uses.once(product):
            continue
        together = ops.binary("Mul", x, inner[0])
        if together.type == value.type:
            return ops.binary("Mul", together, constant(inner[1]))
    return None
