"""Rules that write a block into an array: dynamic_update_slice, and the block of a scatter."""

from collections.abc import Sequence

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Value, constant
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import take_block


@rule("dynamic_update_slice")
def _dynamic_update_slice(eqn: Equation, x: Value, update: Value, *starts: Value) -> Value:
    if 0 in update.shape:
        return x
    begin: list[int] = []
    for axis, start in enumerate(starts):
        room = x.shape[axis] - update.shape[axis]
        if room == 0:
            begin.append(0)
        elif start.array is None or not ops.is_fixed(room):
            return _move_block(eqn, x, update, starts)
        else:
            begin.append(int(np.clip(start.array, 0, room)))
    return put_block(eqn, x, update, begin)


def put_block(eqn: Equation, x: Value, update: Value, begin: Sequence[int]) -> Value:
    """`x` with a block replaced, axis by axis: what is before it, the block, what is after it."""
    for axis in reversed(range(len(begin))):
        update = _surround(eqn, x, update, begin, axis)
    return update


def _surround(eqn: Equation, x: Value, update: Value, begin: Sequence[int], axis: int) -> Value:
    """The update with what is before and after it along an axis; later axes are whole already."""
    high = begin[axis] + update.shape[axis]
    pieces: list[Value] = []
    for first, size in ((0, begin[axis]), (high, x.shape[axis] - high)):
        if size != 0:
            place = [*begin[:axis], first, *(0 for _ in begin[axis + 1 :])]
            sizes = tuple(size if i == axis else d for i, d in enumerate(update.shape))
            pieces.append(take_block(eqn, x, place, sizes))
    pieces.insert(1 if begin[axis] else 0, update)
    return pieces[0] if len(pieces) == 1 else ops.concat(pieces, axis)


def _move_block(eqn: Equation, x: Value, update: Value, starts: Sequence[Value]) -> Value:
    """A block at a place computed at run time: every element is the old or the moved one."""
    inside = constant(True)
    for axis, start in enumerate(starts):
        size, length = update.shape[axis], x.shape[axis]
        if size == length:
            continue
        room = eqn.sizes.value(length - size)
        first = ops.binary("Minimum", ops.binary("Maximum", start, ops.scalar(0, start)), room)
        steps = ops.range_to(eqn.sizes.value(length), length, "int32")
        place = ops.binary("Sub", steps, first)
        last = eqn.sizes.value(size - 1)
        clipped = ops.binary("Minimum", ops.binary("Maximum", place, ops.scalar(0, place)), last)
        update = ops.gather(update, clipped, axis)
        moved = ops.binary("Equal", place, clipped)
        here = ops.reshape(moved, (length, *(1,) * (len(x.shape) - axis - 1)))
        inside = ops.binary("LogicalAnd", inside, here)
    return ops.select(inside, update, x)
