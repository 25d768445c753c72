"""Rules for loops: short ones of known length are written out, the others become StatelessWhile."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from builder.tfjs import ops
from builder.tfjs._compat import split_jaxpr
from builder.tfjs.graph import Dim, TensorType, Value, constant
from builder.tfjs.lower.extent import MOST_EQUATIONS, count_equations, is_unrolled
from builder.tfjs.lower.functions import graph_of, parameters, run_while
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import broadcast

MOST_CONSTANT_STEPS = 1024
"""Loops that read no input are run before the export for up to so many steps."""

STEPS_AT_A_TIME = 8
"""Steps of a scan in each step of its StatelessWhile, if the number of steps is known.

The executor takes longer for a step of a loop than for many an op, and every step copies what the
scan stacks.
"""

_COUNTER = TensorType((), "int32")


@rule("scan")
def _scan(eqn: Equation, *operands: Value) -> Sequence[Value]:
    scan, length = _Scan(eqn, operands), eqn.params["length"]
    step = count_equations(split_jaxpr(eqn.params["jaxpr"])[0])
    if is_unrolled(length, step):
        carry, rows = scan.unroll(scan.start, range(length))
        return [*carry, *scan.stack(rows)]
    at_a_time = 1
    if ops.is_fixed(length):
        at_a_time = max(1, min(STEPS_AT_A_TIME, MOST_EQUATIONS // step))
    return scan.loop(at_a_time)


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

    def unroll(
        self, carry: Sequence[Value], steps: range
    ) -> tuple[Sequence[Value], list[Sequence[Value]]]:
        """What is carried after some steps at its start or end, and what each of them stacks."""
        columns = [self._cut(column, steps) for column in self._columns]
        return self._run(carry, columns, len(steps))

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
    ) -> tuple[Sequence[Value], list[Sequence[Value]]]:
        rows: list[Sequence[Value]] = []
        for step in range(count):
            xs = [ops.reshape(c[step], c[step].shape[1:]) for c in columns]
            results = self._eqn.inline(
                self._eqn.params["jaxpr"], [*self._constants, *carry, *xs]
            )
            carry = results[: len(carry)]
            rows.append(results[len(carry) :])
        return carry, rows

    def stack(self, rows: Sequence[Sequence[Value]], more: Sequence[Value] = ()) -> list[Value]:
        """What steps stack, and `more` of it for later steps, in the order of the result."""
        if not rows and not more and self._stacked:
            raise self._eqn.refuse("a loop of no steps gives an empty array.", "leave it out.")
        stacked: list[Value] = []
        for k in range(len(self._stacked)):
            pieces = [ops.reshape(row[k], (1, *row[k].shape)) for row in rows]
            if more:
                pieces.append(more[k])
                whole = ops.concat(pieces, 0) if len(pieces) > 1 else pieces[0]
                stacked.append(ops.reverse(whole, [0]) if self._eqn.params["reverse"] else whole)
            else:
                stacked.append(ops.concat(pieces[::-1] if self._eqn.params["reverse"] else pieces, 0))
        return stacked

    def loop(self, at_a_time: int) -> list[Value]:
        """The outputs by a loop; steps that are left over come first.

        What is stacked moves through arrays of fixed size, as backends compile code per shape.
        """
        ahead = self._length % at_a_time if at_a_time > 1 else 0
        carry, rows = self.unroll(self.start, range(ahead)) if ahead else (self.start, [])
        count = self._length - ahead
        length = self._eqn.sizes.value(self._length)
        blanks = [
            broadcast(self._eqn, constant(0, kind.dtype), (count, *kind.shape[1:]))
            for kind in self._stacked
        ]
        start = [constant(ahead, "int32"), *carry, *blanks]
        condition = parameters(value.type for value in start)
        goes_on = ops.binary("Less", Value(condition[0]), length)
        body = parameters(value.type for value in start)
        counter, *variables = map(Value, body)
        carried, registers = variables[: len(carry)], variables[len(carry) :]
        columns = [self._gather(column, counter, length, at_a_time) for column in self._columns]
        after, made = self._run(carried, columns, at_a_time)
        results = [
            ops.binary("AddV2", counter, constant(at_a_time, "int32")),
            *after,
            *(_shift(x, [row[k] for row in made]) for k, x in enumerate(registers)),
        ]
        _, *final = run_while(
            graph_of(condition, [goes_on]),
            graph_of(body, results),
            start,
            self._operands,
            self._eqn.sizes,
        )
        return [*final[: len(carry)], *self.stack(rows, final[len(carry) :])]

    def _gather(self, column: Value, counter: Value, length: Value, count: int) -> Sequence[Value]:
        """The entries of an operand that the steps from `counter` on read."""
        ahead = constant(np.arange(count), "int32")
        if self._eqn.params["reverse"]:
            last = ops.binary("Sub", length, constant(1, "int32"))
            counter = ops.binary("Sub", last, counter)
            places = ops.binary("Sub", counter, ahead)
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
    shape = register.shape
    begin = [len(rows), *(0 for _ in shape[1:])]
    if shape[0] == len(rows):
        return ops.concat(added, 0) if len(added) > 1 else added[0]
    return ops.concat([ops.slice_(register, begin, (shape[0] - len(rows), *shape[1:])), *added], 0)


@rule("while")
def _while(eqn: Equation, *operands: Value) -> Sequence[Value]:
    """A loop whose condition depends on constants only, as that of fori_loop may, is unrolled."""
    tested, looped = eqn.params["cond_nconsts"], eqn.params["body_nconsts"]
    around = operands[: tested + looped]
    start: Sequence[Value] = operands[tested + looped :]

    def goes_on(carry: Sequence[Value]) -> Value:
        return eqn.inline(eqn.params["cond_jaxpr"], [*around[:tested], *carry])[0]

    def run(carry: Sequence[Value]) -> list[Value]:
        return eqn.inline(eqn.params["body_jaxpr"], [*around[tested:], *carry])

    step = count_equations(split_jaxpr(eqn.params["body_jaxpr"])[0])
    carry, written = start, 0
    for _ in range(MOST_CONSTANT_STEPS + 1):
        more = goes_on(carry)
        if more.array is None or written > MOST_EQUATIONS:
            break
        if not more.array:
            return carry
        carry = run(carry)
        written += 0 if all(v.array is not None for v in carry) else step
    types = [value.type for value in start]
    condition, body = parameters(types), parameters(types)
    return run_while(
        graph_of(condition, [goes_on([Value(node) for node in condition])]),
        graph_of(body, run([Value(node) for node in body])),
        start,
        around,
        eqn.sizes,
    )
