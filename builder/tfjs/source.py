"""Where in the user's code an equation comes from, and how a refusal says so."""

import traceback
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import jax

from builder.errors import BuilderError, ExportError, first_line
from builder.tfjs import _compat

Frame: TypeAlias = tuple[str, int, str]
"""A file, a line in it, and the function that holds the line."""

_LIBRARIES = (str(Path(jax.__file__ or "").parent), str(Path(__file__).parents[1]))


def source_line(eqn: Any) -> str | None:
    """Where the user's code asked for an equation, as `file:line (function)`, if that is known."""
    return line_of(eqn.source_info.traceback)


def line_of(found: Any) -> str | None:
    """The line of the user's code in a traceback of JAX."""
    frames = [] if found is None else list(found.frames)
    return _own_line((f.file_name, f.line_num, f.function_name) for f in frames)


def error_line(error: Exception) -> str | None:
    """Where the user's code raised an exception, or called what did, if that is known."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    return _own_line((f.filename, f.lineno or 0, f.name) for f in frames)


def _own_line(frames: Iterable[Frame]) -> str | None:
    """The first frame outside JAX and this program, and outside other packages if there is any."""
    outside = [frame for frame in frames if not frame[0].startswith(_LIBRARIES)]
    own = [frame for frame in outside if "site-packages" not in frame[0]]
    for file, line, function in own or outside:
        return f"{file}:{line} ({function})"
    return None


@contextmanager
def failures_refused(refuse: Callable[[str, str], ExportError], way_out: str) -> Generator[None]:
    """Tell what goes wrong in a rule as a limit of this program; `refuse` makes the error.

    Raises:
        ExportError: instead of any exception, which is chained to it.
    """
    try:
        yield
    except (BuilderError, MemoryError):
        raise
    except Exception as error:
        reason = f"this program fails to convert it ({first_line(error)})."
        raise refuse(reason, way_out) from error


def refusal(source: str, reason: str, primitive: str, types: str, way_out: str) -> ExportError:
    """The error for an equation that TensorFlow.js cannot run; the caller raises it."""
    return ExportError(
        f"{source}: {reason}\n"
        f"    JAX primitive: {primitive} of JAX {_compat.VERSION}, {types}\n"
        f"    Way out: {way_out}"
    )
