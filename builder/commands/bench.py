"""Measure a site in a browser."""

from pathlib import Path

import click
from rich.console import Console

from builder.commands import PATH


@click.command()
@click.argument("folder", type=PATH, default=Path("_site"), metavar="[SITE_OR_MODEL]")
@click.option("--backends", help="TensorFlow.js backends, separated by commas. [default: all]")
@click.option(
    "--batch", type=click.IntRange(min=1), default=5, show_default=True, help="Prompts per run."
)
@click.option(
    "--runs",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="Runs after the first.",
)
@click.option("--json", "out", type=PATH, help="Also write every figure to this file.")
def bench(folder: Path, backends: str | None, batch: int, runs: int, out: Path | None) -> None:
    """Measure the text encoders of a site (./_site by default), or a model, in headless Chromium.

    Reports the load time, the first and the median run, the peak memory and the size for each
    backend. A model is a folder written by `lit-demo convert`. Visitors can measure their own
    device on a site's benchmark.html.
    """
    from builder.benchmark.measure import benchmark, parse_backends
    from builder.evaluation.score_table import write_json
    from builder.progress import Progress

    progress = Progress(Console(stderr=True))
    measured = benchmark(
        folder, parse_backends(backends), batch=batch, runs=runs, progress=progress
    )
    measured.show(Console())
    if out:
        write_json(measured, out)
