"""Rules for primitives that compute each element alone."""

import math
from collections.abc import Sequence

from jax import lax

from builder.tfjs import ops
from builder.tfjs.graph import Value
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import broadcast

UNARY = {
    "abs": "Abs",
    "acos": "Acos",
    "acosh": "Acosh",
    "asin": "Asin",
    "asinh": "Asinh",
    "atan": "Atan",
    "atanh": "Atanh",
    "ceil": "Ceil",
    "cos": "Cos",
    "cosh": "Cosh",
    "erf": "Erf",
    "exp": "Exp",
    "expm1": "Expm1",
    "floor": "Floor",
    "is_finite": "IsFinite",
    "log": "Log",
    "log1p": "Log1p",
    "logistic": "Sigmoid",
    "neg": "Neg",
    "rsqrt": "Rsqrt",
    "sign": "Sign",
    "sin": "Sin",
    "sinh": "Sinh",
    "sqrt": "Sqrt",
    "square": "Square",
    "tan": "Tan",
    "tanh": "Tanh",
}
BINARY = {
    "add": "AddV2",
    "add_any": "AddV2",
    "atan2": "Atan2",
    "div": "RealDiv",
    "eq": "Equal",
    "ge": "GreaterEqual",
    "gt": "Greater",
    "le": "LessEqual",
    "lt": "Less",
    "max": "Maximum",
    "min": "Minimum",
    "mul": "Mul",
    "ne": "NotEqual",
    "pow": "Pow",
    "sub": "Sub",
}


@rule(*UNARY)
def _unary(eqn: Equation, x: Value) -> Value:
    return ops.unary(UNARY[eqn.primitive], x, eqn.type.dtype)


@rule(*BINARY)
def _binary(eqn: Equation, x: Value, y: Value) -> Value:
    if eqn.primitive == "div" and x.dtype == "int32":
        return _divide_integers(x, y)
    # A power may have an integer exponent; TensorFlow.js wants one dtype.
    return ops.binary(BINARY[eqn.primitive], x, ops.cast(y, x.dtype))


def _divide_integers(x: Value, y: Value) -> Value:
    """JAX cuts the quotient off where TensorFlow rounds it down, so the signs are set apart."""
    sizes = ops.binary("FloorDiv", ops.unary("Abs", x), ops.unary("Abs", y))
    signs = ops.binary("Mul", ops.unary("Sign", x), ops.unary("Sign", y))
    return ops.binary("Mul", sizes, signs)


@rule("lt_to")
def _precedes(_: Equation, x: Value, y: Value) -> Value:
    return _in_order(x, y)


def _in_order(x: Value, y: Value) -> Value:
    """x < y in the order of sorting, where NaN comes last."""
    less = ops.binary("Less", x, y)
    if x.dtype != "float32":
        return less
    ends = ops.binary("LogicalAnd", ops.binary("Equal", x, x), ops.binary("NotEqual", y, y))
    return ops.binary("LogicalOr", less, ends)


@rule("le_to")
def _precedes_or_ties(_: Equation, x: Value, y: Value) -> Value:
    return ops.unary("LogicalNot", _in_order(y, x))


@rule("rem")
def _rem(_: Equation, x: Value, y: Value) -> Value:
    """What is left of a division, with the sign of `x`."""
    rest = ops.binary("FloorMod", ops.unary("Abs", x), ops.unary("Abs", y))
    return ops.binary("Mul", rest, ops.unary("Sign", x))


@rule("round")
def _round(eqn: Equation, x: Value) -> Value:
    """Halves to the even neighbour, as TensorFlow does, or away from zero."""
    if eqn.params["rounding_method"] != lax.RoundingMethod.AWAY_FROM_ZERO:
        return ops.unary("Round", x)
    size = ops.binary("AddV2", ops.unary("Abs", x), ops.scalar(0.5, x))
    return ops.binary("Mul", ops.unary("Floor", size), ops.unary("Sign", x))


