"""Show and free the space that the cache takes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from builder.commands import PATH, open_cache
from builder.errors import BuilderError

_FOLDER = click.option("--cache-dir", type=PATH, help="A cache folder other than your default one.")


@click.group()
def cache() -> None:
    """Show the disk space that cached results and downloads take, and free some of it.

    Builds keep the results below 5 GB by removing the least recently used ones. Whatever is removed
    is made again when it is needed, which costs only time.
    """


@cache.command("info")
@_FOLDER
def info(cache_dir: Path | None) -> None:
    """Print where the cache is, and how much space each kind of entry takes."""
    kept = open_cache(cache_dir)
    click.echo(f"{kept.folder}")
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("Kind")
    for heading in ("Entries", "Size", "Last used"):
        table.add_column(heading, justify="right")
    for usage in kept.usage():
        used = "" if usage.last_used is None else _day(usage.last_used)
        table.add_row(usage.kind, f"{usage.entries:,}", _megabytes(usage.bytes), used)
    Console().print(table)


@cache.command("prune")
@click.option("--max-size", metavar="SIZE", help="Keep at most this much, such as 500MB or 2GB.")
@click.option(
    "--older-than",
    metavar="AGE",
    help="Remove what has not been used for this long, such as 12h, 30d or 4w.",
)
@_FOLDER
def prune(max_size: str | None, older_than: str | None, cache_dir: Path | None) -> None:
    """Remove the least recently used results. Downloads stay."""
    if max_size is None and older_than is None:
        raise BuilderError("no limit says what to remove. Give --max-size or --older-than.")
    kept = open_cache(cache_dir)
    freed = kept.prune(
        None if max_size is None else parse_size(max_size),
        None if older_than is None else parse_age(older_than),
    )
    click.echo(f"Removed {freed.entries:,} entries, {_megabytes(freed.bytes)}.")


@cache.command("clear")
@click.option("--downloads", is_flag=True, help="Remove downloaded checkpoints too.")
@_FOLDER
def clear(downloads: bool, cache_dir: Path | None) -> None:
    """Remove all results."""
    freed = open_cache(cache_dir).clear(downloads=downloads)
    click.echo(f"Removed {freed.entries:,} entries, {_megabytes(freed.bytes)}.")


def parse_size(text: str) -> int:
    """Bytes from a text such as `500MB` or `2 GB`, in units of a thousand.

    Raises:
        BuilderError: if it is not understood.
    """
    return int(_parse(text, {"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}, "500MB or 2GB"))


def parse_age(text: str) -> float:
    """Seconds from a text such as `12h` or `30d`.

    Raises:
        BuilderError: if it is not understood.
    """
    return _parse(text, {"M": 60, "H": 3600, "D": 86_400, "W": 604_800}, "12h, 30d or 4w")


def _parse(text: str, units: Mapping[str, float], examples: str) -> float:
    number = text.strip().upper()
    for unit in sorted(units, key=len, reverse=True):
        if number.endswith(unit):
            try:
                value = float(number.removesuffix(unit)) * units[unit]
            except ValueError:
                break
            if 0 <= value < float("inf"):
                return value
            break
    raise BuilderError(f"'{text}' is not understood. Write, for example, {examples}.")


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
