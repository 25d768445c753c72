"""Rules for sums and products of complex arrays."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from builder.tfjs.parts.arithmetic import larger, multiply, smaller
from builder.tfjs.parts.registry import Operation, rule
from builder.tfjs.parts.values import Complex


@rule("dot_general", "conv_general_dilated")
def _product(op: Operation, x: Any, y: Any) -> Complex:
    """Four real products."""
    kind = x.dtype if isinstance(x, Complex) else y.dtype
    params = {"preferred_element_type": kind}
    if op.name == "conv_general_dilated":
        # JAX may have split the features into groups for complex numbers; these are real.
        params = {"preferred_element_type": None}

    def times(a: Any, b: Any) -> Any:
        return op.bind(a, b, **params)

    if not isinstance(x, Complex):
        return Complex(times(x, y.re), times(x, y.im))
    if not isinstance(y, Complex):
        return Complex(times(x.re, y), times(x.im, y))
    return Complex(
        times(x.re, y.re) - times(x.im, y.im), times(x.re, y.im) + times(x.im, y.re)
    )


@rule("reduce_prod")
def _reduce_prod(op: Operation, x: Complex) -> Complex:
    return _reduce(op, multiply, x)


@rule("reduce_max")
def _reduce_max(op: Operation, x: Complex) -> Complex:
    return _reduce(op, larger, x)


@rule("reduce_min")
def _reduce_min(op: Operation, x: Complex) -> Complex:
    return _reduce(op, smaller, x)


def _reduce(op: Operation, combine: Callable[..., Any], x: Complex) -> Complex:
    """All numbers along some axes combined, by halves."""
    axes = op.params["axes"]
    kept = [i for i in range(len(x.shape)) if i not in axes]
    count = math.prod(x.shape[i] for i in axes)
    if not isinstance(count, int):
        raise op.refuse("complex numbers are combined along a symbolic axis.", "fix its size.")
    shape = (count, *(x.shape[i] for i in kept))
    rows = jax.tree.map(lambda part: part.transpose(*axes, *kept).reshape(shape), x)
    if count == 0:
        raise op.refuse("no complex numbers are combined.", "leave it out.")
    while count > 1:
        half = count // 2
        first, second, rest = (
            jax.tree.map(lambda part, a=a, b=b: part[a:b], rows)
            for a, b in ((0, half), (half, 2 * half), (2 * half, count))
        )
        rows = combine(first, second)
        if count % 2:
            rows = jax.tree.map(lambda a, b: jnp.concatenate([a, b]), rows, rest)
        count -= half
    return jax.tree.map(lambda part: part[0], rows)


@rule("cumprod")
def _cumprod(op: Operation, x: Complex) -> Complex:
    return _scan(op, multiply, x)


@rule("cummax")
def _cummax(op: Operation, x: Complex) -> Complex:
    return _scan(op, larger, x)


@rule("cummin")
def _cummin(op: Operation, x: Complex) -> Complex:
    return _scan(op, smaller, x)


def _scan(op: Operation, combine: Callable[..., Any], x: Complex) -> Complex:
    return lax.associative_scan(
        combine, x, axis=op.params["axis"], reverse=op.params["reverse"]
    )


@rule("reduce_window_max")
def _window_max(op: Operation, x: Complex) -> Complex:
    return _combine_windows(op, larger, x, Complex(-math.inf, -math.inf))


@rule("reduce_window_min")
def _window_min(op: Operation, x: Complex) -> Complex:
    return _combine_windows(op, smaller, x, Complex(math.inf, math.inf))


@rule("reduce_window")
def _window(op: Operation, *operands: Any) -> Sequence[Complex]:
    """A window of one complex array, with a function of any kind."""
    x, start = operands

    def combine(a: Complex, b: Complex) -> Complex:
        return op.evaluate(op.params["jaxpr"], op.params["consts"], [a, b])[0]

    return [_combine_windows(op, jax.vmap(combine), x, start)]


def _combine_windows(
    op: Operation, combine: Callable[..., Any], x: Complex, start: Complex
) -> Complex:
    """What `combine` makes of all numbers in a window: one slice for each place in it."""
    places = _window_slices(op, x, start)
    total = places[0]
    for place in places[1:]:
        total = combine(total, place)
    return total


def _window_slices(op: Operation, x: Complex, start: Complex) -> list[Complex]:
    params = op.params
    sizes, strides = params["window_dimensions"], params["window_strides"]
    dilation = params["window_dilation"]
    shape = op.outputs[0].shape
    config = [
        (low, high, spread - 1)
        for (low, high), spread in zip(params["padding"], params["base_dilation"], strict=True)
    ]
    padded = jax.tree.map(
        lambda part, fill: lax.pad(part, jnp.asarray(fill, part.dtype), config), x, start
    )
    slices: list[Complex] = []
    for flat in range(math.prod(sizes)):
        place, left = [], flat
        for size in reversed(sizes):
            place.insert(0, left % size)
            left //= size
        begin = [p * d for p, d in zip(place, dilation, strict=True)]
        end = [b + (n - 1) * s + 1 for b, n, s in zip(begin, shape, strides, strict=True)]
        slices.append(
            jax.tree.map(lambda part, b=begin, e=end: lax.slice(part, b, e, strides), padded)
        )
    return slices
