"""What the command line says when it ends early, and streams that let it say so.

Exit codes: 2 for what the user can correct, `BUG` for what only we can, `INTERRUPTED` for Ctrl-C.
"""

import gc
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, metadata
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import NoReturn

from builder.errors import BuilderError, explain_system_error, first_line
from builder.version import NAME, __version__

BAD_INPUT = 2
BUG = 70
"""EX_SOFTWARE of sysexits.h."""
INTERRUPTED = 130
"""What shells give for SIGINT."""

_MOMENT_S = 0.05
"""After which an interrupt is tried again."""

DEBUG = "LIT_DEMO_DEBUG"
"""The environment variable that has every error print its traceback."""

_CONTROLS = {
    code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code not in (9, 10)
}


def prepare_streams() -> None:
    """Make the standard streams ones that can be written to, whatever the name in a message.

    A stream that was closed becomes /dev/null: otherwise the next file that is opened would take
    its number, and get what libraries print. Names that are not in the terminal's encoding are
    escaped.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def abandon_stdout() -> None:
    """Drop what a broken standard output has not taken, so that Python's end does not complain."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)


@contextmanager
def stopping_at_second_interrupt() -> Generator[None]:
    """Let a second Ctrl-C end the process at once.

    The first one raises KeyboardInterrupt, a moment later if garbage is being collected: what its
    callbacks raise, such as JAX's, Python prints and forgets. Whatever is written is written in one
    step or repaired later, so nothing is lost.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    pressed = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            stop_interrupted()
        if _is_in_callback_of_collector(frame):
            threading.Timer(_MOMENT_S, os.kill, [os.getpid(), number]).start()
            return
        pressed = True
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _is_in_callback_of_collector(frame: FrameType | None) -> bool:
    codes = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while frame and frame.f_code not in codes:
        frame = frame.f_back
    return frame is not None


def stop_interrupted() -> NoReturn:
    """End the process after Ctrl-C.

    All is cleaned up. A slower exit could crash in XLA's threads, which still compute.
    """
    print("Interrupted; existing files are unchanged.", file=sys.stderr, flush=True)
    abandon_stdout()
    os._exit(INTERRUPTED)


def printable(text: str) -> str:
    """A message without what moves a terminal's cursor, since names of files may hold it."""
    return text.translate(_CONTROLS)


def describe(error: Exception) -> tuple[str, int]:
    """What to print of an error that ends a command, and the exit code."""
    match error:
        case BuilderError():
            return f"Error: {error}", BAD_INPUT
        case OSError() | MemoryError():
            return f"Error: {explain_system_error(error)}", BAD_INPUT
        case _:
            return describe_bug(error), BUG


def describe_bug(error: BaseException) -> str:
    """What to tell about an exception that nobody foresaw; its traceback goes to a file."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    lines = [
        "This is a bug in lit-demo, not a mistake of yours:",
        f"  {first_line(error)} ({frame.filename}:{frame.lineno})",
        _keep_traceback(error),
        f"Please report it with the traceback{_repository()}, and say what you ran.",
        f"Version {__version__}, Python {sys.version.split()[0]}.",
    ]
    return "\n".join(lines)


def wants_traceback() -> bool:
    """Whether the user has asked for tracebacks."""
    return os.environ.get(DEBUG, "") not in ("", "0")


def _keep_traceback(error: BaseException) -> str:
    text = "".join(traceback.format_exception(error))
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="lit-demo-", suffix=".log", delete=False, encoding="utf-8",
            errors="backslashreplace",
        ) as file:  # fmt: skip
            file.write(text)
    except OSError:
        return f"To see the traceback, run it again with {DEBUG}=1."
    return f"The traceback is in {file.name}."


def _repository() -> str:
    """Where to report: the repository that the package's metadata names, if there is one."""
    try:
        addresses = metadata(NAME).get_all("Project-URL") or []
    except PackageNotFoundError:
        return ""
    named = dict(address.split(", ", 1) for address in addresses)
    return next((f" at {named[key]}" for key in ("Issues", "Repository") if key in named), "")
