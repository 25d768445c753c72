"""How much a jaxpr comes to: what decides whether loops are unrolled and branches computed."""

from collections.abc import Sequence
from math import isqrt, prod
from typing import Any

from builder.tfjs import _compat
from builder.tfjs.graph import Value
from builder.tfjs.ops import is_fixed

MOST_EQUATIONS = 4000
"""Loops are unrolled up to so many equations in all, and up to so many ops.

That many take a second to convert and 300 kB, and run as fast as the loop; `execute()` runs them.
"""

MOST_BRANCH_EQUATIONS = 400
"""Branches of so many equations together are all computed."""

MOST_BRANCH_PRODUCTS = 10_000_000
"""So many numbers may be multiplied for a branch that is not taken: some milliseconds on wasm."""


def is_little(equations: int) -> bool:
    """Whether so many equations are written out, in place of a loop or a branch."""
    return equations <= MOST_EQUATIONS


def is_unrolled(length: Any, step: int) -> bool:
    """Whether a loop of that many steps, each of so many equations, is written out step by step."""
    return is_fixed(length) and is_little(length * max(step, 1))


def steps_at_a_time(step: int) -> int:
    """How many steps of a scan, each of so many equations, make one step of its loop.

    The executor takes longer for a step of a loop than for many an op, and every step copies what
    the scan stacks. With 8 at a time, a scan of 1,000 LSTM steps on 32 rows takes a fifth of the
    time; twice as many gain little.
    """
    return max(1, min(8, MOST_EQUATIONS // (8 * max(step, 1))))


def count_equations(jaxpr: Any) -> int:
    """The equations of a jaxpr and of those that it holds, as often as they are written out."""
    return sum(_count(*_compat.read_equation(eqn)) for eqn in jaxpr.eqns)


def _count(primitive: str, params: dict[str, Any]) -> int:
    inner = sum(map(count_equations, _compat.jaxprs_in(params)))
    if primitive == "scan" and is_unrolled(params["length"], inner):
        return params["length"] * inner
    return max(inner, 1)


def count_ops(results: Sequence[Value], around: Sequence[Value]) -> int:
    """The ops between some values and what is computed from them."""
    seen = {value.node for value in around}
    stack, count = [value.node for value in results], 0
    while stack:
        node = stack.pop()
        if node not in seen and node.array is None:
            seen.add(node)
            count += 1
            stack.extend(value.node for value in node.inputs)
    return count


def is_worth_a_branch(branches: Sequence[Any]) -> bool:
    """Whether the branches, as jaxprs, are too much to compute them all and choose then."""
    if any(map(has_loop, branches)):
        return True
    if sum(map(count_equations, branches)) > MOST_BRANCH_EQUATIONS:
        return True
    return sum(map(_count_products, branches)) > MOST_BRANCH_PRODUCTS


def _count_products(jaxpr: Any) -> int:
    """The numbers that products and convolutions multiply; a symbolic size counts as 1."""
    total = 0
    for eqn in jaxpr.eqns:
        _, params = _compat.read_equation(eqn)
        total += sum(map(_count_products, _compat.jaxprs_in(params)))
        if eqn.primitive.name in ("dot_general", "conv_general_dilated"):
            out, left, right = (
                prod(d for d in v.aval.shape if is_fixed(d)) for v in (*eqn.outvars, *eqn.invars)
            )
            total += isqrt(out * left * right)
    return total


def has_open_loop(jaxpr: Any) -> bool:
    """Whether a jaxpr holds a loop that goes on until what it computes says so."""
    return any(
        eqn.primitive.name == "while" or any(map(has_open_loop, _compat.jaxprs_in(eqn.params)))
        for eqn in jaxpr.eqns
    )


def has_loop(jaxpr: Any) -> bool:
    """Whether a jaxpr may hold a loop that is not unrolled."""
    return any(_is_loop(*_compat.read_equation(eqn)) for eqn in jaxpr.eqns)


def _is_loop(primitive: str, params: dict[str, Any]) -> bool:
    inner = list(_compat.jaxprs_in(params))
    if primitive == "while":
        return True
    if primitive == "scan" and not is_unrolled(params["length"], sum(map(count_equations, inner))):
        return True
    return any(map(has_loop, inner))
