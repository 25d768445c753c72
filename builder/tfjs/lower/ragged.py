"""Products of matrices whose rows belong to groups, as of experts."""

import jax
import jax.numpy as jnp
from jax import lax

from builder.tfjs.lower.expansion import expansion
from builder.tfjs.lower.registry import Equation


@expansion("ragged_dot_general")
def _ragged_dot_general(
    eqn: Equation, left: jax.Array, right: jax.Array, sizes: jax.Array
) -> jax.Array:
    """A product for each group, of the left operand with zeros outside the group.

    The groups follow each other along one axis of the left operand. If it is a free one, every
    row meets the matrix of its group, else there is a product of every group.
    """
    numbers = eqn.params["ragged_dot_dimension_numbers"]
    (left_summed, right_summed), (left_batch, right_batch) = numbers.dot_dimension_numbers
    (axis,) = numbers.lhs_ragged_dimensions
    kind = eqn.params["preferred_element_type"]
    if axis in left_batch:
        dimensions = numbers.dot_dimension_numbers
        return lax.dot_general(left, right, dimensions, preferred_element_type=kind)
    if sizes.ndim != 1 or eqn.params["group_offset"] is not None:
        raise eqn.refuse("groups differ along a batch, or have an offset.", "use jax.vmap.")
    grouped = _in_groups(left, sizes, axis)
    summed = [i + 1 for i in left_summed]
    batch = [i + 1 for i in left_batch]
    if axis not in left_summed:
        pairs = [0, *summed], [*numbers.rhs_group_dimensions, *right_summed]
        both = (pairs, (batch, right_batch))
        return lax.dot_general(grouped, right, both, preferred_element_type=kind)
    both = ((summed, right_summed), (batch, right_batch))
    found = lax.dot_general(grouped, right, both, preferred_element_type=kind)
    return jnp.moveaxis(found, len(batch), 0)


def _in_groups(x: jax.Array, sizes: jax.Array, axis: int) -> jax.Array:
    """[groups, *x.shape], where only what belongs to the group is not zero."""
    shape = [1] * (x.ndim + 1)
    shape[axis + 1] = x.shape[axis]
    places = jnp.arange(x.shape[axis]).reshape(shape)
    ends = jnp.cumsum(sizes).reshape(-1, *[1] * x.ndim)
    starts = ends - sizes.reshape(-1, *[1] * x.ndim)
    return jnp.where((places >= starts) & (places < ends), x[None], jnp.zeros((), x.dtype))
