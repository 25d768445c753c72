"""The table of rules: primitive name to the function that lowers it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from builder.errors import ExportError
from builder.tfjs.graph import TensorType, Value
from builder.tfjs.sizes import Sizes


@dataclass(frozen=True)
class Equation:
    """One equation of a jaxpr: what a rule needs to know beside the values of its operands."""

    primitive: str
    params: Mapping[str, Any]
    outputs: tuple[TensorType, ...]
    operands: tuple[TensorType, ...]
    source: str
    sizes: Sizes
    inline: Callable[[Any, Sequence[Value]], list[Value]]
    """Lowers a jaxpr that the equation holds, for some operands."""

    @property
    def type(self) -> TensorType:
        """Type of the only output."""
        return self.outputs[0]

    def refuse(self, reason: str, way_out: str) -> ExportError:
        """The error for an equation that TensorFlow.js cannot run; the caller raises it."""
        types = f"{', '.join(map(str, self.operands))} -> {', '.join(map(str, self.outputs))}"
        return ExportError(
            f"{self.source}: {reason}\n"
            f"    JAX primitive: {self.primitive}, {types}\n"
            f"    Way out: {way_out}"
        )


Rule: TypeAlias = Callable[..., Value | Sequence[Value]]
"""Takes the equation and the operands, returns the outputs."""

RULES: dict[str, Rule] = {}


def rule(*primitives: str) -> Callable[[Rule], Rule]:
    """Register a rule for the primitives named."""

    def register(function: Rule) -> Rule:
        for name in primitives:
            RULES[name] = function
        return function

    return register
