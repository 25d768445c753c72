"""Softmax and GELU by the kernels that TensorFlow.js has vectorised."""

from builder.tfjs import ops
from builder.tfjs.graph import Graph, Value
from builder.tfjs.rewrite.algebra import chain_constants, constants_outward
from builder.tfjs.rewrite.engine import Uses, settle
from builder.tfjs.rewrite.match import inputs_of, mul, reduces_last, with_number, with_scalar


def fuse_softmax(graph: Graph) -> Graph:
    """exp(x - max x) / sum exp(x - max x) along the last axis is one Softmax."""
    return settle(graph, softmax)


def softmax(value: Value, _: Uses) -> Value | None:
    """The rule of `fuse_softmax`."""
    terms = inputs_of(value, "RealDiv")
    if terms is None or terms[0].op != "Exp" or reduces_last(terms[1], "Sum") != terms[0]:
        return None
    shifted = inputs_of(terms[0].inputs[0], "Sub")
    if shifted is None or reduces_last(shifted[1], "Max") != shifted[0]:
        return None
    return ops.softmax(shifted[0])


def use_sigmoid(graph: Graph) -> Graph:
    """GELU's 1 + tanh u is 2 sigmoid(2u): wasm computes tanh one number at a time."""
    graph = settle(graph, tanh_to_sigmoid, chain_constants, constants_outward)
    return settle(graph, factor_cubic)


def tanh_to_sigmoid(value: Value, uses: Uses) -> Value | None:
    """tanh(u) + 1 is 2 sigmoid(2u), exactly."""
    tanh = with_number(value, "AddV2", 1)
    if tanh is None or tanh.op != "Tanh" or not uses.once(tanh):
        return None
    return mul(ops.unary("Sigmoid", mul(tanh.inputs[0], 2)), 2)


def factor_cubic(value: Value, _: Uses) -> Value | None:
    """(x + x^3 a) * b is x * (x^2 ab + b), one multiplication less."""
    scaled = with_scalar(value, "Mul")
    terms = inputs_of(scaled[0], "AddV2") if scaled else None
    if scaled is None or terms is None:
        return None
    for x, other in (terms, terms[::-1]):
        cubic = with_scalar(other, "Mul")
        factors = inputs_of(cubic[0], "Mul") if cubic else None
        if cubic is None or factors is None or x not in factors:
            continue
        squared = factors[1] if factors[0] == x else factors[0]
        if squared.op == "Square" and squared.inputs[0] == x:
            b = scaled[1]
            inner = ops.binary("AddV2", mul(squared, cubic[1] * b), ops.scalar(b, x))
            return ops.binary("Mul", x, inner)
    return None
