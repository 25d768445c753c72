"""Calls, branches and loops: inlined, or built again around values in parts."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import jax
from jax import lax

from builder.tfjs import _compat
from builder.tfjs.parts.known import Known, stage
from builder.tfjs.parts.registry import Operation, call_rule


@call_rule(*_compat.CALLS)
def _call(op: Operation, *operands: Any) -> Sequence[Any]:
    return op.inline(op.params["jaxpr"], operands)


@call_rule("cond")
def _cond(op: Operation, index: Any, *operands: Any) -> Sequence[Any]:
    """The branch of a known index; else all of them."""
    branches: Sequence[Any] = op.params["branches"]
    if isinstance(index, Known):
        which = min(max(int(index.value), 0), len(branches) - 1)
        return op.inline(branches[which], operands)

    def make(branch: Any) -> Any:
        return lambda: _inline_typed(op, branch, operands)

    return lax.switch(index, [make(branch) for branch in branches])


@call_rule("scan")
def _scan(op: Operation, *operands: Any) -> Sequence[Any]:
    count = op.params["num_consts"]
    carried = count + op.params["num_carry"]
    constants = operands[:count]
    carry, columns = _staged(operands[count:carried]), _staged(operands[carried:])

    def step(carry: Sequence[Any], row: Sequence[Any]) -> tuple[Any, Any]:
        results = _inline_typed(op, op.params["jaxpr"], [*constants, *carry, *row])
        return results[: len(carry)], results[len(carry) :]

    last, rows = lax.scan(
        step, carry, columns, length=op.params["length"], reverse=op.params["reverse"]
    )
    return [*last, *rows]


@call_rule("while")
def _while(op: Operation, *operands: Any) -> Sequence[Any]:
    tested = op.params["cond_nconsts"]
    carried = tested + op.params["body_nconsts"]

    def goes_on(carry: Sequence[Any]) -> Any:
        return _inline_typed(op, op.params["cond_jaxpr"], [*operands[:tested], *carry])[0]

    def loop(carry: Sequence[Any]) -> Sequence[Any]:
        constants = operands[tested:carried]
        results = _inline_typed(op, op.params["body_jaxpr"], [*constants, *carry])
        which = goes_on(carry)
        if which.ndim == 0:
            return results
        # Under vmap, each row has a loop of its own, and stays as it is when that has ended.
        return jax.tree.map(partial(_select_rows, which), results, list(carry))

    return lax.while_loop(lambda carry: goes_on(carry).any(), loop, _staged(operands[carried:]))


def _select_rows(which: Any, new: Any, old: Any) -> Any:
    shape = (*which.shape, *(1 for _ in range(new.ndim - which.ndim)))
    return jax.numpy.where(which.reshape(shape), new, old)


def _inline_typed(op: Operation, jaxpr: Any, operands: Sequence[Any]) -> list[Any]:
    return _staged(op.inline(jaxpr, operands))


def _staged(values: Sequence[Any]) -> list[Any]:
    """Values in the trace whose dtypes are strong, as those that go around a loop must be."""
    return jax.tree.map(_strengthen, list(map(stage, values)))


def _strengthen(array: Any) -> Any:
    return lax.convert_element_type(array, jax.numpy.result_type(array))
