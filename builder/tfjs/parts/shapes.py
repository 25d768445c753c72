"""Rules for primitives that move numbers, which do the same with every part."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from builder.tfjs.parts.arithmetic import multiply
from builder.tfjs.parts.registry import Operation, rule
from builder.tfjs.parts.values import Complex, Keys, is_complex

MOVING = (
    *("broadcast_in_dim", "concatenate", "copy", "copy_p", "dynamic_slice", "expand_dims"),
    *("dynamic_update_slice", "name", "pad", "pvary", "reshape", "rev", "select_and_gather_add"),
    *("select_n", "slice", "squeeze", "stack", "tile", "transpose"),
)
LINEAR = (
    *("add", "add_any", "cumsum", "neg", "reduce_sum", "reduce_window_sum"),
    "sub",
)
"""What is computed of real and imaginary parts apart."""

SEVERAL = ("device_put", "optimization_barrier", "split", "stop_gradient", "unstack")
"""Primitives with several outputs, most of them as many as operands."""


@rule(*MOVING)
def _move(op: Operation, *operands: Any) -> Any:
    return move(op.bind, *operands)


def move(function: Callable[..., Any], *operands: Any) -> Any:
    """What a function that only moves numbers makes of operands in parts."""
    keys = [value for value in operands if isinstance(value, Keys)]
    if not keys:
        return by_part(function, *operands)
    # Each word of the keys moves as they do.
    axes = [-1 if isinstance(value, Keys) else None for value in operands]
    words = [value.words if isinstance(value, Keys) else value for value in operands]
    moved = jax.vmap(function, in_axes=axes, out_axes=-1)(*words)
    return jax.tree.map(partial(Keys, dtype=keys[0].dtype), moved)


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
        return move(op.bind, *operands)
    return operands


@rule("gather")
def _gather(op: Operation, x: Any, indices: Any) -> Any:
    """Where JAX fills with NaN, the imaginary part is 0."""
    fill = op.params["fill_value"]
    if isinstance(x, Keys):
        return move(op.bind, x, indices)
    if fill is None and op.params["mode"] == lax.GatherScatterMode.FILL_OR_DROP:
        fill = complex(jnp.nan, jnp.nan)
    parts = (None, None) if fill is None else (complex(fill).real, complex(fill).imag)
    return Complex(
        op.bind(x.re, indices, fill_value=parts[0]), op.bind(x.im, indices, fill_value=parts[1])
    )


@rule("scatter", "scatter-add", "scatter-sub")
def _scatter(op: Operation, x: Any, indices: Any, updates: Any) -> Any:
    function = lax.scatter if op.name == "scatter" else lax.scatter_add
    if op.name == "scatter-sub":
        updates = by_part(lax.neg, updates)
    names = ("dimension_numbers", "indices_are_sorted", "unique_indices", "mode")
    params = {name: op.params[name] for name in names}

    def scatter(array: Any, indices: Any, updates: Any) -> Any:
        return function(array, indices, updates, **params)

    return move(scatter, x, indices, updates)


@rule("scatter-mul", "scatter_mul")
def _scatter_product(op: Operation, x: Complex, indices: Any, updates: Complex) -> Complex:
    """What is at the indices, multiplied and put back; each may come once."""
    if not op.params["unique_indices"]:
        raise op.refuse(
            "complex numbers are multiplied at indices that may repeat.",
            "if they do not, say unique_indices=True.",
        )
    numbers: Any = op.params["dimension_numbers"]
    taken = lax.GatherDimensionNumbers(
        offset_dims=numbers.update_window_dims,
        collapsed_slice_dims=numbers.inserted_window_dims,
        start_index_map=numbers.scatter_dims_to_operand_dims,
        operand_batching_dims=numbers.operand_batching_dims,
        start_indices_batching_dims=numbers.scatter_indices_batching_dims,
    )
    left_out = (*numbers.inserted_window_dims, *numbers.operand_batching_dims)
    windows = iter([updates.shape[i] for i in numbers.update_window_dims])
    sizes = [1 if i in left_out else next(windows) for i in range(len(x.shape))]
    mode = op.params["mode"]

    def take(part: Any) -> Any:
        return lax.gather(part, indices, taken, sizes, mode=mode, fill_value=0)

    product = multiply(by_part(take, x), updates)

    def put(part: Any, numbers_there: Any) -> Any:
        return lax.scatter(part, indices, numbers_there, numbers, unique_indices=True, mode=mode)

    return by_part(put, x, product)


@rule("bitcast_convert_type")
def _bitcast(op: Operation, x: Any) -> Any:
    if op.outputs[0].dtype != op.operands[0].dtype:
        raise op.refuse(
            "the bits of complex numbers are read as another type.", "take their parts first."
        )
    return x


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
            return by_part(partial(lax.convert_element_type, new_dtype=kind), x)
        part = lax.convert_element_type(x, kind)
        return Complex(part, jnp.zeros_like(part))
    if target == jnp.bool_:
        return (x.re != 0) | (x.im != 0)
    return lax.convert_element_type(x.re, target)
