"""Gathers that take more than whole entries along one axis: element by element."""

from typing import Any

from builder.tfjs import ops
from builder.tfjs.graph import Value
from builder.tfjs.lower.places import Places
from builder.tfjs.lower.registry import Equation


def pick_elements(eqn: Equation, x: Value, indices: Value, *, fill: float | None) -> Value:
    """Any gather of JAX: positions in the flattened operand are computed, then one GatherV2.

    Starts out of range are clipped; with `fill` the entries are that number there.
    """
    dims: Any = eqn.params["dimension_numbers"]
    places = Places(
        eqn,
        x.shape,
        indices,
        sizes=eqn.params["slice_sizes"],
        collapsed=dims.collapsed_slice_dims,
        start_map=dims.start_index_map,
        batching=dims.operand_batching_dims,
        indices_batching=dims.start_indices_batching_dims,
    )
    source = ops.reshape(x, (ops.size(x.shape),))
    picked = ops.gather(source, places.flat(), 0)
    if fill is not None:
        picked = ops.select(places.in_range(), picked, ops.scalar(fill, picked))
    slices, batch = iter(range(places.lead, places.rank)), iter(range(places.lead))
    perm = [next(slices if i in dims.offset_dims else batch) for i in range(places.rank)]
    return ops.transpose(picked, perm)


def take_along_last(eqn: Equation, x: Value, positions: Value) -> Value:
    """Entries of each row of `x` at the int32 positions in the same row."""
    length = x.shape[-1]
    rows = ops.size(x.shape[:-1])
    starts = ops.range_to(eqn.sizes.value(rows), rows, "int32")
    starts = ops.binary("Mul", starts, eqn.sizes.value(length))
    starts = ops.reshape(starts, (rows, 1))
    flat = ops.binary("AddV2", ops.reshape(positions, (rows, positions.shape[-1])), starts)
    taken = ops.gather(ops.reshape(x, (rows * length,)), flat, 0)
    return ops.reshape(taken, positions.shape)
