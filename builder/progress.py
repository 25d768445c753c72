"""Progress of slow steps: bars on a terminal, plain lines elsewhere; and how long each took."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

Advance = Callable[[int], None]
"""Called with the number of items finished since the last call."""


class Watch(Protocol):
    """An `Advance` that may also be told what to show beside the count, such as a loss."""

    def __call__(self, count: int, note: str = "", /) -> None:
        """Report finished items."""
        ...


_LINE_EVERY_S = 5.0


class Progress:
    """Shows steps one after the other and keeps their durations in seconds."""

    def __init__(self, console: Console):
        self.console = console
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, title: str, total: int) -> Generator[Watch]:
        """A step of `total` items; yields the function that reports finished ones."""
        started = time.perf_counter()
        show = self._bar if self.console.is_terminal else self._lines
        with show(title, total) as advance:
            yield advance
        self.seconds[title] = self.seconds.get(title, 0.0) + time.perf_counter() - started

    @contextmanager
    def _bar(self, title: str, total: int) -> Generator[Watch]:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
        )
        with Bars(*columns, console=self.console) as bars:
            task = bars.add_task(title, total=total, note="")

            def advance(count: int, note: str = "") -> None:
                bars.update(task, advance=count, note=note)

            yield advance

    @contextmanager
    def _lines(self, title: str, total: int) -> Generator[Watch]:
        self.say(f"{title} ({total})")
        done, last = 0, time.monotonic()

        def advance(count: int, note: str = "") -> None:
            nonlocal done, last
            done += count
            if time.monotonic() - last >= _LINE_EVERY_S:
                last = time.monotonic()
                self.say(f"  {done}/{total} {note}".rstrip())

        yield advance

    def say(self, line: str) -> None:
        """Print a line."""
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)
