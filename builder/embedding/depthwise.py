"""Depthwise convolutions as sums of shifted products.

XLA compiles a convolution with a group for each channel to slow code for CPUs, and elementwise
products to fast code: EfficientNet-Lite embeds five times as many pictures a second.
"""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from builder.tfjs import _compat


def shift_depthwise(function: Callable[..., Any]) -> Callable[..., jax.Array]:
    """The same function of pytrees of arrays, for inference on CPUs."""

    def shifted(*arguments: Any) -> jax.Array:
        closed = jax.make_jaxpr(function)(*arguments)
        (output,) = _evaluate(*_compat.split_jaxpr(closed), jax.tree.leaves(arguments))
        return output

    return shifted


def _evaluate(jaxpr: Any, constants: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
    env: dict[Any, Any] = dict(zip(jaxpr.constvars, constants, strict=True))
    env.update(zip(jaxpr.invars, arguments, strict=True))

    def read(atom: Any) -> Any:
        return atom.val if _compat.is_literal(atom) else env[atom]

    for eqn in jaxpr.eqns:
        results = _evaluate_equation(eqn, list(map(read, eqn.invars)))
        env.update(zip(eqn.outvars, results, strict=True))
    return list(map(read, jaxpr.outvars))


def _evaluate_equation(eqn: Any, operands: Sequence[Any]) -> list[Any]:
    name, params = _compat.read_equation(eqn)
    if name == "conv_general_dilated" and _is_depthwise(params, *operands):
        return [_convolve(params, *operands)]
    if name in _compat.CALLS:
        return _evaluate(*_compat.split_jaxpr(params["jaxpr"]), operands)
    return _compat.bind_again(eqn, operands)


def _is_depthwise(params: dict[str, Any], inputs: jax.Array, kernel: jax.Array) -> bool:
    """Whether each channel has its own plane of a kernel, over two axes and without holes."""
    input_axes, kernel_axes, _ = params["dimension_numbers"]
    channels = inputs.shape[input_axes[1]]
    return (
        inputs.ndim == 4
        and channels > 1
        and params["feature_group_count"] == channels == kernel.shape[kernel_axes[0]]
        and params["batch_group_count"] == 1
        and {*params["lhs_dilation"], *params["rhs_dilation"]} == {1}
    )


def _convolve(params: dict[str, Any], inputs: jax.Array, kernel: jax.Array) -> jax.Array:
    """What the convolution gives, in its layout and type."""
    input_axes, kernel_axes, output_axes = params["dimension_numbers"]
    rows, columns = params["window_strides"]
    out_batch, out_channel, *out_places = output_axes
    dtype = params["preferred_element_type"] or inputs.dtype
    # To [n, h, w, c] and [h, w, c]; negative padding cuts.
    n, c, *places = input_axes
    x = jnp.transpose(inputs, (n, *places, c)).astype(dtype)
    planes = jnp.transpose(kernel, (*kernel_axes[2:], *kernel_axes[:2]))[..., 0].astype(dtype)
    padding = [(low, high, 0) for low, high in [(0, 0), *params["padding"], (0, 0)]]
    x = lax.pad(x, jnp.zeros((), dtype), padding)
    height, width = planes.shape[:2]
    bottom, right = x.shape[1] - height + 1, x.shape[2] - width + 1
    total = sum(
        x[:, i : i + bottom : rows, j : j + right : columns] * planes[i, j]
        for i, j in product(range(height), range(width))
    )
    order = {out_batch: 0, out_places[0]: 1, out_places[1]: 2, out_channel: 3}
    return jnp.transpose(jnp.asarray(total), [order[axis] for axis in range(4)])
