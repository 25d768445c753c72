"""A cache that also keeps what cannot be on a disk: towers in place, programs that run."""

from collections import OrderedDict
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

from builder.cache import Cache, Started

_MOST = 8
"""As many things are kept at once: a tower and a program for each of four models."""


class WarmCache(Cache):
    """Keeps the last things that were used until it is closed; one thread may use it."""

    def __init__(self, folder: Path):
        super().__init__(folder)
        self.stores = True
        """Whether entries that are made are kept on the disk."""
        self._kept: OrderedDict[str, tuple[ExitStack, Any]] = OrderedDict()

    def store(self, kind: str, key: str, data: bytes) -> None:
        """Keep an entry, unless this is a time when none are."""
        if self.stores:
            super().store(kind, key, data)

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
