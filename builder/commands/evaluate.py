"""Score models."""

from pathlib import Path

import click
from rich.console import Console

from builder.commands import PATH, open_cache

_MODELS = click.option(
    "--model",
    "models",
    multiple=True,
    required=True,
    metavar="NAME",
    help="A model's name, a folder as a hub has it, demo.toml for all of its models, or"
    " demo.toml#ID for one. May be repeated.",
)
_JSON = click.option("--json", "out", type=PATH, help="Also write every figure to this file.")
_CACHE = click.option("--cache-dir", type=PATH, help="Where embeddings are kept for later runs.")


@click.group("eval")
def evaluate() -> None:
    """Score one or more models on your own pictures, side by side."""


@evaluate.command("zeroshot")
@click.argument("data", type=PATH, metavar="DIR_OR_CSV")
@_MODELS
@click.option(
    "--templates",
    default="one",
    show_default=True,
    metavar="one|clip7|clip80|FILE",
    help="Sentences to put class names into. A file has one per line, with {} in it.",
)
@_JSON
@_CACHE
def zeroshot(
    data: Path, models: tuple[str, ...], templates: str, out: Path | None, cache_dir: Path | None
) -> None:
    """Zero-shot accuracy on DIR, which has one folder per class, or a csv: file, class.

    Prints how often the right class comes first (top-1) or among the first five, for each model and
    class, and which classes the images were mistaken for.
    """
    from builder.evaluation.data import load_labelled_images
    from builder.evaluation.models import load_models
    from builder.evaluation.score_table import write_json
    from builder.evaluation.templates import load_templates
    from builder.evaluation.zeroshot import evaluate_zero_shot
    from builder.progress import Progress

    images, sentences = load_labelled_images(data), load_templates(templates)
    cache, progress = open_cache(cache_dir), Progress(Console(stderr=True))
    loaded = load_models(models, cache=cache, progress=progress)
    scores = evaluate_zero_shot(loaded, images, sentences, cache=cache, progress=progress)
    scores.show(Console())
    if out:
        write_json(scores, out)


@evaluate.command("retrieval")
@click.argument("data", type=PATH, metavar="CSV")
@_MODELS
@click.option(
    "--captions",
    type=click.IntRange(min=1),
    help="Use only this many captions of each picture, from the first on; all by default.",
)
@_JSON
@_CACHE
def retrieval(
    data: Path,
    models: tuple[str, ...],
    captions: int | None,
    out: Path | None,
    cache_dir: Path | None,
) -> None:
    """Recall at 1, 5 and 10 on a csv: file, caption (or caption1, caption2 ...).

    Each caption is used to find its picture, and each picture to find its captions.
    """
    from builder.evaluation.data import load_captioned_images
    from builder.evaluation.models import load_models
    from builder.evaluation.retrieval import evaluate_retrieval
    from builder.evaluation.score_table import write_json
    from builder.progress import Progress

    images = load_captioned_images(data, captions)
    cache, progress = open_cache(cache_dir), Progress(Console(stderr=True))
    loaded = load_models(models, cache=cache, progress=progress)
    scores = evaluate_retrieval(loaded, images, cache=cache, progress=progress)
    scores.show(Console())
    if out:
        write_json(scores, out)
