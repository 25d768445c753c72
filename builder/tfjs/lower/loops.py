"""Rules for loops: short ones of known length are written out, the others become StatelessWhile."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from builder.tfjs import ops
from builder.tfjs._compat import split_jaxpr
from builder.tfjs.graph import Dim, TensorType, Value, constant
from builder.tfjs.lower.extent import (
    count_equations,
    count_ops,
    is_little,
    is_unrolled,
    steps_at_a_time,
)
from builder.tfjs.lower.functions import graph_of, parameters, run_while
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import broadcast

MOST_CONSTANT_STEPS = 1024
"""Loops that read no input are run before the export for up to so many steps."""


@rule("scan")
def _scan(eqn: Equation, *operands: Value) -> Sequence[Value]:
    scan, length = _Scan(eqn, operands), eqn.params["length"]
    step = count_equations(split_jaxpr(eqn.params["jaxpr"])[0])
    if is_unrolled(length, step):
        first = scan.unroll(scan.start, range(min(length, 1)))
        step = count_ops([*first.carry, *chain(*first.rows)], operands)
    if is_unrolled(length, step):
        carry, rows = scan.unroll(scan.start, range(length))
        return [*carry, *scan.stack(rows)]
    at_a_time = steps_at_a_time(step)
    if ops.is_fixed(length):
        carry, rows = scan.unroll(scan.start, range(length % at_a_time))
        first = _Loop(carry, scan.blanks(length - len(rows)))
        carry, stacked = scan.loop(first, len(rows), length, at_a_time)
        return [*carry, *scan.stack(rows, stacked)]
    # The steps that are left over share the arrays, as WebGPU fails on those without elements.
    whole = length // at_a_time * at_a_time
    found = scan.loop(_Loop(scan.start, scan.blanks(length)), 0, whole, at_a_time)
    if at_a_time > 1:
        found = scan.loop(found, whole, length, 1)
    return [*found.carry, *scan.stack([], found.stacked)]


class _Steps(NamedTuple):
    """What is carried after some steps, and what each of them stacks."""

    carry: Sequence[Value]
    rows: Sequence[Sequence[Value]]


class _Loop(NamedTuple):
    """What is carried after some steps, and the rows that they stack, one array for each kind."""

    carry: Sequence[Value]
    stacked: Sequence[Value]


class _Scan:
    """A scan whose steps are counted in the order in which they run."""

    def __init__(self, eqn: Equation, operands: Sequence[Value]) -> None:
        constants, carried = eqn.params["num_consts"], eqn.params["num_carry"]
        self._eqn = eqn
        self._operands = operands
        self._constants = operands[:constants]
        self.start = operands[constants : constants + carried]
        self._columns = operands[constants + carried :]
        self._length: Dim = eqn.params["length"]
        self._stacked = eqn.outputs[carried:]

    def unroll(self, carry: Sequence[Value], steps: range) -> _Steps:
        """Some steps written out."""
        return self._run(carry, [self._cut(x, steps) for x in self._columns], len(steps))

    def _cut(self, column: Value, steps: range) -> Sequence[Value]:
        """The entries of an operand that steps read."""
        if not steps:
            return []
        if len(steps) < self._length:
            first = self._length - steps.stop if self._eqn.params["reverse"] else steps.start
            begin = [first, *(0 for _ in column.shape[1:])]
            column = ops.slice_(column, begin, (len(steps), *column.shape[1:]))
        rows = ops.split(column, [1] * len(steps), 0)
        return rows[::-1] if self._eqn.params["reverse"] else rows

    def _run(
        self, carry: Sequence[Value], columns: Sequence[Sequence[Value]], count: int
    ) -> _Steps:
        rows: list[Sequence[Value]] = []
        for step in range(count):
            xs = [ops.reshape(c[step], c[step].shape[1:]) for c in columns]
            results = self._eqn.inline(self._eqn.params["jaxpr"], [*self._constants, *carry, *xs])
            carry = results[: len(carry)]
            rows.append(results[len(carry) :])
        return _Steps(carry, rows)

    def stack(self, rows: Sequence[Sequence[Value]], later: Sequence[Value] = ()) -> list[Value]:
        """What steps stack, row by row, and what later ones stack, in the order of the result."""
        backwards = self._eqn.params["reverse"]
        stacked: list[Value] = []
        for k, kind in enumerate(self._stacked):
            pieces = [ops.reshape(row[k], (1, *row[k].shape)) for row in rows]
            if later:
                pieces.append(ops.reverse(later[k], [0]) if backwards else later[k])
            joined = pieces[::-1] if backwards else pieces
            stacked.append(_join(joined) if joined else self._blank(kind, 0))
        return stacked

    def blanks(self, count: Dim) -> list[Value]:
        """Zeros in place of so many rows of all that is stacked."""
        return [self._blank(kind, count) for kind in self._stacked]

    def _blank(self, kind: TensorType, count: Dim) -> Value:
        return broadcast(self._eqn, constant(0, kind.dtype), (count, *kind.shape[1:]))

    def loop(self, before: _Loop, begin: Dim, end: Dim, at_a_time: int) -> _Loop:
        """The steps from `begin` up to `end`, a multiple of `at_a_time`, by a loop.

        What is stacked moves through arrays of fixed size, as backends compile code per shape.
        """
        sizes, carry = self._eqn.sizes, before.carry
        start = [sizes.value(begin), *carry, *before.stacked]
        types = [value.type for value in start]
        condition, body = parameters(types), parameters(types)
        goes_on = ops.binary("Less", Value(condition[0]), sizes.value(end))
        counter, *variables = map(Value, body)
        carried, registers = variables[: len(carry)], variables[len(carry) :]
        columns = [self._gather(column, counter, at_a_time) for column in self._columns]
        after = self._run(carried, columns, at_a_time)
        results = [
            ops.binary("AddV2", counter, constant(at_a_time, "int32")),
            *after.carry,
            *(_shift(x, [row[k] for row in after.rows]) for k, x in enumerate(registers)),
        ]
        graphs = graph_of(condition, [goes_on]), graph_of(body, results)
        _, *final = run_while(*graphs, start, self._operands, sizes)
        return _Loop(final[: len(carry)], final[len(carry) :])

    def _gather(self, column: Value, counter: Value, count: int) -> Sequence[Value]:
        """The entries of an operand that the steps from `counter` on read."""
        ahead = constant(np.arange(count), "int32")
        if self._eqn.params["reverse"]:
            last = self._eqn.sizes.value(self._length - 1)
            places = ops.binary("Sub", ops.binary("Sub", last, counter), ahead)
        else:
            places = ops.binary("AddV2", counter, ahead)
        if column.dtype == "bool":
            rows = ops.truth(ops.gather(ops.cast(column, "int32"), places, 0))
        else:
            rows = ops.gather(column, places, 0)
        return ops.split(rows, [1] * count, 0) if count > 1 else [rows]


def _shift(register: Value, rows: Sequence[Value]) -> Value:
    """Rows appended to as many as it holds; the first ones are dropped."""
    added = [ops.reshape(row, (1, *row.shape)) for row in rows]
    length, *others = register.shape
    if length == len(rows):
        return _join(added)
    begin = [len(rows), *(0 for _ in others)]
    return _join([ops.slice_(register, begin, (length - len(rows), *others)), *added])


def _join(pieces: Sequence[Value]) -> Value:
    return ops.concat(pieces, 0) if len(pieces) > 1 else pieces[0]


@rule("while")
def _while(eqn: Equation, *operands: Value) -> Sequence[Value]:
    """A loop whose condition depends on constants only, as that of fori_loop may, is unrolled."""
    loop = _While(eqn, operands)
    carry = loop.unroll()
    return loop.loop() if carry is None else carry


class _While:
    """A loop; under vmap its condition may be an array, and what has ended stays as it is."""

    def __init__(self, eqn: Equation, operands: Sequence[Value]) -> None:
        self._eqn = eqn
        tested, looped = eqn.params["cond_nconsts"], eqn.params["body_nconsts"]
        self._around = operands[: tested + looped]
        self._tested, self._looped = operands[:tested], operands[tested : tested + looped]
        self._start = operands[tested + looped :]
        condition, _ = split_jaxpr(eqn.params["cond_jaxpr"])
        self._is_batched = bool(condition.outvars[0].aval.shape)

    def _test(self, carry: Sequence[Value]) -> Value:
        return self._eqn.inline(self._eqn.params["cond_jaxpr"], [*self._tested, *carry])[0]

    def _goes_on(self, carry: Sequence[Value]) -> Value:
        more = self._test(carry)
        return ops.reshape(ops.reduce("Any", more, range(len(more.shape))), ())

    def _run(self, carry: Sequence[Value]) -> list[Value]:
        results = self._eqn.inline(self._eqn.params["body_jaxpr"], [*self._looped, *carry])
        if not self._is_batched:
            return results
        more = self._test(carry)
        return [
            ops.select(_align(more, new), new, old) for new, old in zip(results, carry, strict=True)
        ]

    def unroll(self) -> Sequence[Value] | None:
        """What is carried in the end, if this is known to come soon enough."""
        carry, written = self._start, 0
        for _ in range(MOST_CONSTANT_STEPS + 1):
            more = self._goes_on(carry)
            if more.array is None or not is_little(written):
                return None
            if not more.array:
                return carry
            after = self._run(carry)
            written += count_ops(after, [*carry, *self._around])
            carry = after
        return None

    def loop(self) -> list[Value]:
        """What is carried in the end, by a loop."""
        types = [value.type for value in self._start]
        condition, body = parameters(types), parameters(types)
        return run_while(
            graph_of(condition, [self._goes_on([Value(node) for node in condition])]),
            graph_of(body, self._run([Value(node) for node in body])),
            self._start,
            self._around,
            self._eqn.sizes,
        )


def _align(flags: Value, like: Value) -> Value:
    """Flags for the leading axes of a value, in a shape that broadcasts to it."""
    return ops.reshape(flags, (*flags.shape, *(1 for _ in like.shape[len(flags.shape) :])))
