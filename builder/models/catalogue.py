"""All models that have a name, as a table or as JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from builder.models.default import IMAGE_SIZE, IMAGE_TOWER, SOURCE
from builder.models.published import PublishedModel, Scores, checkpoint_folder, published_models
from builder.resources import data_folder
from builder.spec.models import ScoringKind
from builder.tables import print_whole
from builder.towers.architecture import TransformerArchitecture
from builder.towers.checkpoint import Checkpoint
from builder.towers.parameter_counts import count_text_params, encoder_bytes

_MARGIN = 2

_LEGEND = """
Text encoder: what a visitor downloads, with float16 weights.
ImageNet: zero-shot accuracy in percent, as published.
Checkpoint: about what `lit-demo models fetch NAME` downloads."""


@dataclass(frozen=True)
class ListedModel:
    """A model by name. `checkpoint_bytes` is None for those that come with the package.

    `text_encoder_bytes` is what a visitor downloads of the text encoder, with float16 weights.
    """

    name: str
    family: str
    image_tower: str
    image_params: int
    resolution: int
    text_tower: str
    text_params: int
    text_encoder_bytes: int
    max_length: int
    scoring: ScoringKind
    checkpoint_bytes: int | None
    is_fetched: bool
    files: tuple[str, ...]
    scores: Scores | None
    license: str
    source: str


def list_models(cache_folder: Path | None) -> list[ListedModel]:
    """Those that come with the package, then the published ones, family by family."""
    folder = checkpoint_folder(cache_folder)
    published = [_describe(model, folder) for model in published_models().values()]
    return [*_list_default_models(), *published]


def to_json(models: Sequence[Mapping[str, Any]]) -> str:
    """The models as a list of objects."""
    return json.dumps(models, indent=2)


def show_models(models: Sequence[ListedModel], console: Console) -> None:
    """Print the whole table, even if the terminal is narrow."""
    table = Table(box=None, padding=(0, _MARGIN, 0, 0))
    table.add_column("Model", no_wrap=True)
    table.add_column("Image tower", no_wrap=True)
    table.add_column("Pixels", justify="right", no_wrap=True)
    table.add_column("Text tower", no_wrap=True)
    for heading in ("Text encoder", "ImageNet", "Checkpoint"):
        table.add_column(heading, justify="right", no_wrap=True)
    for model in models:
        table.add_row(*_cells(model))
    print_whole(table, console)
    console.print(_LEGEND, highlight=False, soft_wrap=True)


def _cells(model: ListedModel) -> Iterator[str]:
    yield from (model.name, model.image_tower, str(model.resolution), model.text_tower)
    yield format_size(model.text_encoder_bytes)
    yield f"{model.scores.imagenet_zero_shot:.1f}" if model.scores else ""
    if model.checkpoint_bytes is None:
        yield "built in"
    else:
        yield "fetched" if model.is_fetched else format_size(model.checkpoint_bytes)


def format_size(count: int) -> str:
    """Bytes in megabytes or gigabytes, with two or three digits."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _describe(model: PublishedModel, folder: Path) -> ListedModel:
    text = model.config["text"]
    return ListedModel(
        name=model.name,
        family=model.family,
        image_tower=f"ViT-{model.config['image']['variant']}",
        image_params=model.image_params,
        resolution=model.preprocessing.size,
        text_tower=f"BERT {text['config']}" if "config" in text else text["variant"],
        text_params=model.text_params,
        text_encoder_bytes=model.text_encoder_bytes,
        max_length=model.tokenizer.max_length,
        scoring=model.scoring,
        checkpoint_bytes=model.checkpoint_bytes,
        is_fetched=all((folder / file.name).is_file() for file in model.files),
        files=tuple(file.url for file in model.files),
        scores=model.scores,
        license=model.license,
        source=model.source,
    )


def _list_default_models() -> Iterator[ListedModel]:
    folder = data_folder() / "models" / "mini"
    config: Mapping[str, Any] = json.loads((folder / "config.json").read_text("utf-8"))
    with Checkpoint(folder / "image_lite2.npz") as image, Checkpoint(folder / "head.npz") as head:
        image_params = sum(entry.size for file in (image, head) for entry in file.entries.values())
    for variant, sizes in config["text"].items():
        text = TransformerArchitecture(num_classes=config["dim"], **sizes)
        text_params = count_text_params(text, config["seq_len"])
        yield ListedModel(
            name=f"mini-{variant}",
            family="mini",
            image_tower=IMAGE_TOWER,
            image_params=image_params,
            resolution=IMAGE_SIZE,
            text_tower=f"{text.depth} layers of {text.width}",
            text_params=text_params,
            text_encoder_bytes=encoder_bytes(text_params),
            max_length=config["seq_len"],
            scoring="softmax",
            checkpoint_bytes=None,
            is_fetched=True,
            files=(),
            scores=None,
            license="Apache-2.0",
            source=SOURCE,
        )
