"""Rules for arithmetic and comparisons of complex numbers."""

from typing import Any

import jax
import jax.numpy as jnp

from builder.tfjs.parts.registry import Operation, rule
from builder.tfjs.parts.values import Complex, Keys


@rule("complex")
def _complex(_: Operation, re: Any, im: Any) -> Complex:
    return Complex(*jnp.broadcast_arrays(re, im))


@rule("real")
def _real(_: Operation, x: Complex) -> Any:
    return x.re


@rule("imag")
def _imag(_: Operation, x: Complex) -> Any:
    return x.im


@rule("conj")
def _conj(_: Operation, x: Any) -> Complex:
    return Complex(x.re, -x.im) if isinstance(x, Complex) else Complex(x, -jnp.zeros_like(x))


@rule("mul")
def _mul(_: Operation, x: Complex, y: Complex) -> Complex:
    return multiply(x, y)


def multiply(x: Complex, y: Complex) -> Complex:
    """x y."""
    return Complex(x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re)


def scale(x: Complex, factor: Any) -> Complex:
    """A complex number times a real one."""
    return Complex(x.re * factor, x.im * factor)


@rule("one_minus_square")
def _one_minus_square(_: Operation, x: Complex) -> Complex:
    return multiply(Complex(1 - x.re, -x.im), Complex(1 + x.re, x.im))


@rule("polynomial")
def _polynomial(_: Operation, x: Complex, *coefficients: Complex) -> Complex:
    """By Horner's rule; the coefficient of the lowest power comes first."""
    *others, total = coefficients
    for coefficient in reversed(others):
        product = multiply(total, x)
        total = Complex(product.re + coefficient.re, product.im + coefficient.im)
    return total


@rule("square")
def _square(_: Operation, x: Complex) -> Complex:
    return square(x)


def square(x: Complex) -> Complex:
    """x x."""
    re = (x.re - x.im) * (x.re + x.im)
    # The sum may be infinite, and would make NaN of no difference.
    is_equal = (jnp.abs(x.re) == jnp.abs(x.im)) & jnp.isfinite(x.re)
    return Complex(jnp.where(is_equal, 0, re), x.re * x.im * 2)


@rule("integer_pow")
def _integer_pow(op: Operation, x: Complex) -> Complex:
    exponent: int = op.params["y"]
    one = Complex(jnp.ones_like(x.re), jnp.zeros_like(x.re))
    if exponent == 0:
        return one
    power = _power(x, abs(exponent))
    return power if exponent > 0 else divide(one, power)


def _power(x: Complex, exponent: int) -> Complex:
    """A positive power, by the bits of the exponent from the lowest on, as JAX does."""
    power: Complex | None = None
    while exponent:
        if exponent & 1:
            power = x if power is None else multiply(power, x)
        exponent >>= 1
        if exponent:
            x = multiply(x, x)
    assert power is not None, "the exponent is positive"
    return power


@rule("div")
def _div(_: Operation, x: Complex, y: Complex) -> Complex:
    return divide(x, y)


def divide(x: Complex, y: Complex) -> Complex:
    """x / y, by the larger part of `y` first, so that its square cannot overflow.

    (R. L. Smith, Algorithm 116, 1962). What is infinite, or divided by zero, is as annex G of the
    C standard has it.
    """
    flipped = jnp.abs(y.re) < jnp.abs(y.im)
    large, small = jnp.where(flipped, y.im, y.re), jnp.where(flipped, y.re, y.im)
    ratio = small / large
    size = large + small * ratio
    a, b = jnp.where(flipped, x.im, x.re), jnp.where(flipped, x.re, x.im)
    re = (a + b * ratio) / size
    im = (b - a * ratio) / size
    return _recover(x, y, Complex(re, jnp.where(flipped, -im, im)))


