"""Which line of the user's code asks for the equation that is evaluated."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from builder.tfjs import _compat
from builder.tfjs.source import line_of

_traceback: ContextVar[Any] = ContextVar("traceback", default=None)
_callers: ContextVar[tuple[Any, ...]] = ContextVar("callers", default=())


@contextmanager
def asked_by(eqn: Any) -> Generator[None]:
    """What is traced inside the block has the source of an equation, or else of its caller.

    The functions of jax.numpy are traced once, so that their equations may not know who calls.
    """
    own = eqn.source_info.traceback
    traceback = own if line_of(own) is not None else _traceback.get()
    token = _traceback.set(traceback)
    others = _callers.set((*_callers.get(), eqn))
    try:
        with _compat.as_of(eqn, traceback):
            yield
    finally:
        _callers.reset(others)
        _traceback.reset(token)


def callers() -> tuple[Any, ...]:
    """The equations that are evaluated, from the outermost call on."""
    return _callers.get()


def caller_line() -> str:
    """The line of the user's code, for messages."""
    return line_of(_traceback.get()) or "the exported function"
