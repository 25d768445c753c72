"""Rules for primitives that compute each element alone."""

from jax import lax

from builder.tfjs import ops
from builder.tfjs.graph import Value
from builder.tfjs.lower.integers import (
    absolute,
    divide,
    divide_unsigned,
    larger_unsigned,
    less_unsigned,
    multiply,
    negate,
    remainder,
    remainder_unsigned,
    smaller_unsigned,
)
from builder.tfjs.lower.nan import extreme, is_nan
from builder.tfjs.lower.registry import Equation, elementwise

UNARY = {
    "acos": "Acos",
    "acosh": "Acosh",
    "asin": "Asin",
    "asinh": "Asinh",
    "atan": "Atan",
    "atanh": "Atanh",
    "ceil": "Ceil",
    "cosh": "Cosh",
    "erf": "Erf",
    "exp": "Exp",
    "expm1": "Expm1",
    "floor": "Floor",
    "is_finite": "IsFinite",
    "log": "Log",
    "logistic": "Sigmoid",
    "rsqrt": "Rsqrt",
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
    "eq": "Equal",
    "ne": "NotEqual",
    "sub": "Sub",
}


@elementwise(*UNARY)
def _unary(eqn: Equation, x: Value) -> Value:
    return ops.unary(UNARY[eqn.primitive], x, eqn.type.dtype)


@elementwise(*BINARY)
def _binary(eqn: Equation, x: Value, y: Value) -> Value:
    return ops.binary(BINARY[eqn.primitive], x, y)


@elementwise("mul")
def _mul(_: Equation, x: Value, y: Value) -> Value:
    return multiply(x, y)


@elementwise("neg")
def _neg(_: Equation, x: Value) -> Value:
    return negate(x)


@elementwise("abs")
def _abs(eqn: Equation, x: Value) -> Value:
    return x if eqn.is_unsigned else absolute(x)


@elementwise("sign")
def _sign(eqn: Equation, x: Value) -> Value:
    if eqn.is_unsigned:
        return ops.cast(ops.truth(x), "int32")
    return sign_of(x)


def sign_of(x: Value) -> Value:
    """-1, 0 or 1; NaN stays. Sign of TensorFlow.js gives 0 for it, and for 1e-7 on wasm."""
    if x.dtype == "int32":
        return ops.unary("Sign", x)
    one, zero = ops.scalar(1, x), ops.scalar(0, x)
    negative = ops.select(ops.binary("Less", x, zero), negate(one), x)
    return ops.select(ops.binary("Greater", x, zero), one, negative)


@elementwise("div")
def _div(eqn: Equation, x: Value, y: Value) -> Value:
    if x.dtype == "float32":
        return ops.binary("RealDiv", x, y)
    return divide_unsigned(x, y) if eqn.is_unsigned else divide(x, y)


ORDERED = {
    "ge": "GreaterEqual",
    "gt": "Greater",
    "le": "LessEqual",
    "lt": "Less",
}


@elementwise(*ORDERED)
def _compare(eqn: Equation, x: Value, y: Value) -> Value:
    if x.dtype == "bool":
        x, y = ops.cast(x, "int32"), ops.cast(y, "int32")
    if not eqn.is_unsigned:
        return ops.binary(ORDERED[eqn.primitive], x, y)
    less = less_unsigned(x, y) if eqn.primitive in ("lt", "ge") else less_unsigned(y, x)
    return less if eqn.primitive in ("lt", "gt") else ops.unary("LogicalNot", less)


EXTREMES = {"max": "Maximum", "min": "Minimum"}


@elementwise(*EXTREMES)
def _extreme(eqn: Equation, x: Value, y: Value) -> Value:
    op = EXTREMES[eqn.primitive]
    if not eqn.is_unsigned:
        return extreme(op, x, y)
    return larger_unsigned(x, y) if op == "Maximum" else smaller_unsigned(x, y)


@elementwise("lt_to")
def _precedes(_: Equation, x: Value, y: Value) -> Value:
    return _in_order(x, y)


def _in_order(x: Value, y: Value) -> Value:
    """x < y in the order of sorting, where NaN comes last."""
    less = ops.binary("Less", x, y)
    if x.dtype != "float32":
        return less
    ends = ops.binary("LogicalAnd", ops.binary("Equal", x, x), ops.binary("NotEqual", y, y))
    return ops.binary("LogicalOr", less, ends)


@elementwise("eq_to")
def _ties(_: Equation, x: Value, y: Value) -> Value:
    """x = y in the order of sorting, where NaN equals NaN."""
    same = ops.binary("Equal", x, y)
    if x.dtype != "float32":
        return same
    return ops.binary("LogicalOr", same, ops.binary("LogicalAnd", is_nan(x), is_nan(y)))


@elementwise("le_to")
def _precedes_or_ties(_: Equation, x: Value, y: Value) -> Value:
    return ops.unary("LogicalNot", _in_order(y, x))


@elementwise("rem")
def _rem(eqn: Equation, x: Value, y: Value) -> Value:
    """What is left of a division, with the sign of `x`."""
    if x.dtype == "int32":
        return remainder_unsigned(x, y) if eqn.is_unsigned else remainder(x, y)
    rest = ops.binary("FloorMod", ops.unary("Abs", x), ops.unary("Abs", y))
    return ops.binary("Mul", rest, sign_of(x))


@elementwise("round")
def _round(eqn: Equation, x: Value) -> Value:
    """Halves to the even neighbour, as TensorFlow does, or away from zero."""
    if eqn.params["rounding_method"] != lax.RoundingMethod.AWAY_FROM_ZERO:
        return ops.unary("Round", x)
    size = ops.unary("Abs", x)
    whole = ops.unary("Floor", size)
    is_above = ops.binary("GreaterEqual", ops.binary("Sub", size, whole), ops.scalar(0.5, x))
    rounded = ops.binary("AddV2", whole, ops.cast(is_above, "float32"))
    return ops.binary("Mul", rounded, sign_of(x))


@elementwise("select_n")
def _select_n(_: Equation, which: Value, *cases: Value) -> Value:
    if which.dtype == "bool":
        return ops.select(which, cases[1], cases[0])
    chosen = cases[-1]
    for i in reversed(range(len(cases) - 1)):
        here = ops.binary("LessEqual", which, ops.scalar(i, which))
        chosen = ops.select(here, cases[i], chosen)
    return chosen


@elementwise("clamp")
def _clamp(eqn: Equation, low: Value, x: Value, high: Value) -> Value:
    if eqn.is_unsigned:
        return smaller_unsigned(larger_unsigned(x, low), high)
    return extreme("Minimum", extreme("Maximum", x, low), high)


IDENTITIES = (
    *("copy", "device_put", "layout_constraint", "name", "optimization_barrier", "pvary"),
    *("sharding_constraint", "stop_gradient"),
)
"""What concerns derivatives and devices."""


@elementwise(*IDENTITIES)
def _identity(_: Equation, *values: Value) -> tuple[Value, ...]:
    return values
