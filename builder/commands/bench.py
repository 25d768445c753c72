"""Measure a site in a browser."""

from pathlib import Path

import click
from rich.console import Console

from builder.commands import PATH


@click.command()
@click.argument("site", type=PATH, default=Path("_site"), metavar="[SITE]")
@click.option(
    "--backends",
    default="wasm,webgl,webgpu,cpu",
    show_default=True,
    help="Backends of TensorFlow.js, with commas.",
)
@click.option(
    "--batch", type=click.IntRange(min=1), default=5, show_default=True, help="Prompts at once."
)
@click.option(
    "--runs",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="Runs after the first.",
)
@click.option("--json", "out", type=PATH, help="Also write every figure to this file.")
def bench(site: Path, backends: str, batch: int, runs: int, out: Path | None) -> None:
    """Measure the text encoders of SITE (./_site by default) in headless Chromium.

    Time to load, the first and the median run, peak memory and size, in each backend. Visitors
    measure their own device on the site's benchmark.html.
    """
    from builder.benchmark import benchmark_site, parse_backends
    from builder.evaluation.report import write_json
    from builder.progress import Progress

    progress = Progress(Console(stderr=True))
    measured = benchmark_site(
        site, parse_backends(backends), batch=batch, runs=runs, progress=progress
    )
    measured.show(Console())
    if out:
        write_json(measured, out)
