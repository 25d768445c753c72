"""Rules for roots, exponentials, logarithms and what is made of them, of complex numbers.

Formulas are those of W. Kahan, Branch cuts for complex elementary functions, 1987, which keep the
sign of zero and lose no digits near the branch points.
"""

import math
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp

from builder.tfjs.parts.arithmetic import (
    absolute,
    divide,
    is_negative,
    multiply,
    scale,
    select,
    with_sign,
)
from builder.tfjs.parts.registry import Operation, rule
from builder.tfjs.parts.values import Complex

Function = Callable[[Complex], Complex]


def _of_one(name: str) -> Callable[[Function], Function]:
    """Register a function of one complex number as the rule of a primitive."""

    def register(function: Function) -> Function:
        rule(name)(lambda _, x: function(x))
        return function

    return register


@_of_one("sqrt")
def sqrt(x: Complex) -> Complex:
    """The root with a real part that is not negative."""
    # Scaled so that neither the size overflows nor the halves vanish.
    size = jnp.maximum(jnp.abs(x.re), jnp.abs(x.im))
    factor = jnp.where(size > 1e30, 2.0**-40, jnp.where(size < 1e-20, 2.0**60, 1.0))
    factor = factor.astype(x.dtype)
    near = scale(x, factor)
    large = jnp.sqrt((jnp.abs(near.re) + absolute(near)) / 2)
    small = jnp.abs(near.im) / jnp.where(large == 0, 1, 2 * large)
    back = jnp.where(size > 1e30, 2.0**20, jnp.where(size < 1e-20, 2.0**-30, 1.0))
    large, small = large * back.astype(x.dtype), small * back.astype(x.dtype)
    is_left = x.re < 0
    re, im = jnp.where(is_left, small, large), jnp.where(is_left, large, small)
    im_infinite = jnp.isinf(x.im)
    re = jnp.where(im_infinite, jnp.inf, re)
    im = jnp.where(im_infinite, jnp.inf, im)
    far_left = (x.re == -jnp.inf) & jnp.isfinite(x.im)
    far_right = (x.re == jnp.inf) & jnp.isfinite(x.im)
    re = jnp.where(far_left, 0, re)
    im = jnp.where(far_right, 0, jnp.where(far_left, jnp.inf, im))
    return Complex(re, with_sign(im, x.im))


@_of_one("rsqrt")
def rsqrt(x: Complex) -> Complex:
    """1 / sqrt(x)."""
    root = sqrt(x)
    return divide(Complex(jnp.ones_like(x.re), jnp.zeros_like(x.re)), root)


@_of_one("exp")
def exp(x: Complex) -> Complex:
    """e^re (cos im + i sin im), in two factors that do not overflow before their product does."""
    half = jnp.exp(x.re / 2)
    re = half * jnp.cos(x.im) * half
    im = jnp.where(x.im == 0, x.im, half * jnp.sin(x.im) * half)
    vanished = x.re == -jnp.inf
    return Complex(jnp.where(vanished, 0, re), jnp.where(vanished, 0, im))


@_of_one("exp2")
def exp2(x: Complex) -> Complex:
    """2^x."""
    return exp(scale(x, math.log(2)))


@_of_one("expm1")
def expm1(x: Complex) -> Complex:
    """exp(x) - 1, whose real part is exact for small numbers."""
    sine = jnp.sin(x.im / 2)
    re = jnp.expm1(x.re) * jnp.cos(x.im) - 2 * sine * sine
    whole = exp(x)
    return Complex(jnp.where(x.im == 0, jnp.expm1(x.re), re), whole.im)


@_of_one("log")
def log(x: Complex) -> Complex:
    """The logarithm of the size, and the angle."""
    return Complex(jnp.log(absolute(x)), jnp.arctan2(x.im, x.re))


@_of_one("log1p")
def log1p(x: Complex) -> Complex:
    """log(1 + x), exact for small numbers."""
    near = jnp.maximum(jnp.abs(x.re), jnp.abs(x.im)) < 0.5
    squares = x.re * (2 + x.re) + x.im * x.im
    small = jnp.log1p(jnp.where(near, squares, 0)) / 2
    whole = log(Complex(1 + x.re, x.im))
    return Complex(jnp.where(near, small, whole.re), whole.im)


@rule("pow")
def _pow(_: Operation, x: Any, y: Any) -> Complex:
    base, exponent = (_as_complex(value) for value in (x, y))
    is_zero = (base.re == 0) & (base.im == 0)
    power = exp(multiply(exponent, log(base)))
    none = (exponent.re == 0) & (exponent.im == 0)
    re = jnp.where(none, 1, jnp.where(is_zero, 0, power.re))
    return Complex(re, jnp.where(none | is_zero, 0, power.im))


