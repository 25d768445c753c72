"""What there is to say to open pages, and the threads that wait for news of it."""

import json
import threading
from dataclasses import asdict, dataclass

from builder.errors import BuilderError, Problem, SpecError


@dataclass(frozen=True)
class News:
    """The state of a demo: the hash of the site that is served, empty before the first.

    `problems` is what keeps the demo from being built as it now is.
    """

    build: str = ""
    busy: bool = False
    problems: tuple[Problem, ...] = ()

    def to_json(self) -> str:
        """As pages get it, in one line."""
        return json.dumps(asdict(self), ensure_ascii=False)


class Board:
    """Holds the latest news; many threads may wait for others."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._news = News()

    @property
    def news(self) -> News:
        """The latest."""
        return self._news

    def post(self, news: News) -> None:
        """Tell everyone who waits."""
        with self._changed:
            self._news = news
            self._changed.notify_all()

    def wait(self, known: News | None, seconds: float) -> News:
        """Other news than what is known, or the same after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._news != known, seconds)
            return self._news


def explain(error: Exception, printed: str) -> tuple[Problem, ...]:
    """An error in the parts that a page shows; `printed` is what the command line says of it."""
    match error:
        case SpecError():
            return error.problems
        case BuilderError():
            return (Problem("", error.message, error.remedy),)
        case _:
            return (Problem("", printed.removeprefix("Error: ")),)
