"""Locks between processes that share a folder."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import filelock

from builder.errors import BuilderError, writing

_SAY_AFTER_S = 1.0


@contextmanager
def hold_lock(
    path: Path, remedy: str, on_wait: Callable[[], None] = lambda: None
) -> Generator[None]:
    """Hold the lock file `path`, for which one process waits until another one is done.

    `on_wait` is called once if that takes more than a second. A process that dies lets go.

    Raises:
        BuilderError: if there can be no lock; it ends with the sentence `remedy`.
    """
    with writing(path, remedy):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(path)
        try:
            try:
                lock.acquire(timeout=_SAY_AFTER_S)
            except filelock.Timeout:
                on_wait()
                lock.acquire()
        except NotImplementedError as error:
            raise BuilderError(f"{path}: cannot be locked: {error}. {remedy}") from None
    try:
        yield
    finally:
        lock.release()