def _as_complex(x: Any) -> Complex:
    if isinstance(x, Complex):
        return x
    part = jnp.asarray(x, jnp.float32)
    return Complex(part, jnp.zeros_like(part))


@_of_one("logistic")
def logistic(x: Complex) -> Complex:
    """1 / (1 + exp(-x))."""
    decay = exp(Complex(-x.re, -x.im))
    return divide(Complex(jnp.ones_like(x.re), jnp.zeros_like(x.re)), Complex(1 + decay.re, decay.im))


@_of_one("cosh")
def cosh(x: Complex) -> Complex:
    """The hyperbolic cosine."""
    re, im = jnp.cosh(x.re) * jnp.cos(x.im), jnp.sinh(x.re) * jnp.sin(x.im)
    return Complex(re, jnp.where((x.im == 0) | (x.re == 0), x.im * x.re * 0, im))


@_of_one("sinh")
def sinh(x: Complex) -> Complex:
    """The hyperbolic sine."""
    re, im = jnp.sinh(x.re) * jnp.cos(x.im), jnp.cosh(x.re) * jnp.sin(x.im)
    return Complex(jnp.where(x.re == 0, x.re, re), jnp.where(x.im == 0, x.im, im))


@_of_one("tanh")
def tanh(x: Complex) -> Complex:
    """The hyperbolic tangent; where the real part is large, it is 1 and the other vanishes."""
    far = jnp.abs(x.re) > 10
    near = jnp.where(far, 1, x.re)
    tangent = jnp.tan(x.im)
    square = 1 + tangent * tangent
    sine = jnp.sinh(near)
    size = 1 + square * sine * sine
    re = square * jnp.sqrt(1 + sine * sine) * sine / size
    decay = 4 * jnp.sin(x.im) * jnp.cos(x.im) * jnp.exp(-2 * jnp.abs(x.re))
    return Complex(
        jnp.where(far, with_sign(jnp.ones_like(re), x.re), re),
        jnp.where(far, decay, tangent / size),
    )


@_of_one("sin")
def sin(x: Complex) -> Complex:
    """The sine."""
    return _turn_back(sinh(_turn(x)))


@_of_one("cos")
def cos(x: Complex) -> Complex:
    """The cosine."""
    return cosh(_turn(x))


@_of_one("tan")
def tan(x: Complex) -> Complex:
    """The tangent."""
    return _turn_back(tanh(_turn(x)))


@_of_one("asin")
def asin(x: Complex) -> Complex:
    """The inverse of the sine."""
    below, above = sqrt(Complex(1 - x.re, -x.im)), sqrt(Complex(1 + x.re, x.im))
    re = jnp.arctan2(x.re, below.re * above.re - below.im * above.im)
    return Complex(re, jnp.arcsinh(below.re * above.im - below.im * above.re))


@_of_one("acos")
def acos(x: Complex) -> Complex:
    """The inverse of the cosine."""
    below, above = sqrt(Complex(1 - x.re, -x.im)), sqrt(Complex(1 + x.re, x.im))
    re = 2 * jnp.arctan2(below.re, above.re)
    return Complex(re, jnp.arcsinh(above.re * below.im - above.im * below.re))


@_of_one("acosh")
def acosh(x: Complex) -> Complex:
    """The inverse of the hyperbolic cosine."""
    below, above = sqrt(Complex(x.re - 1, x.im)), sqrt(Complex(x.re + 1, x.im))
    re = jnp.arcsinh(below.re * above.re + below.im * above.im)
    return Complex(re, 2 * jnp.arctan2(below.im, above.re))


@_of_one("asinh")
def asinh(x: Complex) -> Complex:
    """The inverse of the hyperbolic sine."""
    return _turn_back(asin(_turn(x)))


@_of_one("atanh")
def atanh(x: Complex) -> Complex:
    """The inverse of the hyperbolic tangent."""
    re, im = jnp.abs(x.re), x.im
    rest = (1 - re) ** 2 + im * im
    size = jnp.log1p(4 * re / rest) / 4
    angle = jnp.arctan2(2 * im, (1 - re) * (1 + re) - im * im) / 2
    huge = jnp.maximum(re, jnp.abs(im)) > 1e8
    inverse = divide(Complex(jnp.ones_like(re), jnp.zeros_like(re)), Complex(re, im))
    size = jnp.where(huge, inverse.re, size)
    angle = jnp.where(huge, with_sign(jnp.full_like(im, math.pi / 2), im), angle)
    return Complex(with_sign(size, x.re), angle)


@_of_one("atan")
def atan(x: Complex) -> Complex:
    """The inverse of the tangent."""
    return _turn_back(atanh(_turn(x)))


def _turn(x: Complex) -> Complex:
    """i x."""
    return Complex(-x.im, x.re)


def _turn_back(x: Complex) -> Complex:
    """-i x."""
    return Complex(x.im, -x.re)
