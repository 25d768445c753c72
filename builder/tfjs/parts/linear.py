"""Rules for sums and products of complex arrays."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax.numpy as jnp
from jax import lax

from builder.tfjs.parts.arithmetic import larger, multiply, smaller
from builder.tfjs.parts.known import stage
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
    return Complex(times(x.re, y.re) - times(x.im, y.im), times(x.re, y.im) + times(x.im, y.re))


_COMBINE: Mapping[str, tuple[Callable[..., Complex], complex]] = {
    "prod": (multiply, 1),
    "max": (larger, complex(-math.inf, -math.inf)),
    "min": (smaller, complex(math.inf, math.inf)),
}
"""What is combined, and what changes nothing."""


@rule("reduce_prod", "reduce_max", "reduce_min")
def _reduce_axes(op: Operation, x: Complex) -> Complex:
    combine, start = _COMBINE[op.name.removeprefix("reduce_")]
    return lax.reduce(x, _scalar(start, x), combine, op.params["axes"])


@rule("reduce")
def _reduce(op: Operation, *operands: Any) -> Sequence[Any]:
    """By a function of any kind, of one operand or several."""
    count = len(operands) // 2
    arrays, starts = list(operands[:count]), list(operands[count:])

    def combine(x: Sequence[Any], y: Sequence[Any]) -> Sequence[Any]:
        return list(map(stage, op.inline(op.params["jaxpr"], [*x, *y])))

    return lax.reduce(arrays, starts, combine, op.params["dimensions"])


@rule("cumprod", "cummax", "cummin")
def _accumulate(op: Operation, x: Complex) -> Complex:
    combine, _ = _COMBINE[op.name.removeprefix("cum")]
    return lax.associative_scan(combine, x, axis=op.params["axis"], reverse=op.params["reverse"])


@rule("reduce_window_max", "reduce_window_min")
def _window_extremes(op: Operation, x: Complex) -> Complex:
    combine, start = _COMBINE[op.name.removeprefix("reduce_window_")]
    return _reduce_windows(op, x, _scalar(start, x), combine)


@rule("reduce_window")
def _windows(op: Operation, *operands: Any) -> Sequence[Any]:
    count = len(operands) // 2

    def combine(x: Sequence[Any], y: Sequence[Any]) -> Sequence[Any]:
        results = op.evaluate(op.params["jaxpr"], op.params["consts"], [*x, *y])
        return list(map(stage, results))

    return _reduce_windows(op, list(operands[:count]), list(operands[count:]), combine)


def _reduce_windows(op: Operation, arrays: Any, starts: Any, combine: Any) -> Any:
    names = ("window_dimensions", "window_strides", "padding", "base_dilation", "window_dilation")
    return lax.reduce_window(arrays, starts, combine, **{name: op.params[name] for name in names})


def _scalar(number: complex, like: Complex) -> Complex:
    parts = complex(number).real, complex(number).imag
    return Complex(*(jnp.asarray(part, like.dtype) for part in parts))
