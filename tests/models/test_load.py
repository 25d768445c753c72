from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import builder
from builder.errors import ModelError
from builder.manifest import SigmoidScoring, SoftmaxScoring
from builder.model import Preprocessing
from builder.models import published
from builder.models.load import load_model
from builder.models.published import PublishedModel, checkpoint_folder, published_models
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
    with pytest.raises(ModelError, match="scoring = 'sigmoid' needs the bias"):
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
    with pytest.raises(ModelError, match=r"reads 12 tokens, not 16\. Write max_length = 12"):
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


@pytest.fixture
def small_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublishedModel:
    """LiT-L16Ti as if it were published with the smallest towers."""
    real = published_models()["LiT-L16Ti"]
    config = {**LIT, "image": {**LIT["image"], "variant": "Ti/16"}}
    model = replace(real, config=config, preprocessing=Preprocessing(64, "tf-bilinear"))
    monkeypatch.setattr(published, "published_models", lambda: {model.name: model})
    return model


def test_a_published_model_is_found_by_name_once_it_is_fetched(
    tmp_path: Path, small_published: PublishedModel
):
    spec = ModelSpec(name="lit-l16ti")
    with pytest.raises(ModelError, match="lit-demo models fetch LiT-L16Ti --cache-dir"):
        load_model(spec, tmp_path)
    folder = checkpoint_folder(tmp_path)
    folder.mkdir(parents=True)
    path = write_checkpoint(folder / "LiT-L16Ti.npz", small_published.config)
    with pytest.raises(ModelError, match=r"LiT-L16Ti\.model is not there"):
        load_model(spec, tmp_path)
    (folder / "LiT-L16Ti.model").write_bytes(VOCABULARY.read_bytes())
    model = load_model(spec, tmp_path)
    assert model.id == "lit-l16ti"
    assert model.card.source == "https://arxiv.org/abs/2111.07991"
    assert model.card.image_tower.startswith("ViT/16, 2 layers, width 32, ")
    assert (model.tokenizer(["A KITTEN"]) == model.tokenizer(["a kitten"])).all()
    towers = builder.load_towers(path, small_published.config)
    tokens = model.tokenizer(TEXTS)
    np.testing.assert_array_equal(model.text_tower(tokens), towers.embed_tokens(tokens))


def test_an_unknown_name_suggests_a_known_one():
    for written, known in (("mini-tony", "mini-tiny"), ("LiT-L16Tiny", "LiT-L16Ti")):
        with pytest.raises(ModelError, match=f"Did you mean '{known}'"):
            load_model(ModelSpec(name=written))


def test_the_same_model_may_stand_under_another_id():
    model = load_model(ModelSpec(name="mini-tiny", id="other", resize="tf-bilinear"))
    assert (model.id, model.preprocessing.resize) == ("other", "tf-bilinear")
