"""Work on a demo, and see what every change does."""

from pathlib import Path

import click
from rich.console import Console

from builder.commands import PATH, open_cache


@click.command()
@click.argument("spec", type=PATH, default=Path("demo.toml"), metavar="[DEMO.TOML]")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    # Not that of `serve`, where a browser may keep what a finished site left for offline use.
    default=8001,
    show_default=True,
    help="Port; 0 picks a free one.",
)
@click.option("--cache-dir", type=PATH, help="Where results of slow steps are kept between builds.")
def dev(spec: Path, port: int, cache_dir: Path | None) -> None:
    """Show the demo of DEMO.TOML, or of the one in that folder, while you edit it.

    Builds it into a folder of its own, serves it to this machine, and builds it again whenever
    demo.toml or a file that it names changes: pictures, prompts, a template, your code. Open pages
    then load anew. What is wrong is shown in them and here until it is mended.

    The page /_dev/ has every picture whole, with its crop to be moved, what the models predict, and
    notes on prompts. Only moving a crop there changes a file of yours: focal_point in demo.toml.
    """
    cache = open_cache(cache_dir)
    from builder.dev.run import run

    run(spec, port, cache.folder, Console())
