"""An author's own checkpoint as a model."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import builder
from builder.errors import ModelError
from builder.manifest import SigmoidScoring, SoftmaxScoring
from builder.model import Preprocessing
from builder.models.load import load_model
from builder.spec.models import ModelSpec
from tests.towers.checkpoints import LIT, SIGLIP, VOCABULARY, write_checkpoint

TEXTS = ["a kitten", "A Puppy"]


def spec_of(
    path: Path, config: Mapping[str, Any], tokenizer: Mapping[str, Any] = {}, **options: Any
) -> ModelSpec:
    return ModelSpec.model_validate(
        {
            "checkpoint": path,
            "architecture": config,
            "tokenizer": {"vocabulary": VOCABULARY, **tokenizer},
            "resolution": 64,
            **options,
        }
    )


@pytest.mark.slow
@pytest.mark.parametrize("config", [LIT, SIGLIP])
def test_a_checkpoint_of_the_authors_gives_what_load_towers_gives(
    tmp_path: Path, config: Mapping[str, Any]
):
    path = write_checkpoint(tmp_path / "mine.npz", config)
    model = load_model(spec_of(path, config))
    towers = builder.load_towers(path, config)
    tokens = model.tokenizer(TEXTS)
    pictures = np.random.default_rng(0).uniform(-1, 1, (2, 64, 64, 3)).astype(np.float32)
    np.testing.assert_array_equal(model.text_tower(tokens), towers.embed_tokens(tokens))
    np.testing.assert_array_equal(model.load_image()(pictures), towers.embed_images(pictures))
    assert (model.id, model.dim) == ("mine", 32)
    assert model.card.image_tower.startswith("ViT/16, 2 layers, width 32, ")
    assert model.preprocessing == Preprocessing(64, "tf-bilinear", "squash")


def test_the_scoring_is_that_of_the_checkpoint_unless_another_is_asked_for(tmp_path: Path):
    lit = write_checkpoint(tmp_path / "lit.npz", LIT)
    siglip = write_checkpoint(tmp_path / "siglip.npz", SIGLIP)
    scale = builder.load_towers(lit, LIT).scale
    assert scale
    assert scale == pytest.approx(10)
    softmax = SoftmaxScoring(scale=scale)
    assert load_model(spec_of(lit, LIT)).scoring == softmax
    assert load_model(spec_of(siglip, SIGLIP, scoring="softmax")).scoring == softmax
    assert load_model(spec_of(siglip, SIGLIP)).scoring == SigmoidScoring(scale=scale, bias=-3)
    with pytest.raises(ModelError, match="scoring = 'sigmoid' needs the checkpoint's bias"):
        load_model(spec_of(lit, LIT, scoring="sigmoid"))


def test_card_id_and_resize_are_those_of_the_spec(tmp_path: Path):
    path = write_checkpoint(tmp_path / "mine.npz", LIT)
    card = {"name": "Mine", "description": "My own.", "license": "CC0-1.0"}
    model = load_model(spec_of(path, LIT, id="first", card=card, resize="bicubic"))
    assert model.id == "first"
    assert (model.card.name, model.card.description, model.card.license) == tuple(card.values())
    assert model.preprocessing == Preprocessing(64, "bicubic", "squash")


def test_canonicalization_is_that_of_the_spec(tmp_path: Path):
    path = write_checkpoint(tmp_path / "mine.npz", LIT)
    lower = load_model(spec_of(path, LIT, {"canonicalization": ["lower-ascii"]})).tokenizer
    assert (lower(["A Puppy"]) == load_model(spec_of(path, LIT)).tokenizer(["a puppy"])).all()


def test_the_fingerprint_tells_one_checkpoint_and_architecture_from_another(tmp_path: Path):
    first = write_checkpoint(tmp_path / "mine.npz", LIT)
    fingerprint = load_model(spec_of(first, LIT)).image_fingerprint
    assert load_model(spec_of(first, LIT)).image_fingerprint == fingerprint
    pooled = {**LIT, "text": {**LIT["text"], "pool_type": "first"}}
    assert load_model(spec_of(first, pooled)).text_fingerprint != fingerprint
    write_checkpoint(first, LIT, scale=11)
    assert load_model(spec_of(first, LIT)).image_fingerprint != fingerprint


def test_rows_of_a_length_that_the_text_tower_does_not_read_are_refused(tmp_path: Path):
    path = write_checkpoint(tmp_path / "mine.npz", LIT, max_length=12)
    with pytest.raises(ModelError, match=r"reads 12 tokens, not 16\. Set max_length = 12"):
        _ = load_model(spec_of(path, LIT)).text_tower
    assert load_model(spec_of(path, LIT, {"max_length": 12})).text_tower.params


def test_a_vocabulary_of_another_model_is_refused(tmp_path: Path):
    small = {**LIT, "text": {**LIT["text"], "vocab_size": 1000}}
    path = write_checkpoint(tmp_path / "mine.npz", small)
    with pytest.raises(ModelError, match="has 10,000 pieces, but the text tower knows 1,000"):
        load_model(spec_of(path, small))


def test_an_architecture_that_cannot_be_built_is_told_with_its_file(tmp_path: Path):
    path = write_checkpoint(tmp_path / "mine.npz", LIT)
    with pytest.raises(ModelError, match=r"mine\.npz: this architecture.*\n.*mean 'width'"):
        load_model(spec_of(path, {**LIT, "text": {"widht": 8}}))


def test_an_architecture_without_an_image_tower_is_refused(tmp_path: Path):
    path = write_checkpoint(tmp_path / "mine.npz", LIT)
    with pytest.raises(ModelError, match="needs an image tower"):
        load_model(spec_of(path, {**LIT, "image": None}))
