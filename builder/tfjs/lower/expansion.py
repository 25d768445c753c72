"""Rules written in jax.numpy, whose equations are lowered in place of the primitive."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import jax

from builder.tfjs.graph import Value
from builder.tfjs.lower.registry import ELEMENTWISE, Equation, rule

Expansion: TypeAlias = Callable[..., Any]
"""Takes the equation and JAX arrays, one for each operand; returns the outputs."""


def expansion(*primitives: str) -> Callable[[Expansion], Expansion]:
    """Register a function of JAX as the rule for the primitives named.

    It may use any primitive that has a rule, those that are themselves expanded included.
    """

    def register(function: Expansion) -> Expansion:
        @rule(*primitives)
        def _expand(eqn: Equation, *operands: Value) -> Sequence[Value]:  # pyright: ignore[reportUnusedFunction] (by registering it)
            return expand(eqn, lambda *arrays: function(eqn, *arrays), *operands)

        return function

    return register


def elementwise_expansion(*primitives: str) -> Callable[[Expansion], Expansion]:
    """The same for primitives that compute each element alone."""
    ELEMENTWISE.update(primitives)
    return expansion(*primitives)


def expand(eqn: Equation, function: Callable[..., Any], *operands: Value) -> list[Value]:
    """What a function of JAX computes of the equation's operands: the leaves of its result."""
    kinds = [
        jax.ShapeDtypeStruct(value.shape, dtype)
        for value, dtype in zip(operands, eqn.operand_dtypes, strict=True)
    ]
    return eqn.inline(jax.make_jaxpr(function)(*kinds), operands)
