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

_FAR = 20
"""Where exp(-x) is nothing beside exp(x)."""

Function = Callable[[Complex], Complex]


def _of_one(name: str) -> Callable[[Function], Function]:
    """Register a function of one complex number as the rule of a primitive."""

    def register(function: Function) -> Function:
        @rule(name)
        def _apply(_: Operation, x: Complex) -> Complex:  # pyright: ignore[reportUnusedFunction] (by registering it)
            return function(x)

        return function

    return register


@_of_one("sqrt")
def sqrt(x: Complex) -> Complex:
    """The root with a real part that is not negative; below the real axis if `x` is."""
    root = _root(x)
    return Complex(root.re, jnp.where(x.im < 0, -root.im, root.im))


def _root(x: Complex) -> Complex:
    """The root of `x` or of its conjugate, with no part that is negative."""
    # Scaled so that neither the size overflows nor the halves vanish.
    size = jnp.maximum(jnp.abs(x.re), jnp.abs(x.im))
    is_large, is_small = size > 1e30, size < 1e-20

    def choose(large: float, small: float) -> Any:
        return jnp.where(is_large, large, jnp.where(is_small, small, 1)).astype(x.dtype)

    near, back = scale(x, choose(2.0**-40, 2.0**60)), choose(2.0**20, 2.0**-30)
    large = jnp.sqrt((jnp.abs(near.re) + absolute(near)) / 2)
    small = jnp.abs(near.im) / jnp.where(large == 0, 1, 2 * large)
    # Of infinite numbers, the part that is not infinite vanishes.
    alone = jnp.isinf(x.re) & jnp.isfinite(x.im)
    large, small = large * back, jnp.where(alone, 0, small * back)
    small = jnp.where(jnp.isinf(x.im), large, small)
    is_left = x.re < 0
    return Complex(jnp.where(is_left, small, large), jnp.where(is_left, large, small))


def _signed_root(x: Complex) -> Complex:
    """The root on the side of the real axis that the sign of the imaginary part says, -0 too."""
    root = _root(x)
    return Complex(root.re, with_sign(root.im, x.im))


@_of_one("rsqrt")
def rsqrt(x: Complex) -> Complex:
    """1 / sqrt(x)."""
    return _invert(_signed_root(x))


def _invert(x: Complex) -> Complex:
    """1 / x."""
    return divide(Complex(jnp.ones_like(x.re), jnp.zeros_like(x.re)), x)


@_of_one("exp")
def exp(x: Complex) -> Complex:
    """e^re (cos im + i sin im), in two factors that do not overflow before their product does."""
    half = jnp.exp(x.re / 2)
    im = jnp.where(x.im == 0, x.im, half * jnp.sin(x.im) * half)
    return Complex(half * jnp.cos(x.im) * half, im)


@_of_one("exp2")
def exp2(x: Complex) -> Complex:
    """2^x."""
    factor = jnp.full_like(x.re, math.log(2))
    return exp(multiply(x, Complex(factor, jnp.zeros_like(factor))))


@_of_one("expm1")
def expm1(x: Complex) -> Complex:
    """exp(x) - 1, whose real part is exact for small numbers."""
    sine = jnp.sin(x.im / 2)
    re = jnp.expm1(x.re) * jnp.cos(x.im) - 2 * sine * sine
    return Complex(jnp.where(x.im == 0, jnp.expm1(x.re), re), exp(x).im)


@_of_one("log")
def log(x: Complex) -> Complex:
    """The logarithm of the size, exact near 1, and the angle."""
    re, im = jnp.abs(x.re), jnp.abs(x.im)
    large, small = jnp.maximum(re, im), jnp.minimum(re, im)
    ratio = jnp.where(large == jnp.inf, 0, small / jnp.where(large == 0, 1, large))
    far = jnp.log(large) + jnp.log1p(ratio * ratio) / 2
    is_near = (large > 0.5) & (large < 2)
    squares = jnp.where(is_near, (large - 1) * (large + 1) + small * small, 0)
    size = jnp.where(is_near, jnp.log1p(squares) / 2, far)
    return Complex(jnp.where(jnp.isnan(re + im), jnp.nan, size), jnp.arctan2(x.im, x.re))


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
    is_zero = (base.re == 0) & (base.im == 0) & (exponent.im == 0) & (exponent.re > 0)
    logarithm = log(base)
    is_real = (exponent.im == 0) & (base.im == 0)
    factor = select(is_real, scale(logarithm, exponent.re), multiply(exponent, logarithm))
    power = exp(factor)
    is_one = ((exponent.im == 0) & (exponent.re == 0)) | ((base.re == 1) & (base.im == 0))
    re = jnp.where(is_one, 1, jnp.where(is_zero, 0, power.re))
    return Complex(re, jnp.where(is_one | is_zero, 0, power.im))


def _as_complex(x: Any) -> Complex:
    if isinstance(x, Complex):
        return x
    part = jnp.asarray(x, jnp.float32)
    return Complex(part, jnp.zeros_like(part))


@_of_one("logistic")
def logistic(x: Complex) -> Complex:
    """1 / (1 + exp(-x))."""
    decay = exp(Complex(-x.re, -x.im))
    return _invert(Complex(1 + decay.re, decay.im))