@rule("cbrt")
def _cbrt(_: Equation, x: Value) -> Value:
    size = ops.binary("Pow", ops.unary("Abs", x), ops.scalar(1 / 3, x))
    return ops.binary("Mul", size, ops.unary("Sign", x))


@rule("erfc")
def _erfc(_: Equation, x: Value) -> Value:
    return ops.binary("Sub", ops.scalar(1, x), ops.unary("Erf", x))


@rule("erf_inv")
def _erf_inv(_: Equation, x: Value) -> Value:
    """Two polynomials in w = -log(1 - x^2), as XLA does (M. Giles, 2010); infinite at -1 and 1."""
    squares = ops.unary("Square", x)
    w = ops.unary("Neg", ops.unary("Log1p", ops.unary("Neg", squares)))
    near = ops.binary("Sub", w, ops.scalar(2.5, w))
    far = ops.binary("Sub", ops.unary("Sqrt", w), ops.scalar(3, w))
    is_near = ops.binary("Less", w, ops.scalar(5, w))
    factor = ops.select(is_near, _horner(_ERF_INV_NEAR, near), _horner(_ERF_INV_FAR, far))
    at_end = ops.binary("Equal", squares, ops.scalar(1, x))
    return ops.binary("Mul", ops.select(at_end, ops.scalar(math.inf, x), factor), x)


_ERF_INV_NEAR = (
    *(2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087),
    *(-0.00125372503, -0.00417768164, 0.246640727, 1.50140941),
)
_ERF_INV_FAR = (
    *(-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773),
    *(-0.0076224613, 0.00943887047, 1.00167406, 2.83297682),
)
"""Coefficients, that of the highest power first."""


def _horner(coefficients: Sequence[float], x: Value) -> Value:
    total = ops.scalar(coefficients[0], x)
    for c in coefficients[1:]:
        total = ops.binary("AddV2", ops.binary("Mul", total, x), ops.scalar(c, x))
    return total


@rule("exp2")
def _exp2(_: Equation, x: Value) -> Value:
    return ops.unary("Exp", ops.binary("Mul", x, ops.scalar(math.log(2), x)))


@rule("integer_pow")
def _integer_pow(eqn: Equation, x: Value) -> Value:
    exponent: int = eqn.params["y"]
    if exponent < 0:
        power = _power(x, -exponent)
        return ops.binary("RealDiv", ops.scalar(1, x), power)
    return _power(x, exponent) if exponent else broadcast(eqn, ops.scalar(1, x), eqn.type.shape)


def _power(x: Value, exponent: int) -> Value:
    """`x` to a positive power by squaring: x^3 is x * x^2."""
    if exponent == 1:
        return x
    if exponent % 2:
        return ops.binary("Mul", x, _power(x, exponent - 1))
    return ops.unary("Square", _power(x, exponent // 2))


@rule("select_n")
def _select_n(_: Equation, which: Value, *cases: Value) -> Value:
    if which.dtype == "bool":
        return ops.select(which, cases[1], cases[0])
    chosen = cases[-1]
    for i in reversed(range(len(cases) - 1)):
        here = ops.binary("LessEqual", which, ops.scalar(i, which))
        chosen = ops.select(here, cases[i], chosen)
    return chosen


@rule("clamp")
def _clamp(_: Equation, low: Value, x: Value, high: Value) -> Value:
    return ops.binary("Minimum", ops.binary("Maximum", x, low), high)


@rule("convert_element_type")
def _convert(eqn: Equation, x: Value) -> Value:
    return ops.truth(x) if eqn.type.dtype == "bool" else ops.cast(x, eqn.type.dtype)


IDENTITIES = (
    *("copy", "device_put", "layout_constraint", "name", "optimization_barrier", "pvary"),
    *("reduce_precision", "sharding_constraint", "stop_gradient"),
)
"""What concerns derivatives, devices or narrow floats, which are computed with as float32."""


@rule(*IDENTITIES)
def _identity(_: Equation, *values: Value) -> tuple[Value, ...]:
    return values
