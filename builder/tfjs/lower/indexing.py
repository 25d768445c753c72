"""Rules for reading parts of arrays at given positions."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Array, Value
from builder.tfjs.lower.gather import pick_elements
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import take_block


@rule("gather")
def _gather(eqn: Equation, x: Value, indices: Value) -> Value:
    """Constant starts become a Slice, entries along one axis a GatherV2, others are computed.

    Indices of entries along one axis must be in range unless `mode` clips: where JAX would fill
    with NaN, TensorFlow.js throws.
    """
    if indices.array is not None and len(indices.shape) == 1:
        return _constant_slice(eqn, x, indices.array)
    if _is_take(eqn, x):
        return _take(eqn, x, indices)
    return pick_elements(eqn, x, indices, fill=_mode(eqn, "FILL_OR_DROP"))


def _constant_slice(eqn: Equation, x: Value, starts: Array) -> Value:
    begin = [0] * len(x.shape)
    for axis, start in zip(eqn.params["dimension_numbers"].start_index_map, starts, strict=True):
        last = x.shape[axis] - eqn.params["slice_sizes"][axis]
        if not ops.is_fixed(last) and start != 0:
            raise eqn.refuse("a symbolic axis is indexed.", "index axes of fixed size only.")
        begin[axis] = int(np.clip(start, 0, last)) if ops.is_fixed(last) else 0
        if begin[axis] != start and not _mode(eqn, "CLIP"):
            raise eqn.refuse(f"index {start} is out of range.", "use an index within the array.")
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
    if _mode(eqn, "CLIP"):
        positions = _clip(positions, x.shape[axis] - 1)
    taken = ops.gather(x, positions, axis)
    # TensorFlow puts the axes of the indices in place of `axis`, JAX where offset_dims has room.
    rank = len(taken.shape)
    from_indices = list(range(axis, axis + len(positions.shape)))
    from_slices = [i for i in range(rank) if i not in from_indices]
    perm = [0] * rank
    for place in range(rank):
        perm[place] = (from_slices if place in dims.offset_dims else from_indices).pop(0)
    return ops.transpose(taken, perm)


def _clip(positions: Value, last: int) -> Value:
    positions = ops.binary("Maximum", positions, ops.scalar(0, positions))
    return ops.binary("Minimum", positions, ops.scalar(last, positions))


def _mode(eqn: Equation, name: str) -> bool:
    mode = eqn.params["mode"]
    return getattr(mode, "name", str(mode)) == name


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
