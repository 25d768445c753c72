"""Counts the operations on files of a process, and kills it or fails at one of them.

Counted is whatever changes something: creating, opening for writing, writing, flushing, renaming,
linking and removing, permissions, and each program that is started, before and after it runs.
"""

import builtins
import io
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from builder import file_system, replacement

_CHANGES = (
    *("chmod", "chown", "fchmod", "fsync", "link", "mkdir", "remove", "rename", "replace", "rmdir"),
    *("symlink", "unlink", "utime"),
)
_WRITING = frozenset("wax+")
_KILL = 0
"""In place of an error number."""


@dataclass
class Faults:
    """Lets the process die, or one operation fail with `error`, at operation number `place`."""

    place: int = -1
    error: int = _KILL
    names: list[str] = field(default_factory=list[str])

    def tick(self, name: str) -> None:
        """Count an operation that is about to happen."""
        self.names.append(name)
        if len(self.names) - 1 != self.place:
            return
        if self.error == _KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(self.error, os.strerror(self.error), name)

    def install(self) -> None:
        """Count from now on; there is no way back, so do this in a process of its own."""
        for name in _CHANGES:
            setattr(os, name, self._counted(name, getattr(os, name)))
        real = os.open

        def open_handle(path: Any, flags: int, *rest: Any, **options: Any) -> int:
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                self.tick("open")
            return real(path, flags, *rest, **options)

        os.open = open_handle
        io.open = builtins.open = self._counted_open(io.open)
        replacement.exchange = self._counted("exchange", file_system.exchange)
        subprocess.run = self._counted("run", subprocess.run, after=True)

    def _counted(
        self, name: str, real: Callable[..., Any], *, after: bool = False
    ) -> Callable[..., Any]:
        def counted(*words: Any, **options: Any) -> Any:
            self.tick(name)
            result = real(*words, **options)
            if after:
                self.tick(f"after {name}")
            return result

        return counted

    def _counted_open(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(file: Any, mode: str = "r", *rest: Any, **options: Any) -> Any:
            if _WRITING.isdisjoint(mode):
                return real(file, mode, *rest, **options)
            self.tick("open")
            opener = options.get("opener")
            raw = _CountedFile(file, mode.replace("b", "").replace("t", ""), opener=opener)
            raw.faults = self
            buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
            if "b" in mode:
                return buffered
            return io.TextIOWrapper(buffered, encoding=options.get("encoding"))

        return counted


class _CountedFile(io.FileIO):
    """A file whose writes are counted."""

    faults: Faults

    def write(self, data: Any, /) -> int:
        self.faults.tick("write")
        return super().write(data)
