"""Where a gather reads and a scatter writes: positions in the flattened operand."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Dim, Shape, Value, constant
from builder.tfjs.lower.registry import Equation
from builder.tfjs.lower.shape import broadcast


@dataclass(frozen=True)
class Places:
    """Windows of an operand, one at every index; the axes of the indices come before theirs.

    The fields are named as the dimension numbers of a gather; those of a scatter are the same
    under other names. `sizes` is the size of a window along each axis of the operand.
    """

    eqn: Equation
    operand: Shape
    indices: Value
    sizes: Sequence[Dim]
    collapsed: Sequence[int]
    start_map: Sequence[int]
    batching: Sequence[int]
    indices_batching: Sequence[int]

    @cached_property
    def offsets(self) -> list[int]:
        """The axes of the operand that windows keep."""
        gone = (*self.collapsed, *self.batching)
        return [i for i in range(len(self.operand)) if i not in gone]

    @property
    def lead(self) -> int:
        """Number of axes that come from the indices."""
        return len(self.indices.shape) - 1

    @property
    def rank(self) -> int:
        """Number of axes in all."""
        return self.lead + len(self.offsets)

    @property
    def shape(self) -> Shape:
        """Sizes of the indices, then those of a window."""
        return (*self.indices.shape[:-1], *(self.sizes[i] for i in self.offsets))

    def flat(self) -> Value:
        """The position of every element, int32[shape]; starts out of range are clipped."""
        terms = [
            self._times(term, ops.size(self.operand[axis + 1 :]))
            for axis in range(len(self.operand))
            for term in self._terms(axis)
        ]
        total = terms[0]
        for term in terms[1:]:
            total = ops.binary("AddV2", total, term)
        return broadcast(self.eqn, total, self.shape)

    def _times(self, steps: Value, count: Dim) -> Value:
        return steps if count == 1 else ops.binary("Mul", steps, self.eqn.sizes.value(count))

    def in_range(self) -> Value:
        """Where all starts are such that the window lies within the operand, bool[shape]."""
        tests: list[Value] = []
        for axis in self.start_map:
            start = self._start(axis)
            tests.append(ops.binary("GreaterEqual", start, ops.scalar(0, start)))
            tests.append(ops.binary("LessEqual", start, self._last_start(axis)))
        inside = tests[0]
        for test in tests[1:]:
            inside = ops.binary("LogicalAnd", inside, test)
        return inside

    def _start(self, axis: int) -> Value:
        """Where windows start along an axis of `start_map`, as given."""
        place = self.start_map.index(axis)
        sizes = (*self.indices.shape[:-1], 1)
        column = ops.slice_(self.indices, [0] * self.lead + [place], sizes)
        ones = (1,) * len(self.offsets)
        return ops.reshape(column, (*self.indices.shape[:-1], *ones))

    def _last_start(self, axis: int) -> Value:
        return self.eqn.sizes.value(self.operand[axis] - self.sizes[axis])

    def _terms(self, axis: int) -> list[Value]:
        """What is added to the position along an axis: start, place in window, place in batch."""
        terms: list[Value] = []
        if axis in self.start_map:
            start = self._start(axis)
            start = ops.binary("Maximum", start, ops.scalar(0, start))
            terms.append(ops.binary("Minimum", start, self._last_start(axis)))
        if axis in self.offsets:
            trailing = len(self.offsets) - self.offsets.index(axis) - 1
            terms.append(self._steps(self.sizes[axis], trailing))
        if axis in self.batching:
            which = self.batching.index(axis)
            trailing = self.rank - self.indices_batching[which] - 1
            terms.append(self._steps(self.operand[axis], trailing))
        return terms

    def _steps(self, length: Dim, trailing: int) -> Value:
        """0, 1, ... along an axis that so many others follow."""
        if ops.is_fixed(length):
            steps = constant(np.arange(length), "int32")
        else:
            steps = ops.range_to(self.eqn.sizes.value(length), length, "int32")
        return ops.reshape(steps, (length, *(1,) * trailing))
