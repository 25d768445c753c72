"""Where in the user's code an equation comes from, and how a refusal says so."""

from pathlib import Path
from typing import Any

import jax

from builder.errors import ExportError
from builder.tfjs import _compat

_LIBRARIES = tuple(str(Path(m.__file__).parent) for m in [jax] if m.__file__)


def source_line(eqn: Any) -> str | None:
    """Where the user's code asked for an equation, as `file:line (function)`, if that is known."""
    return line_of(eqn.source_info.traceback)


def line_of(traceback: Any) -> str | None:
    """The line of the user's code in a traceback of JAX.

    Frames of JAX and of other installed packages are skipped while any other is left.
    """
    frames = [] if traceback is None else list(traceback.frames)
    outside = [f for f in frames if not f.file_name.startswith(_LIBRARIES)]
    own = [f for f in outside if "site-packages" not in f.file_name]
    for frame in own or outside:
        return f"{frame.file_name}:{frame.line_num} ({frame.function_name})"
    return None


def refusal(source: str, reason: str, primitive: str, types: str, way_out: str) -> ExportError:
    """The error for an equation that TensorFlow.js cannot run; the caller raises it."""
    return ExportError(
        f"{source}: {reason}\n"
        f"    JAX primitive: {primitive} of JAX {_compat.VERSION}, {types}\n"
        f"    Way out: {way_out}"
    )
