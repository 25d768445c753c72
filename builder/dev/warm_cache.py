"""A cache that keeps what it has read, and what no disk can: towers in place, running programs."""

from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

from builder.cache import Cache, Started

_MOST = 8
"""As many things are kept at once: a tower and a program for each of four models."""

_MEMORY = 300_000_000
"""Bytes of entries; what goes beyond is read from the disk."""


class WarmCache(Cache):
    """Keeps the last things that were used until it is closed; one thread may use it."""

    def __init__(self, folder: Path):
        super().__init__(folder)
        self.stores = True
        """Whether entries that are made are kept on the disk."""
        self._kept: OrderedDict[str, tuple[ExitStack, Any]] = OrderedDict()
        self._entries_read: dict[tuple[str, str], bytes] = {}
        self._room = _MEMORY

    def load(self, kind: str, key: str) -> bytes | None:
        """The entry of that kind and key, or None."""
        if (data := self._entries_read.get((kind, key))) is not None:
            return data
        data = super().load(kind, key)
        if data is not None and len(data) <= self._room:
            self._entries_read[kind, key] = data
            self._room -= len(data)
        return data

    def store_parts(self, kind: str, key: str, parts: Iterable[bytes]) -> None:
        """Keep an entry, unless this is a time when none are."""
        if self.stores:
            self._room += len(self._entries_read.pop((kind, key), b""))
            super().store_parts(kind, key, parts)

    @contextmanager
    def using(
        self, key: str, start: Callable[[], AbstractContextManager[Started]]
    ) -> Generator[Started]:
        """What `start` starts, or has started before. What fails is ended, and started anew."""
        stack, started = self._kept.pop(key, None) or _start(start)
        try:
            yield started
        except BaseException:
            stack.close()
            raise
        self._kept[key] = stack, started
        while len(self._kept) > _MOST:
            _, (oldest, _) = self._kept.popitem(last=False)
            oldest.close()

    def close(self) -> None:
        """End all that is kept."""
        while self._kept:
            _, (stack, _) = self._kept.popitem()
            stack.close()


def _start(start: Callable[[], AbstractContextManager[Any]]) -> tuple[ExitStack, Any]:
    stack = ExitStack()
    return stack, stack.enter_context(start())