@_of_one("cosh")
def cosh(x: Complex) -> Complex:
    """The hyperbolic cosine."""
    im = _times_sinh(jnp.sin(x.im), x.re)
    return Complex(_times_cosh(jnp.cos(x.im), x.re), jnp.where(x.im == 0, 0, im))


@_of_one("sinh")
def sinh(x: Complex) -> Complex:
    """The hyperbolic sine."""
    im = _times_cosh(jnp.sin(x.im), x.re)
    return Complex(_times_sinh(jnp.cos(x.im), x.re), jnp.where(x.im == 0, x.im, im))


def _times_cosh(factor: Any, x: Any) -> Any:
    """A factor times cosh(x), which does not overflow before the product does."""
    half = jnp.exp(jnp.abs(x) / 2)
    return jnp.where(jnp.abs(x) > _FAR, factor * half / 2 * half, factor * jnp.cosh(x))


def _times_sinh(factor: Any, x: Any) -> Any:
    """A factor times sinh(x)."""
    return jnp.where(
        jnp.abs(x) > _FAR, with_sign(_times_cosh(1, x), x) * factor, factor * jnp.sinh(x)
    )


@_of_one("tanh")
def tanh(x: Complex) -> Complex:
    """The hyperbolic tangent; where the real part is large, it is 1 and the other vanishes."""
    is_far, is_end = jnp.abs(x.re) > 10, jnp.isinf(x.re)
    one = with_sign(jnp.ones_like(x.re), x.re)
    tangent = jnp.tan(x.im)
    square = 1 + tangent * tangent
    sine = jnp.sinh(jnp.where(is_far, 1, x.re))
    size = 1 + square * sine * sine
    near = Complex(square * jnp.sqrt(1 + sine * sine) * sine / size, tangent / size)
    decay = 4 * jnp.sin(x.im) * jnp.cos(x.im) * jnp.exp(-2 * jnp.abs(x.re))
    far = Complex(jnp.where(is_end, one, one + 0 * x.im), jnp.where(is_end, 0, decay))
    result = select(is_far, far, near)
    return Complex(result.re, jnp.where(x.im == 0, 0, result.im))


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
    above, below = _roots_beside(x)
    across = below.re * above.re - below.im * above.im
    re = jnp.arctan2(x.re, jnp.where(_is_huge(x), jnp.abs(x.im), across))
    im = jnp.arcsinh(below.re * above.im - below.im * above.re)
    return Complex(re, _unless_huge(x, im, x.im >= 0))


@_of_one("acos")
def acos(x: Complex) -> Complex:
    """The inverse of the cosine."""
    above, below = _roots_beside(x)
    re = 2 * jnp.arctan2(below.re, above.re)
    im = jnp.arcsinh(above.re * below.im - above.im * below.re)
    return Complex(re, _unless_huge(x, im, x.im < 0))


@_of_one("acosh")
def acosh(x: Complex) -> Complex:
    """The inverse of the hyperbolic cosine."""
    im = _positive_zero(x.im)
    below, above = _signed_root(Complex(x.re - 1, im)), _signed_root(Complex(x.re + 1, im))
    re = jnp.arcsinh(below.re * above.re + below.im * above.im)
    return Complex(_unless_huge(x, re, True), 2 * jnp.arctan2(below.im, above.re))


@_of_one("asinh")
def asinh(x: Complex) -> Complex:
    """The inverse of the hyperbolic sine."""
    return _turn_back(asin(_turn(x)))


def _roots_beside(x: Complex) -> tuple[Complex, Complex]:
    """The roots of 1 + x and 1 - x."""
    im = _positive_zero(x.im)
    return _signed_root(Complex(1 + x.re, im)), _signed_root(Complex(1 - x.re, -im))


def _positive_zero(x: Any) -> Any:
    """A number, of which -0 is 0, as it is for JAX on a branch cut."""
    return jnp.where(x == 0, 0, x)


def _unless_huge(x: Complex, size: Any, is_positive: Any) -> Any:
    """An inverse hyperbolic function of `x`, or log(2 |x|) with a sign where it would overflow."""
    logarithm = log(x).re + math.log(2)
    return jnp.where(_is_huge(x), jnp.where(is_positive, logarithm, -logarithm), size)


def _is_huge(x: Complex) -> Any:
    """Whether 1 is nothing beside the size of `x`, whose square may overflow."""
    return jnp.maximum(jnp.abs(x.re), jnp.abs(x.im)) > 1e10


@_of_one("atanh")
def atanh(x: Complex) -> Complex:
    """The inverse of the hyperbolic tangent."""
    re, im = jnp.abs(x.re), x.im
    rest = (1 - re) ** 2 + im * im
    angle = jnp.arctan2(2 * im, (1 - re) * (1 + re) - im * im) / 2
    near = Complex(jnp.log1p(4 * re / rest) / 4, angle)
    inverse = _invert(Complex(re, im))
    is_below = jnp.where(re < 1e19, is_negative(im), im < 0)  # on its cut, as JAX has it
    far = Complex(inverse.re, jnp.where(is_below, -math.pi / 2, math.pi / 2))
    result = select(jnp.maximum(re, jnp.abs(im)) > 1e8, far, near)
    result = Complex(result.re, jnp.where(jnp.isnan(im), -math.pi / 2, result.im))
    return Complex(with_sign(result.re, x.re), result.im)


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
