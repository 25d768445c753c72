"""Models from big_vision's checkpoints: published ones by name, and the author's own."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.cache import digest
from builder.errors import ModelError, naming
from builder.fingerprint import tower_code
from builder.manifest import Scoring, SigmoidScoring, SoftmaxScoring
from builder.model import ImageTextModel, ModelCard, Preprocessing, Tower
from builder.models.published import PublishedModel, find_file
from builder.spec.models import CardSpec, ModelSpec, ScoringKind, TokenizerSpec
from builder.text.load import read_tokenizer
from builder.text.tokenizer import Tokenizer, count_excess_pieces
from builder.towers.architecture import (
    BertArchitecture,
    TextArchitecture,
    read_architecture,
)
from builder.towers.checkpoint import checkpoint_fingerprint
from builder.towers.checkpoint_layouts import load_scoring
from builder.towers.description import describe_image_tower, describe_text_tower
from builder.towers.inference import infer_checkpoint

_RESOLUTION = 224
"""That of LiT, at which most image towers were first trained."""


def load_published_model(
    published: PublishedModel, model_id: str, cache_folder: Path | None
) -> ImageTextModel:
    """A published model whose files have been fetched.

    Raises:
        ModelError: if they have not been fetched, or are not what they should be.
    """
    name = published.name
    architecture = read_architecture(published.config)
    assert architecture.image, "published models have an image tower"
    return _load_model(
        model_id,
        find_file(published.checkpoint, name, cache_folder),
        published.config,
        tokenizer=read_tokenizer(
            find_file(published.vocabulary, name, cache_folder), published.tokenizer
        ),
        preprocessing=published.preprocessing,
        scoring=published.scoring,
        card=ModelCard(
            name=name,
            description=published.description,
            image_tower=describe_image_tower(architecture.image, published.preprocessing.size),
            text_tower=describe_text_tower(architecture.text, published.tokenizer.max_length),
            license=published.license,
            source=published.source,
            languages=published.languages,
        ),
    )


def load_own_model(path: Path, spec: ModelSpec, model_id: str) -> ImageTextModel:
    """The author's checkpoint, with the tokenizer that the spec gives.

    The architecture is that of the spec, or else that of the file's shapes.

    Raises:
        ModelError: if they do not fit together.
    """
    assert spec.tokenizer is not None, "a checkpoint comes with its tokenizer"
    config = spec.architecture or infer_checkpoint(path)
    with naming(path):
        architecture = read_architecture(config)
        if architecture.image is None:
            raise ModelError("a demo needs an image tower, but the architecture has none.")
    tokenizer = _load_own_tokenizer(spec.tokenizer, architecture.text)
    resolution = spec.resolution or _RESOLUTION
    return _load_model(
        model_id,
        path,
        config,
        tokenizer=tokenizer,
        preprocessing=Preprocessing(resolution, "tf-bilinear", "squash"),
        scoring=spec.scoring,
        card=_fill_card(
            spec.card,
            path,
            describe_image_tower(architecture.image, resolution),
            describe_text_tower(architecture.text, tokenizer.layout.max_length),
        ),
    )


def _load_model(
    model_id: str,
    path: Path,
    config: Mapping[str, Any],
    *,
    tokenizer: Tokenizer,
    preprocessing: Preprocessing,
    scoring: ScoringKind | None,
    card: ModelCard,
) -> ImageTextModel:
    architecture = read_architecture(config)
    weights = checkpoint_fingerprint(path)
    fingerprint = digest(tower_code(), weights, json.dumps(config, sort_keys=True, default=str))

    # The towers bring in JAX, which a build that finds everything in the cache does not need.

    def load_image() -> Tower:
        from builder.towers.two_towers import load_image_tower

        return load_image_tower(path, config)

    def load_text() -> Tower:
        from builder.towers.two_towers import load_text_tower

        tower = load_text_tower(path, config)
        if not isinstance(architecture.text, BertArchitecture):
            check_length(path, tower, tokenizer.layout.max_length)
        return tower

    return ImageTextModel(
        id=model_id,
        card=card,
        dim=architecture.dim,
        scoring=_make_scoring(path, scoring, *load_scoring(path)),
        tokenizer=tokenizer,
        preprocessing=preprocessing,
        image_fingerprint=fingerprint,
        text_fingerprint=fingerprint,
        load_image=load_image,
        load_text=load_text,
        space=weights,
    )


def _make_scoring(
    path: Path, kind: ScoringKind | None, scale: float | None, bias: float | None
) -> Scoring:
    if scale is None:
        raise ModelError(f"{path}: has no temperature 't' to turn its cosines into scores.")
    if (kind or ("softmax" if bias is None else "sigmoid")) == "softmax":
        return SoftmaxScoring(scale=scale)
    if bias is None:
        raise ModelError(
            f"{path}: scoring = 'sigmoid' needs the checkpoint's bias 'b'. Set bias_init in the"
            " architecture if the checkpoint has one, or set scoring = 'softmax'."
        )
    return SigmoidScoring(scale=scale, bias=bias)


def _load_own_tokenizer(spec: TokenizerSpec, tower: TextArchitecture) -> Tokenizer:
    tokenizer = read_tokenizer(spec.vocabulary, spec)
    size = tower.config.vocab_size if isinstance(tower, BertArchitecture) else tower.vocab_size
    if pieces := count_excess_pieces(tokenizer, size):
        raise ModelError(
            f"{spec.vocabulary}: has {pieces:,} pieces, but the text tower knows {size:,} tokens."
            " Name the vocabulary that it was trained with, or correct vocab_size."
        )
    return tokenizer


def check_length(path: Path, tower: Tower, max_length: int) -> None:
    """Refuse a transformer of big_vision's that was trained with rows of another length.

    Raises:
        ModelError: saying which.
    """
    positions = tower.params["pos_embedding"].shape[1]
    if positions != max_length:
        raise ModelError(
            f"{path}: its text tower reads {positions} tokens, not {max_length}. Set"
            f" max_length = {positions} for the tokenizer."
        )


def _fill_card(card: CardSpec, path: Path, image_tower: str, text_tower: str) -> ModelCard:
    return ModelCard(
        name=card.name or path.stem,
        description=card.description or "A model of the author's own.",
        image_tower=card.image_tower or image_tower,
        text_tower=card.text_tower or text_tower,
        license=card.license or "Not stated",
        source=card.source,
        languages=card.languages,
    )
