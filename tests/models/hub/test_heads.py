"""Heads of attention that a config does not tell, given by hand."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from builder.errors import ModelError
from builder.models.hub.folder import load_hub_towers, open_hub_model
from builder.models.hub.heads import Heads
from tests.shared import HUB_GOLDENS, needs

GOLDEN = Path(__file__).parents[2] / "golden" / "hub"

shared = needs(HUB_GOLDENS)


@shared
@pytest.mark.parametrize(
    ("name", "side", "tower"),
    [
        ("openclip_siglip", "image", "vit_tiny_siglip"),
        ("openclip_xlmr", "text", "xlm-roberta-tiny"),
    ],
)
def test_a_tower_of_an_unknown_name_needs_its_heads(name: str, side: str, tower: str):
    folder = HUB_GOLDENS / name
    with pytest.raises(ModelError, match=f"how many heads '{tower}', its {side} tower") as caught:
        open_hub_model(folder)
    assert caught.value.message.startswith(str(folder / "open_clip_config.json"))
    assert f"architecture.{side}.num_heads of this model in demo.toml" in str(caught.value)


@shared
@pytest.mark.parametrize("name", ["openclip_siglip", "openclip_xlmr"])
def test_rows_with_heads_given_by_hand_are_those_of_the_library(name: str):
    told = json.loads((HUB_GOLDENS / name / "golden.json").read_text())
    image, text = told.get("timm_model"), told.get("hf_config")
    heads = Heads(
        image=image["num_heads"] if image else None,
        text=text["num_attention_heads"] if text else None,
    )
    towers = load_hub_towers(HUB_GOLDENS / name, heads)
    with np.load(HUB_GOLDENS / name / "golden.npz") as golden:
        zimg = towers.embed_images(golden["pixel_values"].transpose(0, 2, 3, 1))
        ztxt = towers.embed_tokens(golden["input_ids"])
        np.testing.assert_allclose(zimg, golden["image_embeds"], atol=2e-6)
        np.testing.assert_allclose(ztxt, golden["text_embeds"], atol=2e-6)


@shared
def test_heads_that_cannot_share_the_width_are_refused():
    with pytest.raises(ModelError, match="7 heads cannot share the width 40"):
        open_hub_model(HUB_GOLDENS / "openclip_siglip", Heads(image=7))
    with pytest.raises(ModelError, match="0 heads cannot share"):
        open_hub_model(HUB_GOLDENS / "openclip_siglip", Heads(image=0))


def test_heads_that_differ_from_the_config_are_refused():
    folder = GOLDEN / "siglip"
    with pytest.raises(ModelError, match=r"text\.num_heads = 4, but its text tower has 2"):
        open_hub_model(folder, Heads(text=4))
    assert open_hub_model(folder, Heads(image=2, text=2)).family == "SigLIP"


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("clip_end_id", "CLIP"),
        ("alt_clip", "AltCLIP"),
        ("chinese_clip", "Chinese-CLIP"),
        ("dual_vit_bert", "VisionTextDualEncoder of ViT and BERT"),
        ("dual_clip_roberta", "VisionTextDualEncoder of CLIP's image tower and RoBERTa"),
        ("open_clip_vit", "open_clip ViT"),
        ("open_clip_resnet", "open_clip ResNet"),
    ],
)
def test_a_model_is_described_without_reading_its_weights(name: str, family: str):
    model = open_hub_model(GOLDEN / name)
    assert model.family == family
    assert model.files == (model.weights,)
    assert (model.design.dim, model.design.length) == (12, 9)
    assert model.design.resolution == (32 if name == "open_clip_resnet" else 16)


def test_an_index_and_all_its_shards_are_the_files_of_a_model(tmp_path: Path):
    folder = Path(shutil.copytree(GOLDEN / "clip_sharded", tmp_path / "clip"))
    model = open_hub_model(folder)
    assert model.weights.name == "model.safetensors.index.json"
    assert set(model.files) == {model.weights, *folder.glob("model-*.safetensors")}
