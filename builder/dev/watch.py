"""Waits until the files of a demo change."""

from collections.abc import Generator, Iterable
from pathlib import Path

from watchfiles import watch

from builder.dev.sources import Sources

_QUIET_MS = 50
"""So long after a change, another one counts as part of it: editors save in several steps."""
_LONGEST_MS = 500
_LOOK_UP_MS = 200
"""How often it is seen that the user has pressed Ctrl-C, on systems where nothing else tells."""


class Watcher:
    """Notices changes from `follow` on, whatever the program does until it asks for them."""

    def __init__(self) -> None:
        self._sources = Sources()
        self._folders: frozenset[Path] = frozenset()
        self._changes = None
        self._early: set[Path] = set()

    def follow(self, sources: Sources) -> None:
        """From now on, notice changes of these."""
        self._sources = sources
        folders = sources.folders
        if self._changes is None or folders != self._folders:
            self.close()
            self._folders = folders
            self._changes = _watch(folders)
            # It watches only once it has been asked.
            self._early |= next(self._changes)

    def wait(self) -> set[Path]:
        """The files that have changed since the last call, as soon as there are any."""
        assert self._changes is not None, "nothing is followed"
        changed, self._early = self._early, set()
        while not (found := {path for path in changed if path in self._sources}):
            changed = next(self._changes)
        return found

    def close(self) -> None:
        """Stop watching."""
        if self._changes is not None:
            self._changes.close()
            self._changes = None


def _watch(folders: Iterable[Path]) -> Generator[set[Path]]:
    """What changes right in these folders; now and then nothing."""
    for changes in watch(
        *folders,
        watch_filter=None,
        step=_QUIET_MS,
        debounce=_LONGEST_MS,
        rust_timeout=_LOOK_UP_MS,
        yield_on_timeout=True,
        recursive=False,
    ):
        yield {Path(name) for _, name in changes}
