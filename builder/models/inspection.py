"""What a checkpoint is, said without building anything from it."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from builder.errors import ModelError, naming
from builder.models.catalogue import format_size
from builder.models.hub.folder import HubModel, open_hub_model, read_pixels
from builder.models.hub.heads import UNKNOWN, Heads
from builder.models.hub.model import choose_length, describe_tower, read_license
from builder.models.hub.preprocessing import PixelRule
from builder.options import fit_of
from builder.tables import print_whole
from builder.text.hub.folder import read_hub_tokenizer
from builder.text.tokenizer import Tokenizer
from builder.towers.architecture import read_architecture
from builder.towers.checkpoint import Checkpoint
from builder.towers.checkpoint_layouts import load_scoring, plan_parts
from builder.towers.description import describe_image_tower, describe_text_tower, format_count
from builder.towers.inference import infer_architecture
from builder.towers.parameter_counts import encoder_bytes
from builder.vocabulary import PipelineModel, SentencePieceModel, WordPieceModel

_ALGORITHMS = {
    "bpe": "byte-pair encoding",
    "unigram": "unigrams",
    "wordpiece": "WordPiece",
    "sentencepiece": "SentencePiece",
}
_RESOLUTION = 224
"""At which most image towers were trained; no shape of one without class token tells."""


@dataclass(frozen=True)
class Inspection:
    """What could be read, as pairs of a heading and words; `problems` are what could not."""

    rows: tuple[tuple[str, str], ...]
    problems: tuple[ModelError, ...] = ()


def inspect_checkpoint(path: Path) -> Inspection:
    """What a folder of a hub's model, or an npz file of big_vision's, holds.

    Raises:
        ModelError: if it holds no model that can be read.
    """
    return inspect_folder(path) if path.is_dir() else inspect_npz(path)


def inspect_npz(path: Path) -> Inspection:
    """What a checkpoint of big_vision holds, as far as the shapes of its arrays tell.

    Raises:
        ModelError: if they are not those of a model that can be read.
    """
    with Checkpoint(path) as file, naming(path):
        shapes = {part.name: part.shape for part in plan_parts(file.entries)}
        architecture = read_architecture(infer_architecture(shapes))
        scale, bias = load_scoring(path)
    length = shapes.get("txt/pos_embedding", (1, 0, 0))[1]
    text_params = sum(math.prod(s) for name, s in shapes.items() if name.startswith("txt/"))
    rows = [
        ("Family", "LiT or SigLIP, in a layout of big_vision"),
        ("Weights", f"{path.name}, {format_size(path.stat().st_size)}"),
        ("Image tower", "none"),
        ("Text tower", describe_text_tower(architecture.text, length)),
        ("Texts", f"{length} tokens" if length else "any number of tokens"),
        ("Rows", f"{architecture.dim} columns"),
        ("Scores", "no temperature" if scale is None else _describe_scores(scale, bias)),
        ("Download", _describe_download(text_params)),
    ]
    if architecture.image:
        rows[2] = ("Image tower", describe_image_tower(architecture.image, _RESOLUTION))
    return Inspection(tuple(rows))


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
    yield "Scores", lambda: _describe_scores(*model.read_scoring())
    yield "Licence", lambda: read_license(folder) or "not stated in the folder"
    yield "Download", lambda: _describe_download(text_params)


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
    return f"{tokenizer.layout.max_length} tokens{at_most}, {describe_pieces(tokenizer)}"


def describe_pieces(tokenizer: Tokenizer) -> str:
    """A vocabulary in a few words, for example "byte-pair encoding, 49,408 pieces"."""
    vocabulary = tokenizer.to_manifest()
    match vocabulary:
        case PipelineModel(segmenter=segmenter):
            kind = segmenter.algorithm
        case SentencePieceModel(algorithm=algorithm):
            kind = algorithm
        case WordPieceModel():
            kind = "wordpiece"
    return f"{_ALGORITHMS[kind]}, {len(vocabulary.pieces):,} pieces"


def _describe_download(text_params: int) -> str:
    size = encoder_bytes(text_params)
    fit = {"yes": "fits a phone", "slow": "slow on a phone", "no": "too large for a phone"}
    return f"{format_size(size)} for a visitor, as float16: {fit[fit_of(size)]}"


def _describe_scores(scale: float, bias: float | None) -> str:
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
