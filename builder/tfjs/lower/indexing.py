"""Rules for reading parts of arrays at given positions."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Array, Value
from builder.tfjs.lower.gather import pick_elements
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import take_block


@rule("gather")
def _gather(eqn: Equation, x: Value, indices: Value) -> Value:
    """Constant starts become a Slice, entries along one axis a GatherV2, others are computed.

    Starts out of range are clipped, whether JAX clips them or is promised that there are none;
    or what they would read is NaN, where JAX fills.
    """
    if indices.array is not None and len(indices.shape) == 1:
        block = _constant_slice(eqn, x, indices.array)
        if block is not None:
            return block
    if _is_take(eqn, x):
        return _take(eqn, x, indices)
    return pick_elements(eqn, x, indices, fill=_fill_of(eqn))


def _constant_slice(eqn: Equation, x: Value, starts: Array) -> Value | None:
    """The block at constant starts, if it lies within axes of known size, or may be moved there."""
    begin = [0] * len(x.shape)
    for axis, start in zip(eqn.params["dimension_numbers"].start_index_map, starts, strict=True):
        last = x.shape[axis] - eqn.params["slice_sizes"][axis]
        if not ops.is_fixed(last) and start != 0:
            return None
        begin[axis] = int(np.clip(start, 0, last)) if ops.is_fixed(last) else 0
        if begin[axis] != start and _fill_of(eqn) is not None:
            return None
    block = take_block(eqn, x, begin, eqn.params["slice_sizes"])
    return ops.reshape(block, eqn.type.shape)


def _is_take(eqn: Equation, x: Value) -> bool:
    """Whether whole entries along one axis are taken."""
    dims: Any = eqn.params["dimension_numbers"]
    sizes, axes = eqn.params["slice_sizes"], dims.start_index_map
    whole = all(n == x.shape[i] for i, n in enumerate(sizes) if i not in axes)
    one = len(axes) == 1 and dims.collapsed_slice_dims == axes and sizes[axes[0]] == 1
    return one and whole and not dims.operand_batching_dims


def _take(eqn: Equation, x: Value, indices: Value) -> Value:
    dims: Any = eqn.params["dimension_numbers"]
    axes = dims.start_index_map
    axis = axes[0]
    positions = ops.reshape(indices, indices.shape[:-1])
    last = eqn.sizes.value(x.shape[axis] - 1)
    within = _clip(positions, last)
    taken = ops.gather(x, within, axis)
    # TensorFlow puts the axes of the indices in place of `axis`, JAX where offset_dims has room.
    rank = len(taken.shape)
    from_indices = list(range(axis, axis + len(positions.shape)))
    from_slices = [i for i in range(rank) if i not in from_indices]
    perm = [0] * rank
    for place in range(rank):
        perm[place] = (from_slices if place in dims.offset_dims else from_indices).pop(0)
    taken = ops.transpose(taken, perm)
    fill = _fill_of(eqn)
    if fill is None or within is positions:
        return taken
    inside = ops.binary("Equal", positions, within)
    batch = [1 if i in dims.offset_dims else d for i, d in enumerate(taken.shape)]
    return ops.select(ops.reshape(inside, batch), taken, ops.scalar(fill, taken))


def _clip(positions: Value, last: Value) -> Value:
    """Positions from 0 to the last; constants that are such stay as they are."""
    if positions.array is not None and last.array is not None:
        known = positions.array
        if ((known >= 0) & (known <= last.array)).all():
            return positions
    positions = ops.binary("Maximum", positions, ops.scalar(0, positions))
    return ops.binary("Minimum", positions, last)


def _fill_of(eqn: Equation) -> float | None:
    """What is read out of range, where JAX fills: `fill_value`, or what stands for none."""
    if "FILL_OR_DROP" not in str(eqn.params["mode"]):
        return None
    if (given := eqn.params["fill_value"]) is not None:
        number = np.asarray(given)
        return (
            number.astype(np.int64).astype(np.int32).item()
            if number.dtype.kind in "iu"
            else number.item()
        )
    dtype = eqn.operand_dtypes[0]
    if eqn.type.dtype == "float32":
        return np.nan
    if eqn.type.dtype == "bool":
        return True
    # The greatest unsigned number, or the least of others; uint32 keeps its bits.
    limits = jnp.iinfo(dtype)
    return _as_held(int(limits.max if limits.min == 0 else limits.min))


def _as_held(number: Any) -> float:
    """A number as TensorFlow.js holds it: a uint32 keeps its bits."""
    value = np.asarray(number)
    is_integer = np.issubdtype(value.dtype, np.integer)
    return value.astype(np.int64).astype(np.int32).item() if is_integer else value.item()


@rule("dynamic_slice")
def _dynamic_slice(eqn: Equation, x: Value, *starts: Value) -> Value:
    begin: list[int] = []
    for axis, start in enumerate(starts):
        room = x.shape[axis] - eqn.type.shape[axis]
        if room == 0:
            begin.append(0)
            continue
        if start.array is None or not ops.is_fixed(room):
            return _moving_slice(eqn, x, starts)
        begin.append(int(np.clip(start.array, 0, room)))
    return ops.slice_(x, begin, eqn.type.shape)


def _moving_slice(eqn: Equation, x: Value, starts: Sequence[Value]) -> Value:
    """A slice from positions computed at run time: one axis after the other is gathered."""
    for axis, start in enumerate(starts):
        size, length = eqn.type.shape[axis], x.shape[axis]
        if size == length:
            continue
        last = eqn.sizes.value(length - size)
        first = ops.binary("Minimum", ops.binary("Maximum", start, ops.scalar(0, start)), last)
        steps = ops.range_to(eqn.sizes.value(size), size, "int32")
        x = ops.gather(x, ops.binary("AddV2", steps, first), axis)
    return x
