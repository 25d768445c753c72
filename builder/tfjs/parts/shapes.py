"""Rules for primitives that move numbers, which do the same with every part."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from builder.tfjs.parts.registry import Operation, rule
from builder.tfjs.parts.values import Complex, Keys, is_complex

MOVING = (
    *("broadcast_in_dim", "concatenate", "copy", "copy_p", "dynamic_slice", "expand_dims"),
    *("dynamic_update_slice", "name", "pad", "pvary", "reshape", "rev", "select_and_gather_add"),
    *("select_n", "slice", "squeeze", "stack", "tile", "transpose"),
)
LINEAR = (
    *("add", "add_any", "cumsum", "neg", "reduce_precision", "reduce_sum", "reduce_window_sum"),
    "sub",
)
"""What is computed of real and imaginary parts apart."""

SEVERAL = ("device_put", "optimization_barrier", "split", "stop_gradient", "unstack")
"""Primitives with several outputs, most of them as many as operands."""


@rule(*MOVING)
def _move(op: Operation, *operands: Any) -> Any:
    return move(op, op.bind, *operands)


def move(op: Operation, function: Callable[..., Any], *operands: Any) -> Any:
    """What a function that only moves numbers makes of operands in parts."""
    keys = [value for value in operands if isinstance(value, Keys)]
    if not keys:
        return by_part(function, *operands)
    # Each word of the keys moves as they do.
    axes = [-1 if isinstance(value, Keys) else None for value in operands]
    words = [value.words if isinstance(value, Keys) else value for value in operands]
    moved = jax.vmap(function, in_axes=axes, out_axes=-1)(*words)
    return jax.tree.map(lambda array: Keys(array, keys[0].dtype), moved)


@rule(*LINEAR)
def by_parts(op: Operation, *operands: Any) -> Complex:
    """The same of the real and of the imaginary parts."""
    return by_part(op.bind, *operands)


def by_part(function: Callable[..., Any], *operands: Any) -> Any:
    """The same function of all real and of all imaginary parts."""
    re = function(*(value.re if isinstance(value, Complex) else value for value in operands))
    im = function(*(value.im if isinstance(value, Complex) else value for value in operands))
    return jax.tree.map(Complex, re, im)


@rule(*SEVERAL)
def _several(op: Operation, *operands: Any) -> Sequence[Any]:
    if op.name in ("split", "unstack"):
        return move(op, op.bind, *operands)
    return operands


@rule("gather")
def _gather(op: Operation, x: Any, indices: Any) -> Any:
    """Where JAX fills with NaN, the imaginary part is 0."""
    fill = op.params["fill_value"]
    if isinstance(x, Keys):
        return move(op, op.bind, x, indices)
    if fill is None and op.params["mode"] == lax.GatherScatterMode.FILL_OR_DROP:
        fill = complex(jnp.nan, jnp.nan)
    parts = (None, None) if fill is None else (complex(fill).real, complex(fill).imag)
    return Complex(
        op.bind(x.re, indices, fill_value=parts[0]), op.bind(x.im, indices, fill_value=parts[1])
    )


@rule("scatter", "scatter-add", "scatter-sub")
def _scatter(op: Operation, x: Any, indices: Any, updates: Any) -> Any:
    function = {"scatter": lax.scatter, "scatter-add": lax.scatter_add}.get(op.name)
    names = ("dimension_numbers", "indices_are_sorted", "unique_indices", "mode")
    params = {name: op.params[name] for name in names}
    if function is None:
        updates, function = by_part(lax.neg, updates), lax.scatter_add
    if isinstance(x, Keys):
        return move(op, lambda a, b, c: function(a, b, c, **params), x, indices, updates)
    return by_part(lambda a, b: function(a, indices, b, **params), x, updates)


@rule("sort")
def _sort(op: Operation, *operands: Any) -> Sequence[Any]:
    """By the real parts, then by the imaginary parts."""
    flat: list[Any] = []
    keys = 0
    for i, value in enumerate(operands):
        parts = [value.re, value.im] if isinstance(value, Complex) else [value]
        if isinstance(value, Keys):
            raise op.refuse("random keys are sorted or shuffled.", "shuffle their indices.")
        flat += parts
        keys += len(parts) if i < op.params["num_keys"] else 0
    done = iter(
        lax.sort(
            flat,
            dimension=op.params["dimension"],
            is_stable=op.params["is_stable"],
            num_keys=keys,
        )
    )
    return [
        Complex(next(done), next(done)) if isinstance(value, Complex) else next(done)
        for value in operands
    ]


@rule("iota")
def _iota(op: Operation, *_: Any) -> Complex:
    steps = op.bind(dtype=jnp.finfo(op.params["dtype"]).dtype)
    return Complex(steps, jnp.zeros_like(steps))


@rule("convert_element_type")
def _convert(op: Operation, x: Any) -> Any:
    """To complex numbers, from which other types keep the real part; True is what is not 0."""
    target = op.params["new_dtype"]
    if is_complex(target):
        kind = jnp.finfo(target).dtype
        if isinstance(x, Complex):
            return by_part(lambda part: lax.convert_element_type(part, kind), x)
        part = lax.convert_element_type(x, kind)
        return Complex(part, jnp.zeros_like(part))
    if target == jnp.bool_:
        return (x.re != 0) | (x.im != 0)
    return lax.convert_element_type(x.re, target)
