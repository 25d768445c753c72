"""Rules for writing into arrays at given positions, as `x.at[...].set` and its kin do.

TensorFlow.js adds up what is written to one position, and no more. So positions that may repeat
are sorted first, and what belongs to one of them becomes one number.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

import numpy as np
from jax.extend.core import ClosedJaxpr

from builder.tfjs import ops
from builder.tfjs.graph import Array, Dim, Value, constant
from builder.tfjs.lower.integers import reverse_order
from builder.tfjs.lower.monoid import Monoid, find_combine
from builder.tfjs.lower.places import Places
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import broadcast, take_block
from builder.tfjs.lower.sort import falling_order, rising_order
from builder.tfjs.lower.update import put_block
from builder.tfjs.numpy.evaluate import fold

COMBINE: Mapping[str, str | None] = {
    "scatter": None,
    "scatter-add": "add",
    "scatter-max": "max",
    "scatter-min": "min",
    "scatter-mul": "mul",
    "scatter-sub": "sub",
}
"""What makes one number of the old and the new; without it the new one is kept."""

MOST_ROUNDS = 64
"""A function is applied to indices that may repeat in turn."""

_COUNT = count()

Combine: TypeAlias = Callable[[Value, Value], Value]
"""Makes one number of the old and the new."""


@rule(*COMBINE)
def _scatter(eqn: Equation, x: Value, indices: Value, updates: Value) -> Value:
    if 0 in updates.shape:
        return x
    if x.dtype != "bool":
        return _write(eqn, x, indices, updates)
    return ops.truth(_write(eqn, ops.cast(x, "int32"), indices, ops.cast(updates, "int32")))


def _write(eqn: Equation, x: Value, indices: Value, updates: Value) -> Value:
    """One block at a constant place is surrounded by slices; else positions are computed."""
    dims: Any = eqn.params["dimension_numbers"]
    window = iter(dims.update_window_dims)
    gone = (*dims.inserted_window_dims, *dims.operand_batching_dims)
    sizes = [1 if i in gone else updates.shape[next(window)] for i in range(len(x.shape))]
    countable = all(ops.is_fixed(x.shape[i]) for i in dims.scatter_dims_to_operand_dims)
    if indices.array is not None and len(indices.shape) == 1 and countable:
        return _write_block(eqn, x, indices.array, updates, sizes)
    places = Places(
        eqn,
        x.shape,
        indices,
        sizes=sizes,
        collapsed=dims.inserted_window_dims,
        start_map=dims.scatter_dims_to_operand_dims,
        batching=dims.operand_batching_dims,
        indices_batching=dims.scatter_indices_batching_dims,
    )
    lead = [i for i in range(len(updates.shape)) if i not in dims.update_window_dims]
    aligned = ops.transpose(updates, [*lead, *dims.update_window_dims])
    return _Scatter(eqn, x, places).result(aligned)


def _combine_of(eqn: Equation) -> Combine | None:
    """How a number that is written meets the one that is there, if it does not replace it."""
    name = COMBINE[eqn.primitive]
    if name == "sub":
        return lambda old, new: ops.binary("Sub", old, new)
    if name is not None:
        monoid = _monoid_of(eqn, name)
        return lambda old, new: monoid.encode(
            monoid.combine(monoid.encode(old), monoid.encode(new))
        )
    if not _applies_function(eqn):
        return None
    closed = ClosedJaxpr(eqn.params["update_jaxpr"], eqn.params["update_consts"])
    function = find_combine(eqn, closed, eqn.operand_dtypes[:1])

    def apply(old: Value, new: Value) -> Value:
        if eqn.type.dtype == "bool":
            return ops.cast(function([ops.truth(old)], [ops.truth(new)])[0], "int32")
        return function([old], [new])[0]

    return apply


def _applies_function(eqn: Equation) -> bool:
    jaxpr = eqn.params["update_jaxpr"]
    return bool(eqn.primitive == "scatter" and jaxpr and jaxpr.outvars[0] is not jaxpr.invars[1])


def _monoid_of(eqn: Equation, name: str) -> Monoid:
    """Of booleans, that of the integers 0 and 1."""
    dtype = np.dtype(eqn.operand_dtypes[0])
    return Monoid(name, np.dtype(np.int32) if dtype == np.bool_ else dtype)


def _drops(eqn: Equation) -> bool:
    """Whether what is out of range is not written; else starts are clipped.

    Where JAX is promised that there is none, it writes none either, on processors.
    """
    return "CLIP" not in str(eqn.params["mode"])


def _write_block(
    eqn: Equation, x: Value, starts: Array, updates: Value, sizes: Sequence[Dim]
) -> Value:
    begin = [0] * len(x.shape)
    axes = eqn.params["dimension_numbers"].scatter_dims_to_operand_dims
    for axis, start in zip(axes, starts, strict=True):
        last = x.shape[axis] - sizes[axis]
        begin[axis] = int(np.clip(start, 0, last))
        if begin[axis] != start and _drops(eqn):
            return x
    block = ops.reshape(updates, tuple(sizes))
    combine = _combine_of(eqn)
    if combine is not None:
        block = combine(take_block(eqn, x, begin, tuple(sizes)), block)
    return put_block(eqn, x, block, begin)


@dataclass(frozen=True)
class _Scatter:
    """One scatter, in the flattened operand; one more entry takes what is out of range."""

    eqn: Equation
    x: Value
    places: Places

    def result(self, updates: Value) -> Value:
        length = ops.size(self.x.shape)
        column = ops.reshape(self.x, (length,))
        # TensorScatterUpdate writes into its operand on cpu, so that no other node may read it:
        # an attribute of its own keeps it from becoming one node with others of the same value.
        total = ops.concat([column, self._spare(updates)], 0, own=next(_COUNT))
        name = COMBINE[self.eqn.primitive]
        if name in ("add", "sub"):
            ((positions, numbers),) = self._rounds(updates, 1)
            op = {"add": "AddV2", "sub": "Sub"}[name]
            total = ops.binary(op, total, self._sum(positions, numbers, length + 1))
        else:
            combine = _combine_of(self.eqn)
            for positions, numbers in self._distinct(updates):
                if combine is not None:
                    old = ops.gather(total, ops.reshape(positions, numbers.shape), 0)
                    numbers = combine(old, numbers)
                total = ops.scatter_update(total, positions, numbers)
        kept = take_block(self.eqn, total, [0], (length,))
        return ops.reshape(kept, self.x.shape)

    def _distinct(self, updates: Value) -> list[tuple[Value, Value]]:
        """Positions and numbers such that no position is written twice in a round."""
        count = self._count()
        if count == 1:
            return self._rounds(updates, 1)
        if _applies_function(self.eqn):
            if ops.is_fixed(count) and count <= MOST_ROUNDS:
                return self._rounds(updates, count)
            raise self.eqn.refuse(
                f"a function is applied at {count} indices, which may repeat.",
                f"pass unique_indices=True if they do not, or give at most {MOST_ROUNDS}.",
            )
        ((positions, numbers),) = self._rounds(updates, 1)
        flat = ops.reshape(positions, numbers.shape)
        spare = self.eqn.sizes.value(ops.size(self.x.shape))
        places, ones = _one_for_each(self.eqn, flat, numbers, spare)
        return [(ops.reshape(places, positions.shape), ones)]

    def _spare(self, updates: Value) -> Value:
        """One more entry, whose number nobody reads.

        It is one that the model computes: on cpu, TensorScatterUpdate writes into its operand, so
        that must be made anew in every run.
        """
        source = updates if updates.array is None else ops.cast(self.places.indices, updates.dtype)
        one = (1,) * len(source.shape)
        return ops.reshape(take_block(self.eqn, source, [0] * len(one), one), (1,))

    def _positions(self) -> Value:
        """The position of every update, that of the spare entry if it is to be dropped."""
        flat = self.places.flat()
        if not _drops(self.eqn):
            return flat
        spare = self.eqn.sizes.value(ops.size(self.x.shape))
        return ops.select(self.places.in_range(), flat, spare)

    def _rounds(self, updates: Value, count: int) -> list[tuple[Value, Value]]:
        """Positions [n, 1] and numbers [n] of each round; in a round of several no two meet."""
        batching = self.places.indices_batching
        turns = [i for i in range(self.places.lead) if i not in batching]
        perm = [*turns, *(i for i in range(self.places.rank) if i not in turns)]
        flat = broadcast(self.eqn, self._positions(), updates.shape)
        length = ops.size(updates.shape) // count

        def cut(value: Value) -> tuple[Value, ...]:
            rows = ops.reshape(ops.transpose(value, perm), (count, length))
            return ops.split(rows, [1] * count, 0) if count > 1 else (rows,)

        return [
            (ops.reshape(positions, (length, 1)), ops.reshape(numbers, (length,)))
            for positions, numbers in zip(cut(flat), cut(updates), strict=True)
        ]

    def _count(self) -> Dim:
        """How many indices there are that may name one position."""
        shape = self.places.indices.shape[:-1]
        if self.eqn.params["unique_indices"] or self._all_differ():
            return 1
        return ops.size([d for i, d in enumerate(shape) if i not in self.places.indices_batching])

    def _all_differ(self) -> bool:
        found = fold(self._positions(), {}).array
        return found is not None and np.unique(found).size == found.size

    def _sum(self, positions: Value, numbers: Value, length: Dim) -> Value:
        sizes = None if ops.is_fixed(length) else self.eqn.sizes.shape((length,))
        return ops.scatter_sum(positions, numbers, length, sizes)


def _one_for_each(
    eqn: Equation, positions: Value, numbers: Value, spare: Value
) -> tuple[Value, Value]:
    """One number for each position [n], from all that are written there, and `spare` for the rest.

    Sorted by position, the last of equal ones has the number: it came last, or is the largest if
    numbers were sorted before, or has been multiplied with all before it.
    """
    name = COMBINE[eqn.primitive]
    if name in ("max", "min"):
        order = _by_size(eqn, numbers, _monoid_of(eqn, name))
        positions, numbers = (ops.gather(v, order, 0) for v in (positions, numbers))
    order = falling_order(eqn, reverse_order(positions))
    positions, numbers = (ops.gather(v, order, 0) for v in (positions, numbers))
    if name == "mul":
        numbers = _multiply_runs(eqn, positions, numbers)
    count = positions.shape[0]
    later = take_block(eqn, positions, [1], (count - 1,))
    following = ops.concat([later, constant([-1], "int32")], 0)
    is_last = ops.binary("NotEqual", positions, following)
    return ops.select(is_last, positions, spare), numbers


def _by_size(eqn: Equation, numbers: Value, monoid: Monoid) -> Value:
    """The order in which the greatest of all, or for min the least, comes last; NaN after it."""
    encoded = monoid.encode(numbers)
    return rising_order(eqn, encoded if monoid.name == "max" else reverse_order(encoded))


def _multiply_runs(eqn: Equation, positions: Value, numbers: Value) -> Value:
    """Each number times all before it at the same position, by doubling."""
    monoid, (count,) = _monoid_of(eqn, "mul"), positions.shape
    if not ops.is_fixed(count):
        raise eqn.refuse(
            "a symbolic number of indices may repeat.",
            "pass unique_indices=True if they do not, or fix their number.",
        )
    reach = 1
    while reach < count:
        rest = (count - reach,)
        here, before = (ops.slice_(positions, [first], rest) for first in (reach, 0))
        product = monoid.combine(
            ops.slice_(numbers, [0], rest), own := ops.slice_(numbers, [reach], rest)
        )
        joined = ops.select(ops.binary("Equal", here, before), product, own)
        numbers = ops.concat([ops.slice_(numbers, [0], (reach,)), joined], 0)
        reach *= 2
    return numbers
