"""Rules for primitives that hold other jaxprs: calls and branches; see `loops` for loops."""

from collections.abc import Sequence
from typing import Any

from builder.tfjs import ops
from builder.tfjs._compat import CALLS, split_jaxpr
from builder.tfjs.graph import Value, constant
from builder.tfjs.lower.extent import is_worth_a_branch
from builder.tfjs.lower.functions import graph_of, parameters, run_if
from builder.tfjs.lower.registry import Equation, rule


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
    """The branch of a constant index; else all of them, and a choice of their results.

    Where a branch may loop, or all are much work together, only the one that is chosen is run.
    """
    branches: Sequence[Any] = eqn.params["branches"]
    if index.array is not None:
        which = min(max(int(index.array), 0), len(branches) - 1)
        return eqn.inline(branches[which], operands)
    if is_worth_a_branch([split_jaxpr(branch)[0] for branch in branches]):
        return _choose(eqn, ops.cast(index, "int32"), branches, operands)
    results = [eqn.inline(branch, operands) for branch in branches]
    chosen = results[-1]
    for i in reversed(range(len(branches) - 1)):
        here = ops.binary("LessEqual", index, ops.scalar(i, index))
        chosen = [ops.select(here, a, b) for a, b in zip(results[i], chosen, strict=True)]
    return chosen


def _choose(
    eqn: Equation, index: Value, branches: Sequence[Any], operands: Sequence[Value]
) -> list[Value]:
    """The outputs of one branch: the first one, or else one of the others."""
    if len(branches) == 1:
        return eqn.inline(branches[0], operands)
    # Constants stay in the branches, where they can be folded.
    variables = [v for v in (index, *operands) if v.array is None]
    first, others = (parameters(v.type for v in variables) for _ in range(2))

    def moved(nodes: Sequence[Any]) -> list[Value]:
        inner = dict(zip(variables, map(Value, nodes), strict=True))
        return [inner.get(v, v) for v in (index, *operands)]

    _, *given = moved(first)
    then = graph_of(first, eqn.inline(branches[0], given))
    index_inside, *given = moved(others)
    following = ops.binary("Sub", index_inside, ops.scalar(1, index_inside))
    otherwise = graph_of(others, _choose(eqn, following, branches[1:], given))
    chosen = ops.binary("LessEqual", index, ops.scalar(0, index))
    return run_if(chosen, then, otherwise, variables, eqn.sizes)
