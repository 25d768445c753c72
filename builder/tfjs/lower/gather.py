"""Gathers that take more than whole entries along one axis: element by element."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Dim, Value, constant
from builder.tfjs.lower.registry import Equation
from builder.tfjs.lower.shape import broadcast, checked_reshape


def pick_elements(eqn: Equation, x: Value, indices: Value, *, fill: bool) -> Value:
    """Any gather of JAX: positions in the flattened operand are computed, then one GatherV2.

    Starts out of range are clipped; with `fill` the entries are NaN there (or the least int).
    """
    if not ops.is_static(x.shape[1:]):
        raise eqn.refuse("an array of symbolic inner sizes is indexed.", "fix all but the batch.")
    return _Pick(eqn, x, indices).result(fill=fill)


@dataclass(frozen=True)
class _Pick:
    """One gather. While it is computed, the axes of the indices come first, then the slices'."""

    eqn: Equation
    x: Value
    indices: Value

    @cached_property
    def dims(self) -> Any:
        return self.eqn.params["dimension_numbers"]

    @cached_property
    def sizes(self) -> Sequence[int]:
        return self.eqn.params["slice_sizes"]

    @cached_property
    def offsets(self) -> list[int]:
        """The axes of the operand that slices keep."""
        gone = (*self.dims.collapsed_slice_dims, *self.dims.operand_batching_dims)
        return [i for i in range(len(self.x.shape)) if i not in gone]

    @cached_property
    def lead(self) -> int:
        """Number of axes that come from the indices."""
        return len(self.indices.shape) - 1

    @property
    def rank(self) -> int:
        return self.lead + len(self.offsets)

    def result(self, *, fill: bool) -> Value:
        shape = (*self.indices.shape[:-1], *(self.sizes[i] for i in self.offsets))
        terms = [
            ops.binary("Mul", term, ops.scalar(ops.size(self.x.shape[axis + 1 :]), term))
            for axis in range(len(self.x.shape))
            for term in self.terms(axis)
        ]
        flat = terms[0]
        for term in terms[1:]:
            flat = ops.binary("AddV2", flat, term)
        source = checked_reshape(self.eqn, self.x, (ops.size(self.x.shape),))
        picked = ops.gather(source, broadcast(self.eqn, flat, shape), 0)
        if fill:
            number = np.nan if self.x.dtype == "float32" else np.iinfo(np.int32).min
            picked = ops.select(self.in_range(), picked, ops.scalar(number, picked))
        slices, batch = iter(range(self.lead, self.rank)), iter(range(self.lead))
        perm = [next(slices if i in self.dims.offset_dims else batch) for i in range(self.rank)]
        return ops.transpose(picked, perm)

    def start(self, axis: int) -> Value:
        """Where slices start along an axis of `start_index_map`, as given."""
        place = self.dims.start_index_map.index(axis)
        sizes = (*self.indices.shape[:-1], 1)
        column = ops.slice_(self.indices, [0] * self.lead + [place], sizes)
        ones = (1,) * len(self.offsets)
        return checked_reshape(self.eqn, column, (*self.indices.shape[:-1], *ones))

    def last_start(self, axis: int) -> Value:
        return self.eqn.sizes.value(self.x.shape[axis] - self.sizes[axis])

    def terms(self, axis: int) -> list[Value]:
        """What is added to the position along an axis: start, place in slice, place in batch."""
        terms: list[Value] = []
        if axis in self.dims.start_index_map:
            start = self.start(axis)
            start = ops.binary("Maximum", start, ops.scalar(0, start))
            terms.append(ops.binary("Minimum", start, self.last_start(axis)))
        if axis in self.offsets:
            trailing = len(self.offsets) - self.offsets.index(axis) - 1
            terms.append(self.steps(self.sizes[axis], trailing))
        if axis in self.dims.operand_batching_dims:
            which = self.dims.operand_batching_dims.index(axis)
            trailing = self.rank - self.dims.start_indices_batching_dims[which] - 1
            terms.append(self.steps(self.x.shape[axis], trailing))
        return terms

    def steps(self, length: Dim, trailing: int) -> Value:
        """0, 1, ... along an axis that so many others follow."""
        if ops.is_fixed(length):
            steps = constant(np.arange(length), "int32")
        else:
            steps = ops.range_to(self.eqn.sizes.value(length), length, "int32")
        return ops.reshape(steps, (length, *(1,) * trailing))

    def in_range(self) -> Value:
        """Where all starts are such that the slice lies within the operand."""
        tests: list[Value] = []
        for axis in self.dims.start_index_map:
            start = self.start(axis)
            tests.append(ops.binary("GreaterEqual", start, ops.scalar(0, start)))
            tests.append(ops.binary("LessEqual", start, self.last_start(axis)))
        inside = tests[0]
        for test in tests[1:]:
            inside = ops.binary("LogicalAnd", inside, test)
        return inside


def take_along_last(eqn: Equation, x: Value, positions: Value) -> Value:
    """Entries of each row of `x` at the int32 positions in the same row."""
    length = x.shape[-1]
    rows = ops.size(x.shape[:-1])
    starts = ops.range_to(eqn.sizes.value(rows), rows, "int32")
    starts = ops.reshape(ops.binary("Mul", starts, ops.scalar(length, starts)), (rows, 1))
    flat = ops.binary("AddV2", checked_reshape(eqn, positions, (rows, positions.shape[-1])), starts)
    taken = ops.gather(checked_reshape(eqn, x, (rows * length,)), flat, 0)
    return checked_reshape(eqn, taken, positions.shape)
