"""Options that the commands which train have in common."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from builder.commands import PATH

if TYPE_CHECKING:
    from builder.tuning.training import Training

Command = TypeVar("Command", bound=Callable[..., Any])


def training_options(
    *, steps: int, batch: int, learning_rate: float
) -> Callable[[Command], Command]:
    """How long and how fast, and how to go on."""
    options = (
        click.option("--steps", type=click.IntRange(min=1), default=steps, show_default=True),
        click.option(
            "--batch",
            type=click.IntRange(min=2),
            default=batch,
            show_default=True,
            help="Examples in a step, on all devices together.",
        ),
        click.option(
            "--learning-rate",
            type=click.FloatRange(min=0, min_open=True),
            default=learning_rate,
            show_default=True,
        ),
        click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True),
        click.option("--restart", is_flag=True, help="Begin again rather than go on."),
        click.option("--cache-dir", type=PATH, help="Where rows are kept for later runs."),
    )
    return lambda command: _decorate(command, options)


def tokens_options(command: Command) -> Command:
    """What a tower from scratch knows and reads."""
    options = (
        click.option(
            "--max-length",
            type=click.IntRange(4, 256),
            default=16,
            show_default=True,
            help="Tokens of a text that the tower reads.",
        ),
        click.option(
            "--vocabulary",
            type=click.IntRange(300, 100_000),
            default=10_000,
            show_default=True,
            help="Tokens that the tower knows, at most.",
        ),
    )
    return _decorate(command, options)


def hosts_options(command: Command) -> Command:
    """Which of several hosts this is."""
    options = (
        click.option(
            "--coordinator", metavar="HOST:PORT", help="Of several hosts: where host 0 listens."
        ),
        click.option("--hosts", type=click.IntRange(min=1), help="Of several hosts: how many."),
        click.option("--host", type=click.IntRange(min=0), help="Of several hosts: which this is."),
    )
    return _decorate(command, options)


def join(options: dict[str, Any], schedule: str = "flat") -> "Training":
    """The training that the options describe, once all hosts are there."""
    from builder.errors import BuilderError
    from builder.tuning.hosts import Hosts, join_hosts
    from builder.tuning.training import Training, round_batch

    given = [options[name] for name in ("coordinator", "hosts", "host")]
    if any(value is not None for value in given):
        if None in given:
            raise BuilderError("several hosts need all of --coordinator, --hosts and --host.")
        join_hosts(Hosts(*given))
    return Training(
        steps=options["steps"],
        batch=round_batch(options["batch"]),
        learning_rate=options["learning_rate"],
        seed=options["seed"],
        report_steps=min(50, max(options["steps"] // 4, 1)),
        schedule=schedule,  # pyright: ignore[reportArgumentType]
    )


def show_tower(out: Path, count: int, notes: Iterable[str], scores: Iterable[str]) -> None:
    """Say what was written to the folder `out`, whose weights have `count` bytes."""
    for note in notes:
        click.echo(f"Note: {note}")
    for line in scores:
        click.echo(line)
    click.echo(f"Wrote {out}: {count / 1e6:.1f} MB of weights. Its README.md has the scores.")


def _decorate(command: Command, options: tuple[Callable[[Any], Any], ...]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