def _recover(x: Complex, y: Complex, quotient: Complex) -> Complex:
    """The quotient, with what it is where both of its parts come out as NaN."""
    lost = jnp.isnan(quotient.re) & jnp.isnan(quotient.im)
    by_zero = (y.re == 0) & (y.im == 0) & ~(jnp.isnan(x.re) & jnp.isnan(x.im))
    infinity = jnp.where(is_negative(y.re), -jnp.inf, jnp.inf).astype(x.dtype)
    x_infinite = jnp.isinf(x.re) | jnp.isinf(x.im)
    y_infinite = jnp.isinf(y.re) | jnp.isinf(y.im)
    x_finite = jnp.isfinite(x.re) & jnp.isfinite(x.im)
    y_finite = jnp.isfinite(y.re) & jnp.isfinite(y.im)
    a, b = (_unit(part, jnp.isinf(part)) for part in (x.re, x.im))
    c, d = (_unit(part, jnp.isinf(part)) for part in (y.re, y.im))
    cases = (
        (by_zero, infinity * x.re, infinity * x.im),
        (x_infinite & y_finite, jnp.inf * (a * y.re + b * y.im), jnp.inf * (b * y.re - a * y.im)),
        (x_finite & y_infinite, 0 * (x.re * c + x.im * d), 0 * (x.im * c - x.re * d)),
    )
    re, im = quotient.re, quotient.im
    for applies, real, imaginary in reversed(cases):
        re = jnp.where(lost & applies, real, re)
        im = jnp.where(lost & applies, imaginary, im)
    return Complex(re, im)


def _unit(part: Any, is_one: Any) -> Any:
    """1 or 0 with the sign of a number."""
    size = is_one.astype(part.dtype)
    return jnp.where(is_negative(part), -size, size)


def is_negative(x: Any) -> Any:
    """Whether a float has a minus sign, -0 included."""
    return jnp.where(x == 0, 1 / x, x) < 0


def with_sign(size: Any, sign: Any) -> Any:
    """A number that is not negative with the sign of another."""
    return jnp.where(is_negative(sign), -size, size)


@rule("abs")
def _abs(_: Operation, x: Complex) -> Any:
    return absolute(x)


def absolute(x: Complex) -> Any:
    """|x| without overflow."""
    re, im = jnp.abs(x.re), jnp.abs(x.im)
    large, small = jnp.maximum(re, im), jnp.minimum(re, im)
    ratio = small / jnp.where(large == 0, 1, large)
    size = large * jnp.sqrt(1 + ratio * ratio)
    return jnp.where(large == jnp.inf, jnp.inf, size)


@rule("sign")
def _sign(_: Operation, x: Complex) -> Complex:
    """x / |x|, and 0 for 0."""
    size = absolute(x)
    is_zero = size == 0
    return Complex(
        jnp.where(is_zero, 0, x.re / jnp.where(is_zero, 1, size)),
        jnp.where(is_zero, 0, x.im / jnp.where(is_zero, 1, size)),
    )


@rule("eq", "ne")
def _equal(op: Operation, x: Any, y: Any) -> Any:
    if isinstance(x, Keys):
        same = jnp.all(x.words == y.words, axis=-1)
    else:
        same = (x.re == y.re) & (x.im == y.im)
    return same if op.name == "eq" else ~same


@rule("lt", "le", "gt", "ge")
def _compare(op: Operation, x: Complex, y: Complex) -> Any:
    """By the real parts, then by the imaginary parts."""
    compare = getattr(jax.lax, op.name)
    return jnp.where(x.re == y.re, compare(x.im, y.im), compare(x.re, y.re))


@rule("max")
def _max(_: Operation, x: Complex, y: Complex) -> Complex:
    return larger(x, y)


@rule("min")
def _min(_: Operation, x: Complex, y: Complex) -> Complex:
    return smaller(x, y)


def larger(x: Complex, y: Complex) -> Complex:
    """The larger by real parts, then by imaginary parts."""
    return select(jnp.where(x.re == y.re, x.im > y.im, x.re > y.re), x, y)


def smaller(x: Complex, y: Complex) -> Complex:
    """The smaller by real parts, then by imaginary parts."""
    return select(jnp.where(x.re == y.re, x.im < y.im, x.re < y.re), x, y)


def select(which: Any, x: Complex, y: Complex) -> Complex:
    """`x` where a condition holds, else `y`."""
    return Complex(jnp.where(which, x.re, y.re), jnp.where(which, x.im, y.im))
