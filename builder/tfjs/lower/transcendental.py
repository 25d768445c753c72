"""Rules for powers and functions of one number that TensorFlow.js lacks or computes roughly."""

import math
from collections.abc import Sequence

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Value
from builder.tfjs.lower.elementwise import sign_of
from builder.tfjs.lower.integers import multiply, negate
from builder.tfjs.lower.registry import Equation, elementwise
from builder.tfjs.lower.shape import broadcast


@elementwise("sin")
def _sin(_: Equation, x: Value) -> Value:
    """2 t / (1 + t^2) with t = tan(x / 2).

    On wasm, Sin and Cos are off by 2e-7 even for tiny numbers and wrong for large ones, where Tan
    is exact.
    """
    t = _half_tangent(x)
    return ops.binary("RealDiv", ops.binary("AddV2", t, t), _one_plus_square(t))


@elementwise("cos")
def _cos(_: Equation, x: Value) -> Value:
    """(1 - t) (1 + t) / (1 + t^2), as the sine."""
    t, one = _half_tangent(x), ops.scalar(1, x)
    product = ops.binary("Mul", ops.binary("Sub", one, t), ops.binary("AddV2", one, t))
    return ops.binary("RealDiv", product, _one_plus_square(t))


def _half_tangent(x: Value) -> Value:
    return ops.unary("Tan", ops.binary("Mul", x, ops.scalar(0.5, x)))


def _one_plus_square(t: Value) -> Value:
    return ops.binary("AddV2", ops.unary("Square", t), ops.scalar(1, t))


@elementwise("log1p")
def _log1p(_: Equation, x: Value) -> Value:
    return log1p(x)


def log1p(x: Value) -> Value:
    """log(1 + x), exact for small numbers, where wasm is off by a fifth (tfjs#7328).

    What 1 + x is off by is divided out again (W. Kahan; D. Goldberg, What every computer scientist
    should know about floating-point arithmetic, 1991, theorem 4).
    """
    one = ops.scalar(1, x)
    total = ops.binary("AddV2", x, one)
    share = ops.binary("RealDiv", x, ops.binary("Sub", total, one))
    exact = ops.binary("Mul", ops.unary("Log", total), share)
    # An infinite sum is its own logarithm, and of no sum there is nothing to divide by.
    ended = ops.binary("Equal", total, ops.scalar(math.inf, x))
    small = ops.binary("Equal", total, one)
    return ops.select(ops.binary("LogicalOr", ended, small), x, exact)


@elementwise("cbrt")
def _cbrt(_: Equation, x: Value) -> Value:
    size = ops.binary("Pow", ops.unary("Abs", x), ops.scalar(1 / 3, x))
    return ops.binary("Mul", size, sign_of(x))


@elementwise("erfc")
def _erfc(_: Equation, x: Value) -> Value:
    """1 - erf(x), and its tail by itself, of which the difference would keep no digit.

    The tail is exp(-x^2) / x times a polynomial in 1 / x^2 (S. L. Moshier, Cephes, erfcf).
    """
    size = ops.unary("Abs", x)
    one = ops.scalar(1, x)
    far = ops.binary("Maximum", size, one)
    inverse = ops.binary("RealDiv", one, far)
    squares = ops.unary("Square", inverse)
    nearer = ops.binary("Less", far, ops.scalar(2, x))
    factor = ops.select(nearer, _horner(_ERFC_NEAR, squares), _horner(_ERFC_FAR, squares))
    decay = ops.unary("Exp", negate(ops.unary("Square", far)))
    tail = ops.binary("Mul", ops.binary("Mul", decay, inverse), factor)
    is_negative = ops.binary("Less", x, ops.scalar(0, x))
    mirrored = ops.select(is_negative, ops.binary("Sub", ops.scalar(2, x), tail), tail)
    near = ops.binary("Sub", one, ops.unary("Erf", x))
    # Written so that NaN, which is neither near nor far, stays NaN.
    return ops.select(ops.binary("GreaterEqual", size, one), mirrored, near)


