"""A training as people see it: a bar with the figures and the expected end, then curves."""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager

from builder.progress import Progress
from builder.tuning.checkpoints import History
from builder.tuning.plots import Chart, draw
from builder.tuning.training import Report


@contextmanager
def showing(progress: Progress, title: str, steps: int) -> Generator[Callable[[Report], None]]:
    """Yields what a training reports to."""
    began, done = time.time(), 0

    def show(report: Report) -> None:
        nonlocal done
        note = ", ".join(f"{name} {value:.4f}" for name, value in report.figures.items())
        if report.start < report.step < report.steps:
            end = expect_end(began, time.time(), report)
            note += f", ends about {time.strftime('%H:%M', time.localtime(end))}"
        advance(report.step - done, note)
        done = report.step

    with progress.step(title, steps) as advance:
        yield show


def expect_end(began: float, now: float, report: Report) -> float:
    """When the last step will be done at the speed so far; all in seconds since 1970."""
    return now + (now - began) * (report.steps - report.step) / (report.step - report.start)


def draw_history(history: History, charts: Mapping[str, Sequence[str]]) -> str:
    """An SVG with a chart for each title, of the figures that it names."""

    def chart(title: str, names: Sequence[str]) -> Chart:
        curves = {name: [(entry["step"], entry[name]) for entry in history] for name in names}
        return Chart(title, curves)

    return draw([chart(title, names) for title, names in charts.items()])
