"""Folders with a text tower that was distilled from a model, or tuned to its image tower.

`config.json` says what is in the folder and which model it was made for; `text.npz` has the
weights, float16 under big_vision's names; `tokenizer.model` is a SentencePiece vocabulary.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from builder.cache import digest
from builder.errors import ModelError, naming
from builder.fingerprint import tower_code
from builder.input_file import find_fault, read_input_object
from builder.manifest import Scoring
from builder.model import ImageTextModel, Tower
from builder.models.checkpoint import check_length
from builder.options import storage_of
from builder.text.load import TokenizerSettings, read_tokenizer
from builder.towers.architecture import Architecture, TransformerArchitecture, read_architecture
from builder.towers.checkpoint import checkpoint_fingerprint
from builder.towers.description import describe_text_tower
from builder.towers.parameter_counts import count_text_params
from builder.validation import explain_errors

CONFIG = "config.json"
WEIGHTS = "text.npz"
VOCABULARY = "tokenizer.model"
KIND = "lit-demo text tower"

Method = Literal["distilled", "tuned"]

_REMEDY = "Name a folder that `lit-demo distil` or `lit-demo tune` wrote."


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SourceModel(_Table):
    """The model that a tower was made for."""

    id: str
    """Its id when the tower was made."""
    space: str
    """`ImageTextModel.space`."""
    dim: Annotated[int, Field(gt=0)]
    """Columns of its rows."""


class TextTowerConfig(_Table):
    """What is in a folder."""

    kind: Literal["lit-demo text tower"] = KIND
    version: Literal[1] = 1
    generator: str
    """The program that wrote it, with its version."""
    method: Method
    """How it was made."""
    source: SourceModel
    """The model whose joint space its rows are in."""
    text: dict[str, Any]
    """Keyword arguments of big_vision's text transformer."""
    tokenizer: TokenizerSettings
    """How texts become token rows."""
    scoring: Scoring | None = None
    """How a cosine becomes a score, if not as with the model's own text tower."""
    files: Mapping[str, str] = {}
    """SHA-256 of the files beside this one."""

    @property
    def architecture(self) -> Mapping[str, Any]:
        """Keyword arguments of big_vision's `two_towers.Model` without an image tower."""
        return {"image": None, "text": self.text, "out_dim": (None, self.source.dim)}


def read_text_tower_config(folder: Path) -> TextTowerConfig:
    """What a folder says that it holds.

    Raises:
        ModelError: if it is not such a folder.
    """
    path = folder / CONFIG
    content = read_input_object(path, _REMEDY, ModelError)
    if content.get("kind") != KIND:
        raise ModelError(f"{folder}: is not the folder of a text tower. {_REMEDY}")
    try:
        return TextTowerConfig.model_validate(content)
    except ValidationError as error:
        known = list(TextTowerConfig.model_fields)
        found = explain_errors(error.errors(include_url=False), lambda _: known)
        lines = (f"{'.'.join(map(str, f.location))}: {f.message}. {f.remedy}" for f in found)
        raise ModelError(f"{path}: {' '.join(lines)} {_REMEDY}") from None


def replace_text_tower(model: ImageTextModel, folder: Path) -> ImageTextModel:
    """The model with the text tower in a folder, which must have been made for it.

    Raises:
        ModelError: if it was made for another model, or its files do not fit together.
    """
    config = read_text_tower_config(folder)
    _check_source(config, model, folder)
    path = folder / WEIGHTS
    if fault := find_fault(path):
        raise ModelError(f"{path}: {fault}. {_REMEDY}")
    with naming(folder / CONFIG):
        architecture = _read_architecture(config)
    tokenizer = read_tokenizer(folder / VOCABULARY, config.tokenizer)

    # The towers bring in JAX, which a build that finds everything in the cache does not need.
    def load_text() -> Tower:
        from builder.towers.two_towers import load_text_tower

        tower = load_text_tower(path, config.architecture)
        check_length(path, tower, length)
        return tower

    length = config.tokenizer.max_length
    described = describe_text_tower(architecture, length)
    return replace(
        model,
        card=model.card.model_copy(update={"text_tower": f"{described}, {config.method}"}),
        scoring=config.scoring or model.scoring,
        tokenizer=tokenizer,
        text_fingerprint=digest(
            tower_code(), checkpoint_fingerprint(path), repr(sorted(config.text.items()))
        ),
        load_text=load_text,
        storage=storage_of(count_text_params(architecture, length)),
    )


def _check_source(config: TextTowerConfig, model: ImageTextModel, folder: Path) -> None:
    source = config.source
    if source.dim != model.dim or (model.space and source.space != model.space):
        columns = f", whose rows have {source.dim} columns" if source.dim != model.dim else ""
        raise ModelError(
            f"{folder}: this text tower was made for the model '{source.id}'{columns}, and"
            f" '{model.id}' has another image tower, so that its scores would mean nothing.",
            f"Write it beside the model that it was made for, or make one for '{model.id}'.",
        )


def _read_architecture(config: TextTowerConfig) -> TransformerArchitecture:
    architecture: Architecture = read_architecture(config.architecture)
    if not isinstance(architecture.text, TransformerArchitecture):
        raise ModelError(f"text: is not a transformer of big_vision's. {_REMEDY}")
    return architecture.text
