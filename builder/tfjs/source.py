"""Lines of the user's code, as `file:line (function)`."""

import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

import jax

Frame: TypeAlias = tuple[str, int, str]
"""A file, a line in it, and the function that holds the line."""

_LIBRARIES = (str(Path(jax.__file__ or "").parent), str(Path(__file__).parents[1]))


def source_line(eqn: Any) -> str | None:
    """Where the user's code asked for an equation, if that is known."""
    found = eqn.source_info.traceback
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
