from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import builder
from builder.errors import ModelError
from builder.model import Preprocessing
from builder.models import published
from builder.models.load import load_model
from builder.models.published import PublishedModel, checkpoint_folder, published_models
from builder.spec.models import ModelSpec
from tests.towers.checkpoints import LIT, VOCABULARY, write_checkpoint

TEXTS = ["a kitten", "A Puppy"]


@pytest.fixture
def small_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublishedModel:
    """LiT-L16Ti as if it were published with the smallest towers."""
    real = published_models()["LiT-L16Ti"]
    config = {**LIT, "image": {**LIT["image"], "variant": "Ti/16"}}
    model = replace(real, config=config, preprocessing=Preprocessing(64, "tf-bilinear"))
    monkeypatch.setattr(published, "published_models", lambda: {model.name: model})
    return model


@pytest.mark.slow
def test_a_published_model_is_found_by_name_once_it_is_fetched(
    tmp_path: Path, small_published: PublishedModel
):
    spec = ModelSpec(name="lit-l16ti")
    with pytest.raises(ModelError, match="lit-demo models fetch LiT-L16Ti --cache-dir"):
        load_model(spec, tmp_path)
    folder = checkpoint_folder(tmp_path)
    folder.mkdir(parents=True)
    path = write_checkpoint(folder / "LiT-L16Ti.npz", small_published.config)
    with pytest.raises(ModelError, match=r"LiT-L16Ti\.model is missing"):
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


def test_what_needs_towers_refuses_finished_rows(tmp_path: Path):
    with pytest.raises(ModelError, match="has rows but no towers"):
        load_model(ModelSpec(precomputed=tmp_path))
