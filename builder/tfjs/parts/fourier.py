"""Discrete Fourier transforms as products with small matrices.

A transform of n = a b numbers is b transforms of a numbers, a turn of each number, and a transforms
of b numbers (J. W. Cooley and J. W. Tukey, 1965). Short ones are products with their matrix, and
long ones of prime length are convolutions of a length that has small factors (L. I. Bluestein,
1970). Matrices and turns are computed in float64.
"""

import math
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from builder.tfjs.graph import Array
from builder.tfjs.parts.arithmetic import multiply, scale
from builder.tfjs.parts.registry import Operation, rule
from builder.tfjs.parts.values import Complex

LONGEST_PRODUCT = 64
"""Transforms of so many numbers are one product, longer ones several."""

LONGEST_PRIME = 128
"""Those of a prime number of numbers are one product up to here."""


@rule("fft")
def _fft(op: Operation, x: Any) -> Any:
    kind, lengths = str(op.params["fft_type"]).rsplit(".", 1)[-1].upper(), op.params["fft_lengths"]
    if not all(isinstance(n, int | np.integer) for n in lengths):
        raise op.refuse("a Fourier transform has a symbolic length.", "fix the size of the axis.")
    if 0 in lengths:
        raise op.refuse("a Fourier transform of no numbers.", "leave it out.")
    first = len(op.operands[0].shape) - len(lengths)
    if kind in ("RFFT", "2"):
        half = lengths[-1] // 2 + 1
        x = _real_ends(_map(_transform(x, lengths[-1]), partial(_first, count=half)), lengths[-1])
        return _over(x, range(first, first + len(lengths) - 1), lengths[:-1], inverse=False)
    if kind in ("IRFFT", "3"):
        x = _over(x, range(first, first + len(lengths) - 1), lengths[:-1], inverse=True)
        return _along(_mirror(x, lengths[-1]), -1, lengths[-1], inverse=True).re
    inverse = kind in ("IFFT", "1")
    return _over(x, range(first, first + len(lengths)), lengths, inverse=inverse)


def _over(x: Complex, axes: Any, lengths: Any, *, inverse: bool) -> Complex:
    for axis, length in zip(axes, lengths, strict=True):
        x = _along(x, axis, length, inverse=inverse)
    return x


def _along(x: Complex, axis: int, length: int, *, inverse: bool) -> Complex:
    """Transform one axis."""
    moved = _map(x, lambda part: jnp.moveaxis(part, axis, -1))
    if inverse:  # the transform of the conjugate is the conjugate of the inverse
        moved = scale(_conjugate(moved), 1 / length)
    result = _transform(moved, length)
    result = _conjugate(result) if inverse else result
    return _map(result, lambda part: jnp.moveaxis(part, -1, axis))


