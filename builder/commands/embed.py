"""Compute the rows of many pictures."""

from pathlib import Path

import click
from rich.console import Console

from builder.commands import PATH, open_cache


@click.command()
@click.argument("spec", type=PATH, default=Path("demo.toml"), metavar="[DEMO.TOML]")
@click.option(
    "-o", "--out", type=PATH, default=Path("rows"), show_default=True, help="Folder for the rows."
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Compute on all devices of this machine, or on a Ray cluster.",
)
@click.option(
    "--address",
    metavar="HOST:PORT",
    help="Of a running Ray cluster, or auto; by default, Ray starts on this machine.",
)
@click.option(
    "--shard-size",
    type=click.IntRange(min=1),
    default=4096,
    show_default=True,
    help="Pictures in a file of rows.",
)
@click.option("--cache-dir", type=PATH, help="Where models and lists of archives are kept.")
def embed(
    spec: Path,
    out: Path,
    engine: str,
    address: str | None,
    shard_size: int,
    cache_dir: Path | None,
) -> None:
    """Embed the pictures of [gallery] in DEMO.TOML with its first model, into Parquet files.

    Run it again to go on after it was interrupted, or after pictures were added or changed:
    finished files are kept. Pictures that cannot be read are listed in failures.csv beside the
    rows.
    """
    from builder.gallery.command import EmbedWish, embed_demo
    from builder.progress import Progress

    wish = EmbedWish(spec, out, shard_size, on_ray=engine == "ray", address=address)
    done = embed_demo(wish, cache=open_cache(cache_dir), progress=Progress(Console()))
    click.echo(
        f"{done.pictures:,} pictures are in {done.shards:,} files in {out},"
        f" {done.written:,} of them new."
    )
    if done.failures:
        click.echo(f"Note: {done.failures:,} could not be read: see {out / 'failures.csv'}.")
