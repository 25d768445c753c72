"""Rules for writing into arrays at given positions, as `x.at[...].set` and its kin do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Array, Dim, Value
from builder.tfjs.lower.integers import flip
from builder.tfjs.lower.nan import extreme
from builder.tfjs.lower.places import Places
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import broadcast, take_block
from builder.tfjs.lower.update import put_block
from builder.tfjs.numpy.evaluate import fold

COMBINE: Mapping[str, str | None] = {
    "scatter": None,
    "scatter-add": "AddV2",
    "scatter-max": "Maximum",
    "scatter-min": "Minimum",
    "scatter-mul": "Mul",
    "scatter-sub": "Sub",
}
"""What makes one number of the old and the new; without it the new one is kept."""

MOST_ROUNDS = 64
"""Indices that may repeat are written in turn, since TensorFlow.js sums repetitions but no more."""


@rule(*COMBINE)
def _scatter(eqn: Equation, x: Value, indices: Value, updates: Value) -> Value:
    jaxpr = eqn.params["update_jaxpr"]
    if eqn.primitive == "scatter" and jaxpr and jaxpr.outvars[0] is not jaxpr.invars[1]:
        raise eqn.refuse(
            "a function is applied to some entries of an array.",
            "apply it to all of them and choose with jnp.where.",
        )
    if x.dtype != "bool":
        return _write(eqn, x, indices, updates)
    return ops.cast(_write(eqn, ops.cast(x, "int32"), indices, ops.cast(updates, "int32")), "bool")


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


def combine_numbers(eqn: Equation, combine: str, old: Value, new: Value) -> Value:
    """One number of the old and the new."""
    if combine not in ("Maximum", "Minimum"):
        return ops.binary(combine, old, new)
    if eqn.is_unsigned:
        return flip(extreme(combine, flip(old), flip(new)))
    return extreme(combine, old, new)


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
    combine = COMBINE[eqn.primitive]
    if combine is not None:
        old = take_block(eqn, x, begin, tuple(sizes))
        block = combine_numbers(eqn, combine, old, block)
    return put_block(eqn, x, block, begin)


@dataclass(frozen=True)
class _Scatter:
    """One scatter, in the flattened operand; one more entry takes what is out of range."""

    eqn: Equation
    x: Value
    places: Places

    def result(self, updates: Value) -> Value:
        length = ops.size(self.x.shape)
        if 0 in updates.shape:
            return self.x
        column = ops.reshape(self.x, (length,))
        total = ops.concat([column, self._spare(updates)], 0)
        combine = COMBINE[self.eqn.primitive]
        if combine in ("AddV2", "Sub"):
            ((positions, numbers),) = self._rounds(updates, 1)
            total = ops.binary(combine, total, self._sum(positions, numbers, length + 1))
        else:
            for positions, numbers in self._rounds(updates, self._count(combine)):
                if combine is not None:
                    old = ops.gather(total, ops.reshape(positions, numbers.shape), 0)
                    numbers = combine_numbers(self.eqn, combine, old, numbers)
                total = ops.scatter_update(total, positions, numbers)
        kept = take_block(self.eqn, total, [0], (length,))
        return ops.reshape(kept, self.x.shape)

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

    def _count(self, combine: str | None) -> int:
        """Number of rounds: one if no position repeats, else one for each index.

        What is written is written in one round if there are too many. Where positions repeat, the
        last update wins then, as in JAX on processors, but WebGL adds them up.
        """
        shape = self.places.indices.shape[:-1]
        count = ops.size([d for i, d in enumerate(shape) if i not in self.places.indices_batching])
        if self.eqn.params["unique_indices"] or self._all_differ():
            return 1
        if ops.is_fixed(count) and count <= MOST_ROUNDS:
            return count
        if combine is None:
            return 1
        raise self.eqn.refuse(
            f"{count} indices may repeat.",
            f"pass unique_indices=True if they do not, or give at most {MOST_ROUNDS}.",
        )

    def _all_differ(self) -> bool:
        found = fold(self._positions(), {}).array
        return found is not None and np.unique(found).size == found.size

    def _sum(self, positions: Value, numbers: Value, length: Dim) -> Value:
        sizes = None if ops.is_fixed(length) else self.eqn.sizes.shape((length,))
        return ops.scatter_sum(positions, numbers, length, sizes)
