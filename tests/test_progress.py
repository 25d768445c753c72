"""Progress of steps where nobody watches, and where somebody does."""

import io
import itertools

import pytest
from rich.console import Console

from builder import progress as module
from builder.progress import Progress


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


def test_a_file_gets_a_line_for_each_step(output: io.StringIO):
    progress = Progress(Console(file=output, width=20))
    with progress.step("Embed images with [a long name]", 3) as advance:
        for _ in range(3):
            advance(1)
    assert output.getvalue() == "Embed images with [a long name] (3)\n"


def test_a_slow_step_tells_how_far_it_is(output: io.StringIO, monkeypatch: pytest.MonkeyPatch):
    seconds = itertools.count(0, 3)
    monkeypatch.setattr(module.time, "monotonic", lambda: float(next(seconds)))
    progress = Progress(Console(file=output))
    with progress.step("Embed", 40) as advance:
        for _ in range(4):
            advance(10)
    # A look at the clock is three seconds here, and a line is due every five.
    assert output.getvalue().splitlines() == ["Embed (40)", "  20/40", "  40/40"]


def test_a_terminal_gets_a_bar(output: io.StringIO):
    progress = Progress(Console(file=output, force_terminal=True, width=80))
    with progress.step("Embed", 2) as advance:
        advance(2)
    assert "Embed" in output.getvalue()
    assert "2/2" in output.getvalue()


def test_the_seconds_of_a_step_that_comes_twice_are_added(
    output: io.StringIO, monkeypatch: pytest.MonkeyPatch
):
    clock = iter([10.0, 12.0, 20.0, 23.0])
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(clock))
    progress = Progress(Console(file=output))
    for _ in range(2):
        with progress.step("Embed", 1):
            pass
    assert progress.seconds == {"Embed": 5.0}


def test_a_step_that_fails_is_not_counted_as_done(output: io.StringIO):
    progress = Progress(Console(file=output))
    with pytest.raises(KeyboardInterrupt), progress.step("Embed", 1):
        raise KeyboardInterrupt
    assert progress.seconds == {}
