"""The table of rules: primitive name to the function that lowers it."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from builder.errors import ExportError
from builder.tfjs import _compat
from builder.tfjs.graph import TensorType, Value
from builder.tfjs.sizes import Sizes
from builder.tfjs.source import failures_refused, refusal


class Parameters(dict[str, Any]):
    """Parameters of a primitive by name, the same whichever version of JAX binds it."""

    def __missing__(self, name: str) -> Any:
        raise _MissingParameterError(name)


class _MissingParameterError(KeyError):
    """A rule reads a parameter that this version of JAX does not bind."""


@dataclass(frozen=True)
class Equation:
    """One equation of a jaxpr: what a rule needs to know beside the values of its operands."""

    primitive: str
    params: Parameters
    outputs: tuple[TensorType, ...]
    operands: tuple[TensorType, ...]
    output_dtypes: tuple[Any, ...]
    operand_dtypes: tuple[Any, ...]
    """The dtypes that JAX has, which are narrower or unsigned where those of the types are not."""
    source: str
    sizes: Sizes
    inline: Callable[[Any, Sequence[Value]], list[Value]]
    """Lowers a jaxpr that the equation holds, for some operands."""

    @property
    def type(self) -> TensorType:
        """Type of the only output."""
        return self.outputs[0]

    @property
    def is_unsigned(self) -> bool:
        """Whether the first operand is uint32, of which int32 has the bits but not the order."""
        return self.operand_dtypes[0] == np.uint32

    def refuse(self, reason: str, way_out: str) -> ExportError:
        """The error for an equation that TensorFlow.js cannot run; the caller raises it."""
        types = f"{', '.join(map(str, self.operands))} -> {', '.join(map(str, self.outputs))}"
        return refusal(self.source, reason, self.primitive, types, way_out)

    def refuse_unknown(self) -> ExportError:
        """The error for an equation that no rule lowers; the caller raises it."""
        other = "" if _compat.is_tested() else f"install {_TESTED}, which this program knows; or "
        return self.refuse(
            "TensorFlow.js export does not know this operation.",
            f"{other}write this line with other jax.numpy functions, or compute it before the "
            "export and pass the result as a parameter or an input.",
        )

    @contextmanager
    def refuse_failures(self) -> Generator[None]:
        """Tell what goes wrong in a rule as a limit of this program, with the user's line.

        Raises:
            ExportError: instead of any exception, which is chained to it.
        """
        with failures_refused(self.refuse, _OTHER_VERSION):
            try:
                yield
            except _MissingParameterError as error:
                reason = f"this program needs the parameter {error}, which this JAX does not give."
                raise self.refuse(reason, _OTHER_VERSION) from error


_TESTED = f"JAX {' to '.join(_compat.TESTED)}"
_OTHER_VERSION = (
    f"this is a limit of this program, not a mistake of yours. It is tested with {_TESTED}: "
    "install one of these if yours is another, or write this line with other jax.numpy functions."
)


Rule: TypeAlias = Callable[..., Value | Sequence[Value]]
"""Takes the equation and the operands, returns the outputs."""

RULES: dict[str, Rule] = {}

ELEMENTWISE: set[str] = set()
"""Primitives that compute each element from the same elements of operands or from scalars."""


def rule(*primitives: str) -> Callable[[Rule], Rule]:
    """Register a rule for the primitives named."""

    def register(function: Rule) -> Rule:
        for name in primitives:
            RULES[name] = function
        return function

    return register


def elementwise(*primitives: str) -> Callable[[Rule], Rule]:
    """Register a rule for primitives that compute each element alone."""
    ELEMENTWISE.update(primitives)
    return rule(*primitives)
