"""Tune a text tower."""

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
    from builder.tuning.losses import Kind
    from builder.tuning.student import Size


@click.command()
@click.option(
    "--model",
    required=True,
    metavar="MODEL",
    help="Whose image tower: a model's name, a folder as a hub has it, demo.toml or demo.toml#ID.",
)
@click.option("-o", "--out", type=PATH, required=True, help="Folder for the tower.")
@click.option(
    "--pairs",
    multiple=True,
    required=True,
    metavar="ADDRESS",
    help="Captioned pictures: a .csv, or .parquet or .tar files, also s3://, gs://, https://."
    " {000..012} and * stand for several. May be repeated.",
)
@click.option(
    "--loss", type=click.Choice(["softmax", "sigmoid"]), default="softmax", show_default=True
)
@click.option("--from", "begin", type=PATH, help="A tower's folder to go on from.")
@click.option("--size", type=click.Choice(["tiny", "small"]), default="tiny", show_default=True)
@click.option(
    "--held-out",
    type=click.IntRange(min=2),
    default=1000,
    show_default=True,
    help="Pictures to measure recall on, which are not trained on.",
)
@click.option("--classes", type=PATH, help="Folder of classes, or csv, for zero-shot accuracy.")
@click.option(
    "--templates",
    default="one",
    show_default=True,
    metavar="one|clip7|clip80|FILE",
    help="As eval's.",
)
@tokens_options
@training_options(steps=10_000, batch=512, learning_rate=1e-3)
@hosts_options
def tune(
    model: str,
    out: Path,
    pairs: tuple[str, ...],
    loss: "Kind",
    begin: Path | None,
    size: "Size",
    held_out: int,
    classes: Path | None,
    templates: str,
    max_length: int,
    vocabulary: int,
    restart: bool,
    cache_dir: Path | None,
    **options: Any,
) -> None:
    """Tune a text tower to the locked image tower of MODEL, on captioned pictures.

    In demo.toml, write text_tower = "FOLDER" beside the model. --from goes on from a tower that
    distil or tune made, with its size and vocabulary. Interrupt it at any time; the same command
    goes on where it stopped.
    """
    cache = open_cache(cache_dir)
    training = join(options, schedule="cosine")
    from builder.progress import Progress
    from builder.tuning.tune import Tuning, tune
    from builder.tuning.tune_card import describe_scores

    wanted = Tuning(
        model=model,
        out=out,
        training=training,
        pairs=pairs,
        loss=loss,
        begin=begin,
        held_out=held_out,
        classes=classes,
        templates=templates,
        size=size,
        max_length=max_length,
        vocabulary=vocabulary,
        restart=restart,
    )
    made = tune(wanted, cache=cache, progress=Progress(Console(stderr=True)))
    if made is not None:
        show_tower(out, made.bytes, made.notes, describe_scores(made.scores))
