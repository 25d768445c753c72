"""The tables of rules: primitive name to the function that evaluates it on values in parts."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from builder.errors import ExportError
from builder.tfjs import _compat
from builder.tfjs.parts.callers import caller_line
from builder.tfjs.source import failures_refused, refusal


@dataclass(frozen=True)
class Operation:
    """One equation: what a rule needs to know beside the values of its operands."""

    name: str
    params: dict[str, Any]
    eqn: Any
    evaluate: Callable[[Any, Sequence[Any], Sequence[Any]], list[Any]]
    """Evaluates a jaxpr, with its constants, on values in parts."""

    @property
    def outputs(self) -> list[Any]:
        """Shapes and dtypes that JAX has for the outputs."""
        return [v.aval for v in self.eqn.outvars]

    @property
    def operands(self) -> list[Any]:
        """Shapes and dtypes that JAX has for the operands."""
        return [v.aval for v in self.eqn.invars]

    def bind(self, *operands: Any, **params: Any) -> Any:
        """The same primitive on arrays that TensorFlow.js can hold, some parameters replaced."""
        return self.eqn.primitive.bind(*operands, **{**self.eqn.params, **params})

    def inline(self, jaxpr: Any, operands: Sequence[Any]) -> list[Any]:
        """The outputs of a jaxpr that the equation holds."""
        return self.evaluate(*_compat.split_jaxpr(jaxpr), operands)

    def refuse(self, reason: str, way_out: str) -> ExportError:
        """The error for an equation that TensorFlow.js cannot run; the caller raises it."""
        inputs, outputs = (", ".join(map(str, a)) for a in (self.operands, self.outputs))
        return refusal(caller_line(), reason, self.name, f"{inputs} -> {outputs}", way_out)

    def refuse_unknown(self) -> ExportError:
        """The error for an equation that no rule evaluates; the caller raises it."""
        return self.refuse(
            "TensorFlow.js export does not know this operation for complex numbers or random keys.",
            "write it for the real and the imaginary parts, or compute it before the export and"
            " pass the result as a parameter or an input.",
        )

    @contextmanager
    def refuse_failures(self) -> Generator[None]:
        """Tell what goes wrong in a rule as a limit of this program, with the user's line.

        Raises:
            ExportError: instead of any exception, which is chained to it.
        """
        way_out = (
            "this is a limit of this program, not a mistake of yours: write this line with"
            " other jax.numpy functions."
        )
        # JAX gives inf and nan silently, and so do we.
        with failures_refused(self.refuse, way_out), np.errstate(all="ignore"):
            yield


Rule: TypeAlias = Callable[..., Any]
"""Takes the operation and the operands in parts; returns its output, or a list of several."""

RULES: dict[str, Rule] = {}
CALLS: dict[str, Rule] = {}
"""Rules of what calls other jaxprs, whose operands and outputs may be Known."""


def rule(*primitives: str) -> Callable[[Rule], Rule]:
    """Register a rule for the primitives named."""

    def register(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(primitives, function))
        return function

    return register


def call_rule(*primitives: str) -> Callable[[Rule], Rule]:
    """Register a rule for primitives that call other jaxprs."""

    def register(function: Rule) -> Rule:
        CALLS.update(dict.fromkeys(primitives, function))
        return function

    return register
