"""What a checkpoint is, said without building anything from it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from builder.errors import ModelError
from builder.models.catalogue import format_size
from builder.models.hub.folder import HubModel, open_hub_model, read_pixels
from builder.models.hub.heads import UNKNOWN, Heads
from builder.models.hub.model import choose_length, describe_tower, read_license
from builder.models.hub.preprocessing import PixelRule
from builder.tables import print_whole
from builder.text.hub.folder import read_hub_tokenizer
from builder.towers.description import format_count

_FLOAT16_BYTES = 2


@dataclass(frozen=True)
class Inspection:
    """What could be read, as pairs of a heading and words; `problems` are what could not."""

    rows: tuple[tuple[str, str], ...]
    problems: tuple[ModelError, ...] = ()


def inspect_folder(folder: Path, heads: Heads = UNKNOWN) -> Inspection:
    """What the folder of a hub's model holds. Of the weights, only names and shapes are read.

    Raises:
        ModelError: if it holds no model that can be read.
    """
    model = open_hub_model(folder, heads)
    rows: list[tuple[str, str]] = []
    problems: list[ModelError] = []
    for heading, describe in _questions(model, folder):
        try:
            rows.append((heading, describe()))
        except ModelError as error:
            rows.append((heading, "see below"))
            problems.append(error)
    return Inspection(tuple(rows), tuple(problems))


def _questions(model: HubModel, folder: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    design = model.design
    image_params, text_params = (design.count_parameters(side) for side in ("image", "text"))
    yield "Family", lambda: f"{model.family}, written by {model.library}"
    yield "Weights", lambda: _describe_weights(model)
    yield (
        "Image tower",
        lambda: f"{describe_tower(design.image)}, {format_count(image_params)}",
    )
    yield "Pictures", lambda: describe_pixels(read_pixels(model))
    yield "Text tower", lambda: f"{describe_tower(design.text)}, {format_count(text_params)}"
    yield "Texts", lambda: _describe_tokenizer(model, folder)
    yield "Rows", lambda: f"{design.dim} columns"
    yield "Scores", lambda: _describe_scoring(model)
    yield "Licence", lambda: read_license(folder) or "not stated in the folder"
    yield (
        "Download",
        lambda: f"{format_size(text_params * _FLOAT16_BYTES)} for a visitor, as float16",
    )


def _describe_weights(model: HubModel) -> str:
    size = sum(path.stat().st_size for path in model.files)
    shards = f" and {len(model.files) - 1} shards" if len(model.files) > 1 else ""
    return f"{model.weights.name}{shards}, {format_size(size)}"


def describe_pixels(rule: PixelRule) -> str:
    """How pictures are prepared, for example "224 x 224, bicubic, the middle is cut out"."""
    how = rule.preprocessing
    fit = {
        "crop": "the middle is cut out",
        "squash": "pictures are squashed",
        "pad": "pictures are padded",
    }[how.fit]
    first = f" of {how.edge}" if how.edge else ""
    return f"{how.size} x {how.size}{first}, {how.resize}, {fit}"


def _describe_tokenizer(model: HubModel, folder: Path) -> str:
    length = choose_length(model, None)
    tokenizer = read_hub_tokenizer(folder, length, library=model.library)
    at_most = f" of at most {model.design.length}" if length < model.design.length else ""
    return f"{tokenizer.layout.max_length} tokens{at_most}, {tokenizer}"


def _describe_scoring(model: HubModel) -> str:
    scale, bias = model.read_scoring()
    if bias is None:
        return f"softmax, cosine x {scale:.4g}"
    return f"sigmoid, cosine x {scale:.4g} {bias:+.4g}"


def show_inspection(found: Inspection, console: Console) -> None:
    """Print headings and words side by side."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    for row in found.rows:
        table.add_row(*row)
    print_whole(table, console)
