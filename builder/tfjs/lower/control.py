"""Rules for primitives that hold other jaxprs: calls, branches, and loops of known length."""

from collections.abc import Sequence
from typing import Any

from builder.tfjs import ops
from builder.tfjs._compat import CALLS
from builder.tfjs.graph import Value, constant
from builder.tfjs.lower.registry import Equation, rule

MOST_STEPS = 1024
"""Loops are unrolled up to so many steps, as graph models without control flow have no others."""


@rule(*CALLS)
def _call(eqn: Equation, *operands: Value) -> Sequence[Value]:
    return eqn.inline(eqn.params["jaxpr"], operands)


@rule("debug_callback", "debug_print")
def _debug(*_: object) -> Sequence[Value]:
    """What prints while a function is developed has no place in a browser."""
    return ()


@rule("platform_index")
def _platform_index(eqn: Equation) -> Value:
    """Which of several implementations to take: that for processors, or the default (None)."""
    platforms: Sequence[Any] = eqn.params["platforms"]
    suited = [i for i, names in enumerate(platforms) if names is None or "cpu" in names]
    return constant(suited[0], "int32")


@rule("cond")
def _cond(eqn: Equation, index: Value, *operands: Value) -> Sequence[Value]:
    """The branch of a constant index; else all of them, and a choice of their results."""
    branches: Sequence[Any] = eqn.params["branches"]
    if index.array is not None:
        which = min(max(int(index.array), 0), len(branches) - 1)
        return eqn.inline(branches[which], operands)
    results = [eqn.inline(branch, operands) for branch in branches]
    chosen = results[-1]
    for i in reversed(range(len(branches) - 1)):
        here = ops.binary("LessEqual", index, ops.scalar(i, index))
        chosen = [ops.select(here, a, b) for a, b in zip(results[i], chosen, strict=True)]
    return chosen


@rule("scan")
def _scan(eqn: Equation, *operands: Value) -> Sequence[Value]:
    length, constants = eqn.params["length"], eqn.params["num_consts"]
    if not ops.is_fixed(length) or length > MOST_STEPS:
        raise eqn.refuse(
            f"a loop has {length} steps.", f"loop a fixed number of times, at most {MOST_STEPS}."
        )
    carried = constants + eqn.params["num_carry"]
    carry = operands[constants:carried]
    columns = [ops.split(x, [1] * length, 0) for x in operands[carried:]] if length else []
    rows: dict[int, Sequence[Value]] = {}
    for step in reversed(range(length)) if eqn.params["reverse"] else range(length):
        xs = [ops.reshape(c[step], c[step].shape[1:]) for c in columns]
        results = eqn.inline(eqn.params["jaxpr"], [*operands[:constants], *carry, *xs])
        carry, rows[step] = results[: len(carry)], results[len(carry) :]
    if not rows and len(eqn.outputs) > len(carry):
        raise eqn.refuse("a loop of no steps gives an empty array.", "leave it out.")
    stacked = [
        ops.concat([ops.reshape(rows[i][k], (1, *rows[i][k].shape)) for i in range(length)], 0)
        for k in range(len(eqn.outputs) - len(carry))
    ]
    return [*carry, *stacked]


@rule("while")
def _while(eqn: Equation, *operands: Value) -> Sequence[Value]:
    """A loop whose condition depends on constants only, as that of fori_loop does."""
    tested, looped = eqn.params["cond_nconsts"], eqn.params["body_nconsts"]
    carry: Sequence[Value] = operands[tested + looped :]
    for _ in range(MOST_STEPS + 1):
        (goes_on,) = eqn.inline(eqn.params["cond_jaxpr"], [*operands[:tested], *carry])
        if goes_on.array is None:
            break
        if not goes_on.array:
            return carry
        constants = operands[tested : tested + looped]
        carry = eqn.inline(eqn.params["body_jaxpr"], [*constants, *carry])
    raise eqn.refuse(
        "the length of a loop depends on the inputs, or is too large.",
        f"loop a fixed number of times, at most {MOST_STEPS}.",
    )
