"""Products of matrices whose rows belong to groups, of which each has its own second factor."""

from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from builder.tfjs.lower.expansion import expansion
from builder.tfjs.lower.registry import Equation


@expansion("ragged_dot_general")
def _ragged_dot(eqn: Equation, x: jax.Array, y: jax.Array, sizes: jax.Array, *_: Any) -> Any:
    """One product for each group, with 0 for the rows of all others; `sizes` are those of groups.

    Where the rows are contracted, the products stay apart, else they are added up.
    """
    numbers: Any = eqn.params["ragged_dot_dimension_numbers"]
    (x_contract, y_contract), (x_batch, y_batch) = numbers.dot_dimension_numbers
    (ragged,) = numbers.lhs_ragged_dimensions
    if len(sizes.shape) != 1 or eqn.params["group_offset"] is not None or ragged in x_batch:
        raise eqn.refuse(
            "the groups differ from one matrix to the next, or have an offset.",
            "use jax.lax.ragged_dot, or multiply one matrix after the other.",
        )
    ends = jnp.cumsum(sizes)
    shape = [-1 if axis == ragged else 1 for axis in range(x.ndim)]
    rows = jnp.arange(x.shape[ragged]).reshape(shape)
    kind = eqn.params["preferred_element_type"]
    groups = numbers.rhs_group_dimensions

    def lower(axis: int) -> int:
        return axis - sum(group < axis for group in groups)

    dimensions = (
        (x_contract, tuple(map(lower, y_contract))),
        (x_batch, tuple(map(lower, y_batch))),
    )

    def multiply(first: jax.Array, end: jax.Array, factor: jax.Array) -> jax.Array:
        own = jnp.where((rows >= first) & (rows < end), x, jnp.zeros((), x.dtype))
        return lax.dot_general(own, factor, dimensions, preferred_element_type=kind)

    if not groups:
        return jax.vmap(multiply, (0, 0, None))(ends - sizes, ends, y)
    (axis,) = groups
    products = jax.vmap(multiply, (0, 0, axis))(ends - sizes, ends, y)
    return products.sum(0).astype(eqn.output_dtypes[0])
