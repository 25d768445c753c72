"""A demo's model from a hub's folder: what each part of the folder becomes."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from builder.errors import ModelError
from builder.images.prepare import see
from builder.manifest import SigmoidScoring, SoftmaxScoring
from builder.model import ImageTextModel
from builder.models.fetch import fetch_missing
from builder.models.hub.model import load_hub_model
from builder.models.load import load_model
from builder.progress import Progress
from builder.spec.hub_name import HubName
from builder.spec.models import ModelSpec
from tests.models.hub.fake_hub import FakeHub
from tests.shared import HUB_GOLDENS, needs

HEADS = {
    "openclip_siglip": {"image": {"num_heads": 4}},
    "openclip_xlmr": {"text": {"num_heads": 4}},
}
NAMES = [
    *("alt_clip", "chinese_clip", "clip_eos", "clip_flax", "clip_fp16", "clip_openai"),
    *("clip_sharded", "dual_clip_xlmr", "dual_vit_bert", "siglip", "siglip2_gemma"),
    *("v5_clip_bf16", "v5_dual_clip_roberta", "openclip_clipa", "openclip_mobileclip"),
    *("openclip_mobileclip_fused", "openclip_quickgelu_custom", "openclip_resnet"),
    *("openclip_siglip", "openclip_vit", "openclip_xlmr"),
]
BRIEF = ("clip_openai", "openclip_clipa", "siglip")
"""One of each kind of preprocessing; `make long` tries all."""

pytestmark = needs(HUB_GOLDENS)


def load(folder: Path, **fields: Any) -> ImageTextModel:
    return load_hub_model(folder, ModelSpec(checkpoint=folder, **fields), "mine")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HUB_GOLDENS / "clip_openai", tmp_path / "clip"))


def change(path: Path, **fields: Any) -> None:
    path.chmod(0o644)
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **fields}))


@pytest.mark.parametrize(
    "name",
    [name if name in BRIEF else pytest.param(name, marks=pytest.mark.long) for name in NAMES],
)
def test_pictures_and_texts_get_the_logits_of_the_models_library(name: str):
    model = load(HUB_GOLDENS / name, architecture=HEADS.get(name))
    with np.load(HUB_GOLDENS / name / "golden.npz") as golden:
        pictures = [Image.fromarray(golden[f"image_{i}"]) for i in range(3)]
        logits, texts = golden["logits_per_image"], json.loads(golden["texts"].item())
    pixels = np.stack([see(picture, model.preprocessing) for picture in pictures])
    zimg = model.load_image()(pixels.astype(np.float32) / 127.5 - 1)
    ztxt = model.text_tower(model.tokenizer(texts))
    bias = model.scoring.bias if isinstance(model.scoring, SigmoidScoring) else 0
    found = model.scoring.scale * zimg @ ztxt.T + bias
    np.testing.assert_allclose(found, logits, atol=1e-4)


def test_the_card_says_what_the_folder_says(clip: Path):
    (clip / "README.md").write_text("---\ntags: [clip]\nlicense: mit\n---\n# A model\n")
    model = load(clip)
    assert isinstance(model.scoring, SoftmaxScoring)
    assert model.card.model_dump() == {
        "name": "clip",
        "description": "A model of the family CLIP.",
        "image_tower": "ViT, 2 layers, width 40",
        "text_tower": "Transformer, 2 layers, width 32",
        "license": "mit",
        "source": None,
        "languages": (),
    }
    assert model.storage == "none", "it has less than 1 MB"
    card = load(clip, card={"name": "Mine", "license": "CC0-1.0"}).card
    assert (card.name, card.license) == ("Mine", "CC0-1.0")


def test_shorter_rows_give_the_same_results_where_padding_does_not_count(clip: Path):
    whole, shorter = load(clip), load(clip, max_length=12)
    texts = ["a photo of a cat", "two dogs"]
    assert whole.tokenizer(texts).shape == (2, 20)
    assert shorter.tokenizer(texts).shape == (2, 12)
    rows = [model.text_tower(model.tokenizer(texts)) for model in (whole, shorter)]
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-6)


def test_a_tokenizer_of_another_model_is_refused(clip: Path):
    for name in ("tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json"):
        (clip / name).unlink()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(HUB_GOLDENS / "clip_eos" / name, clip / name)
    path = clip / "tokenizer.json"
    path.chmod(0o644)
    table = json.loads(path.read_text("utf-8"))
    vocabulary = table["model"]["vocab"]
    vocabulary.update({f"more{i}": len(vocabulary) + i for i in range(101)})
    path.write_text(json.dumps(table))
    with pytest.raises(
        ModelError, match=r"its tokenizer has 74\d pieces, but its text tower knows"
    ):
        load(clip)


@pytest.mark.parametrize(
    ("name", "length", "message"),
    [
        ("clip_openai", 21, r"clip_openai/config.json: its text tower reads at most 20 tokens"),
        ("siglip", 8, "reads exactly 16 tokens, not 8.\nCorrect max_length of this model"),
    ],
)
def test_rows_that_a_tower_does_not_read_are_refused(name: str, length: int, message: str):
    with pytest.raises(ModelError, match=message):
        load(HUB_GOLDENS / name, max_length=length)


def test_an_architecture_may_say_nothing_but_heads(clip: Path):
    assert load(clip, architecture={"image": {"num_heads": 4}}).dim == 36
    with pytest.raises(ModelError, match=r"architecture.image.num_heads = 2, .* has 4"):
        load(clip, architecture={"image": {"num_heads": 2}})
    with pytest.raises(ModelError, match=r"architecture\.text\.width: "):
        load(clip, architecture={"text": {"width": 32}})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"image_processor_type": "BeitImageProcessor"}, "'BeitImageProcessor' is not one that"),
        ({"crop_size": {"height": 30, "width": 32}}, "crop_size is 32 x 30: only square"),
        ({"crop_size": 28}, "pictures become 28 x 28 pixels, but the image tower reads 32"),
        ({"do_center_crop": False}, "size.shortest_edge without do_center_crop"),
        ({"do_resize": False}, "do_resize = false"),
        ({"image_std": [1, 1, 0]}, r"image_std"),
        ({"rescale_factor": 1}, r"rescale_factor"),
        ({"resample": 7}, r"resample"),
    ],
)
def test_pictures_that_cannot_be_prepared_are_refused(
    clip: Path, fields: dict[str, Any], message: str
):
    change(clip / "preprocessor_config.json", **fields)
    with pytest.raises(ModelError, match=rf"preprocessor_config\.json: [\s\S]*{message}"):
        load(clip)


def test_settings_of_old_files_are_understood(clip: Path):
    path = clip / "preprocessor_config.json"
    path.unlink()
    path.write_text(
        json.dumps({"feature_extractor_type": "CLIPFeatureExtractor", "size": 32, "crop_size": 32})
    )
    assert load(clip).preprocessing == load(HUB_GOLDENS / "clip_openai").preprocessing


def test_a_folder_without_preprocessing_says_what_is_missing(clip: Path):
    (clip / "preprocessor_config.json").unlink()
    with pytest.raises(ModelError, match=r"preprocessor_config\.json: is missing, so nothing says"):
        load(clip)


def test_a_folder_for_both_libraries_is_read_as_its_weights_are(clip: Path):
    source = HUB_GOLDENS / "openclip_vit" / "open_clip_config.json"
    (clip / "open_clip_config.json").write_bytes(source.read_bytes())
    assert load(clip).preprocessing.library == "transformers"


def test_a_name_on_the_hub_is_the_folder_that_was_fetched(hub: FakeHub, clip: Path, tmp_path: Path):
    hub.add("someone/clip", {path.name: path.read_bytes() for path in clip.iterdir()})
    spec = ModelSpec(name="hf:someone/clip")
    with pytest.raises(ModelError, match="lit-demo models fetch hf:someone/clip"):
        load_model(spec, tmp_path / "cache")
    fetch_missing([spec], tmp_path / "cache", Progress(Console(quiet=True)))
    model = load_model(spec, tmp_path / "cache")
    assert (model.id, model.card.name) == ("clip", "clip")
    assert model.card.source == "https://huggingface.co/someone/clip"
    assert model.text_fingerprint == load(clip).text_fingerprint
    assert str(HubName.parse("hf:someone/clip")) == spec.name