_ERFC_NEAR = (
    *(2.326819970068386e-2, -1.387039388740657e-1, 3.687424674597105e-1, -5.824733027278666e-1),
    *(6.210004621745983e-1, -4.944515323274145e-1, 3.404879937665872e-1, -2.741127028184656e-1),
    5.638259427386472e-1,
)
_ERFC_FAR = (
    *(-1.047766399936249e1, 1.297719955372516e1, -7.495518717768503, 2.921019019210786),
    *(-1.015265279202700, 4.218463358204948e-1, -2.820767439740514e-1, 5.641895067754075e-1),
)
"""Coefficients for 1 to 2, and beyond; that of the highest power first."""


@elementwise("erf_inv")
def _erf_inv(_: Equation, x: Value) -> Value:
    """Two polynomials in w = -log(1 - x^2), as XLA does (M. Giles, 2010); infinite at -1 and 1."""
    squares = ops.unary("Square", x)
    w = ops.unary("Neg", log1p(ops.unary("Neg", squares)))
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


@elementwise("exp2")
def _exp2(_: Equation, x: Value) -> Value:
    return ops.unary("Exp", ops.binary("Mul", x, ops.scalar(math.log(2), x)))


@elementwise("log2")
def _log2(_: Equation, x: Value) -> Value:
    return ops.binary("RealDiv", ops.unary("Log", x), ops.scalar(math.log(2), x))


@elementwise("one_minus_square")
def _one_minus_square(_: Equation, x: Value) -> Value:
    """1 - x^2, exact where x is near 1."""
    one = ops.scalar(1, x)
    return multiply(ops.binary("Sub", one, x), ops.binary("AddV2", one, x))


@elementwise("polynomial")
def _polynomial(_: Equation, x: Value, *coefficients: Value) -> Value:
    """By Horner's rule; the coefficient of the lowest power comes first."""
    *others, total = coefficients
    for coefficient in reversed(others):
        total = ops.binary("AddV2", multiply(total, x), coefficient)
    return total


@elementwise("integer_pow")
def _integer_pow(eqn: Equation, x: Value) -> Value:
    exponent: int = eqn.params["y"]
    if exponent < 0:
        power = _power(x, -exponent)
        return ops.binary("RealDiv", ops.scalar(1, x), power)
    return _power(x, exponent) if exponent else broadcast(eqn, ops.scalar(1, x), eqn.type.shape)


def _power(x: Value, exponent: int) -> Value:
    """`x` to a positive power by squaring, in the order in which JAX multiplies."""
    found: Value | None = None
    while True:
        if exponent % 2:
            found = x if found is None else multiply(found, x)
        exponent //= 2
        if not exponent:
            assert found is not None
            return found
        x = multiply(x, x) if x.dtype == "int32" else ops.unary("Square", x)


@elementwise("pow")
def _pow(_: Equation, x: Value, exponent: Value) -> Value:
    """`x` to a computed power, which may be an integer where TensorFlow.js wants one dtype.

    On cpu, as in JavaScript, 1 to the power of NaN and -1 to that of infinity are NaN, not 1.
    """
    y = ops.cast(exponent, x.dtype)
    found = ops.binary("Pow", x, y)
    if exponent.dtype == "int32" or _is_finite(y) or _has_no_one(x):
        return found
    one = ops.scalar(1, x)
    is_one = ops.binary("Equal", x, one)
    ends = ops.binary("Equal", ops.unary("Abs", y), ops.scalar(math.inf, y))
    turns = ops.binary("LogicalAnd", ops.binary("Equal", x, negate(one)), ends)
    return ops.select(ops.binary("LogicalOr", is_one, turns), one, found)


def _is_finite(x: Value) -> bool:
    return x.array is not None and bool(np.isfinite(x.array).all())


def _has_no_one(x: Value) -> bool:
    return x.array is not None and bool((np.abs(x.array) != 1).all())