def _mirror(x: Complex, length: int) -> Complex:
    """All numbers of a transform of real numbers, from the first half; the ends are real."""
    given = _real_ends(_map(x, partial(_first, count=length // 2 + 1)), length)
    inner = _map(given, lambda part: lax.slice_in_dim(part, 1, (length + 1) // 2, axis=-1))
    rest = _map(inner, lambda part: lax.rev(part, (part.ndim - 1,)))
    return Complex(
        jnp.concatenate([given.re, rest.re], -1), jnp.concatenate([given.im, -rest.im], -1)
    )


def _real_ends(x: Complex, length: int) -> Complex:
    """The first half of a transform of real numbers, whose ends are real."""
    is_end = np.zeros(length // 2 + 1, np.bool_)
    is_end[0] = True
    is_end[-1] |= length % 2 == 0
    return Complex(x.re, jnp.where(is_end, 0, x.im))


def _transform(x: Any, length: int) -> Complex:
    """The transform of the last axis, of real or complex numbers."""
    if length == 1:
        return _as_complex(x)
    factor = _factor(length)
    if factor == length:
        return _product(x, length) if length <= LONGEST_PRIME else _bluestein(x, length)
    # The first factor's transforms run over steps of `rest`; [..., factor, rest].
    rest = length // factor
    rows = jax.tree.map(partial(_fold, sizes=(factor, rest)), x)
    first = _transform(jax.tree.map(_swap, rows), factor)
    turned = multiply(first, _turns(rest, factor, length))
    second = _transform(_map(turned, _swap), rest)
    return _map(_map(second, _swap), lambda part: part.reshape(*part.shape[:-2], length))


@cache
def _factor(length: int) -> int:
    """The length itself if its transform is not split, else a factor of it near its root."""
    if length <= LONGEST_PRODUCT:
        return length
    factors = [n for n in range(2, LONGEST_PRODUCT + 1) if length % n == 0]
    if not factors:
        larger = [n for n in range(2, math.isqrt(length) + 1) if length % n == 0]
        return larger[0] if larger else length
    return min(factors, key=lambda n: abs(n - math.sqrt(length)))


def _product(x: Any, length: int) -> Complex:
    """One real product: [re, im] times [[cos, -sin], [sin, cos]]."""
    if isinstance(x, Complex):
        both, matrix = jnp.concatenate([x.re, x.im], -1), _matrix(length)
    else:
        both, matrix = x, _matrix(length)[:length]
    result = jnp.matmul(both, matrix, precision=lax.Precision.HIGHEST)
    return Complex(*jnp.split(result, 2, -1))


@cache
def _matrix(length: int) -> Array:
    cosine, sine = _circle(np.outer(np.arange(length), np.arange(length)), length)
    return np.block([[cosine, -sine], [sine, cosine]])


@cache
def _turns(rows: int, columns: int, length: int) -> Complex:
    cosine, sine = _circle(np.outer(np.arange(rows), np.arange(columns)), length)
    return Complex(cosine, -sine)


def _circle(steps: Array, length: int) -> tuple[Array, Array]:
    """Cosine and sine after some steps around a circle of `length`; zeros are exact."""
    angles = 2 * np.pi * (steps % length) / length
    cosine, sine = (
        np.where(np.abs(v) < 1e-15, 0, v).astype(np.float32)
        for v in (np.cos(angles), np.sin(angles))
    )
    return cosine, sine


def _bluestein(x: Any, length: int) -> Complex:
    """A convolution with a chirp, by transforms of a length that is a power of two."""
    padded = 1 << (2 * length - 2).bit_length()
    chirp, kernel = _chirp(length, padded)
    given = multiply(_as_complex(x), chirp)
    wide = [(0, 0)] * (given.re.ndim - 1) + [(0, padded - length)]
    spectrum = _transform(_map(given, lambda part: jnp.pad(part, wide)), padded)
    back = _conjugate(_transform(_conjugate(multiply(spectrum, kernel)), padded))
    return multiply(_map(back, lambda part: _first(part, length)), chirp)


@cache
def _chirp(length: int, padded: int) -> tuple[Complex, Complex]:
    """The chirp, and the transform of its conjugate on both sides of 0."""
    steps = np.arange(length, dtype=np.int64)
    angles = np.pi * (steps * steps % (2 * length)) / length
    chirp = np.exp(-1j * angles)
    kernel = np.zeros(padded, np.complex128)
    kernel[:length] = chirp.conj()
    kernel[padded - length + 1 :] = chirp[1:].conj()[::-1]
    return _constant(chirp), _constant(np.fft.fft(kernel) / padded)


def _constant(numbers: Any) -> Complex:
    return Complex(numbers.real.astype(np.float32), numbers.imag.astype(np.float32))


def _as_complex(x: Any) -> Complex:
    return x if isinstance(x, Complex) else Complex(x, jnp.zeros_like(x))


def _fold(part: Any, sizes: tuple[int, int]) -> Any:
    """The last axis as two."""
    return part.reshape(*part.shape[:-1], *sizes)


def _swap(part: Any) -> Any:
    """The last two axes in the other order."""
    return jnp.swapaxes(part, -1, -2)


def _first(part: Any, count: int) -> Any:
    return lax.slice_in_dim(part, 0, count, axis=-1)


def _map(x: Complex, function: Callable[[Any], Any]) -> Complex:
    return Complex(function(x.re), function(x.im))


def _conjugate(x: Complex) -> Complex:
    return Complex(x.re, -x.im)
