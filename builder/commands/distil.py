"""Distil a text tower."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from builder.commands import PATH, open_cache
from builder.commands.training import (
    hosts_options,
    join,
    show_tower,
    tokens_options,
    training_options,
)

if TYPE_CHECKING:
    from builder.tuning.student import Size


@click.command()
@click.option(
    "--model",
    required=True,
    metavar="MODEL",
    help="The teacher: a model's name, a folder as a hub has it, or demo.toml or demo.toml#ID.",
)
@click.option("-o", "--out", type=PATH, required=True, help="Folder for the tower.")
@click.option("--size", type=click.Choice(["tiny", "small"]), default="tiny", show_default=True)
@click.option(
    "--texts",
    multiple=True,
    type=PATH,
    metavar="FILE",
    help="Your own texts: a .txt, one a line, or a .csv with captions. May be repeated.",
)
@click.option("--no-built-in", is_flag=True, help="Learn from your own texts alone.")
@click.option("--demo", type=PATH, help="A demo.toml whose prompts and pictures matter most.")
@click.option("--pictures", type=PATH, help="Folder or csv of pictures to agree on.")
@click.option("--captions", type=PATH, help="A csv (file, caption) to measure recall on.")
@tokens_options
@click.option(
    "--agreement",
    type=click.FloatRange(min=0),
    default=0.1,
    show_default=True,
    help="Weight of the agreement on pictures in the loss.",
)
@training_options(steps=4000, batch=128, learning_rate=1e-3)
@hosts_options
def distil(
    model: str,
    out: Path,
    size: "Size",
    texts: tuple[Path, ...],
    no_built_in: bool,
    demo: Path | None,
    pictures: Path | None,
    captions: Path | None,
    max_length: int,
    vocabulary: int,
    agreement: float,
    restart: bool,
    cache_dir: Path | None,
    **options: Any,
) -> None:
    """Make a small text tower that imitates MODEL's own, from texts alone.

    In demo.toml, write text_tower = "FOLDER" beside the model: pictures keep the rows of the large
    image tower. Interrupt it at any time; the same command goes on where it stopped.
    """
    cache = open_cache(cache_dir)
    training = join(options)
    from builder.progress import Progress
    from builder.tuning.distil import Distillation, distil
    from builder.tuning.distil_card import describe_scores

    wanted = Distillation(
        model=model,
        out=out,
        size=size,
        texts=texts,
        built_in=not no_built_in,
        demo=demo,
        pictures=pictures,
        captions=captions,
        max_length=max_length,
        vocabulary=vocabulary,
        agreement=agreement,
        training=training,
        restart=restart,
    )
    made = distil(wanted, cache=cache, progress=Progress(Console(stderr=True)))
    if made is not None:
        show_tower(out, made.bytes, made.notes, describe_scores(made.scores))
