"""A demo's model from the folder of a hub's model: towers, tokenizer, pixels, scores and card."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import flax.linen as nn
from pydantic import BaseModel, ConfigDict, Field

from builder.cache import digest
from builder.errors import ModelError
from builder.fingerprint import tower_code
from builder.input_file import find_fault, read_input_text
from builder.listing import hash_file
from builder.manifest import Scoring, SigmoidScoring, SoftmaxScoring
from builder.model import ImageTextModel, ModelCard
from builder.models.hub.folder import HubModel, open_hub_model, read_pixels
from builder.models.hub.heads import Heads
from builder.options import storage_of
from builder.spec.hub_name import HubName
from builder.spec.models import CardSpec, ModelSpec
from builder.text.hub.folder import read_hub_tokenizer
from builder.text.tokenizer import Tokenizer, count_excess_pieces
from builder.towers.architecture import check_table
from builder.towers.post_norm import PostNormTower
from builder.towers.text_transformer import TextTransformer
from builder.towers.vit import VisionTransformer

_LONG_ROW = 77
"""CLIP's. Towers that read more are language models, which also read whole pages."""
_USUAL_LENGTH = 64
"""Tokens of a text for those: captions have fewer, and each costs time."""

_MODEL_CARD = "README.md"
_LICENSE = re.compile(r"^license(?:_name)?:[ \t]*[\"']?(\w[\w.+-]*)", re.MULTILINE)


def load_hub_model(
    folder: Path, spec: ModelSpec, model_id: str, name: HubName | None = None
) -> ImageTextModel:
    """The model in a folder that transformers or open_clip wrote.

    `name` is what the hub calls it.

    Raises:
        ModelError: if it cannot be read, or its parts do not fit together.
    """
    model = open_hub_model(folder, read_heads(spec.architecture or {}))
    rule = read_pixels(model)
    tokenizer = read_hub_tokenizer(
        folder, choose_length(model, spec.max_length), library=model.library
    )
    _check_vocabulary(folder, tokenizer, model.design.text)
    weights = [hash_file(path) for path in model.files]
    fingerprint = digest(tower_code(), hash_file(model.config), *weights, repr(rule))
    return ImageTextModel(
        id=model_id,
        card=_fill_card(spec.card, model, folder, name),
        dim=model.design.dim,
        scoring=_scoring_of(model),
        tokenizer=tokenizer,
        preprocessing=rule.preprocessing,
        image_fingerprint=fingerprint,
        text_fingerprint=fingerprint,
        load_image=lambda: rule.apply_to(model.read_tower("image")),
        load_text=lambda: model.read_tower("text"),
        storage=storage_of(model.design.count_parameters("text")),
        space=digest(*weights),
    )


def read_heads(architecture: Mapping[str, Any]) -> Heads:
    """The heads that the table `architecture` of a demo's model gives.

    Raises:
        ModelError: if it says anything else, which the folder's own config does.
    """
    table = check_table(_HeadsTable, architecture, "architecture")
    return Heads(table.image.num_heads, table.text.num_heads)


class _TowerHeads(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    num_heads: Annotated[int | None, Field(gt=0)] = None


class _HeadsTable(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    image: _TowerHeads = _TowerHeads()
    text: _TowerHeads = _TowerHeads()


def choose_length(model: HubModel, wanted: int | None) -> int:
    """Tokens in a row: those of the tower, or fewer where that changes no result.

    Raises:
        ModelError: if the tower reads no such rows.
    """
    design = model.design
    if wanted is None:
        is_long = design.length > _LONG_ROW and design.reads_shorter
        return _USUAL_LENGTH if is_long else design.length
    if wanted == design.length or (wanted < design.length and design.reads_shorter):
        return wanted
    reads = f"at most {design.length}" if design.reads_shorter else f"exactly {design.length}"
    raise ModelError(
        f"{model.config}: its text tower reads {reads} tokens, not {wanted}.",
        "Correct max_length of this model in demo.toml, or leave it out.",
    )


def _check_vocabulary(folder: Path, tokenizer: Tokenizer, tower: nn.Module) -> None:
    known = getattr(tower, "vocab_size", None)
    if known is not None and (pieces := count_excess_pieces(tokenizer, known)):
        raise ModelError(
            f"{folder}: its tokenizer has {pieces:,} pieces, but its text tower knows {known:,}.",
            "Take the tokenizer that the model was trained with.",
        )


def _scoring_of(model: HubModel) -> Scoring:
    scale, bias = model.read_scoring()
    if bias is None:
        return SoftmaxScoring(scale=scale)
    return SigmoidScoring(scale=scale, bias=bias)


def _fill_card(card: CardSpec, model: HubModel, folder: Path, name: HubName | None) -> ModelCard:
    return ModelCard(
        name=card.name or (name.name if name else folder.resolve().name),
        description=card.description or f"A model of the family {model.family}.",
        image_tower=card.image_tower or describe_tower(model.design.image),
        text_tower=card.text_tower or describe_tower(model.design.text),
        license=card.license or read_license(folder) or "Not stated",
        source=card.source or (f"https://huggingface.co/{name.repository}" if name else None),
        languages=card.languages,
    )


def describe_tower(tower: nn.Module) -> str:
    """A tower in a few words, for example "ViT, 12 layers, width 768"."""
    match tower:
        case VisionTransformer(depth=depth, width=width):
            return f"ViT, {depth} layers, width {width}"
        case TextTransformer(depth=depth, width=width):
            return f"Transformer, {depth} layers, width {width}"
        case PostNormTower(depth=depth, width=width):
            return f"Transformer like BERT, {depth} layers, width {width}"
        case other:
            return type(other).__name__


def read_license(folder: Path) -> str | None:
    """The licence that the head of the model's card, a README.md, gives."""
    path = folder / _MODEL_CARD
    if find_fault(path):
        return None
    text = read_input_text(path, "Remove it, or download the model again.", ModelError)
    head = re.match(r"---\n(.*?)\n---", text, re.DOTALL)
    found = head and _LICENSE.search(head[1])
    return found[1] if found else None
