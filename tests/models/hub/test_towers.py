"""Towers of hubs' models beside their own libraries (tests/golden/make_hub_golden.py)."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import builder
from builder.errors import ModelError, NumberError
from tests.shared import HUB_GOLDENS, needs

GOLDEN = Path(__file__).parents[2] / "golden" / "hub"
BRIEF = ("clip_end_id", "dual_vit_bert", "open_clip_fastvit", "open_clip_resnet", "siglip")
"""One of each kind of tower; `make long` tries all."""
NAMES = sorted(path.name for path in GOLDEN.iterdir())


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A copy of CLIP's folder."""
    return Path(shutil.copytree(GOLDEN / "clip_highest_id", tmp_path / "clip"))


@pytest.mark.parametrize(
    "name",
    [name if name in BRIEF else pytest.param(name, marks=pytest.mark.long) for name in NAMES],
)
def test_rows_are_those_of_the_models_own_library(name: str):
    towers = builder.load_towers(GOLDEN / name)
    with np.load(GOLDEN / name / "golden.npz") as golden:
        zimg = towers.embed_images(golden["pixel_values"])
        ztxt = towers.embed_tokens(golden["input_ids"])
        np.testing.assert_allclose(zimg, golden["image_embeds"], atol=1e-5)
        np.testing.assert_allclose(ztxt, golden["text_embeds"], atol=1e-5)
    assert (towers.bias is not None) == ("siglip" in name)
    assert towers.scale


SHARED_NAMES = [
    *("alt_clip", "chinese_clip", "clip_eos", "clip_fp16", "clip_openai", "clip_sharded"),
    *("dual_clip_xlmr", "dual_vit_bert", "siglip", "siglip2_gemma", "v5_clip_bf16"),
    *("v5_dual_clip_roberta", "openclip_clipa", "openclip_quickgelu_custom", "openclip_resnet"),
    "openclip_vit",
]
"""Those of open_clip whose towers timm or transformers define have sizes of no published name."""


@needs(HUB_GOLDENS)
@pytest.mark.long
@pytest.mark.parametrize("name", SHARED_NAMES)
def test_rows_of_other_models_are_those_of_their_libraries(name: str):
    towers = builder.load_towers(HUB_GOLDENS / name)
    with np.load(HUB_GOLDENS / name / "golden.npz") as golden:
        zimg = towers.embed_images(golden["pixel_values"].transpose(0, 2, 3, 1))
        ztxt = towers.embed_tokens(golden["input_ids"])
        np.testing.assert_allclose(zimg, golden["image_embeds"], atol=1e-5)
        np.testing.assert_allclose(ztxt, golden["text_embeds"], atol=1e-5)
        assert towers.scale == pytest.approx(golden["scale"].item(), rel=1e-6)
        bias = golden["bias"].item() if "bias" in golden else None
        assert towers.bias == (None if bias is None else pytest.approx(bias))


def test_all_that_does_not_fit_is_named(clip: Path):
    change_config(clip, "text_config", num_hidden_layers=3, intermediate_size=25)
    with pytest.raises(ModelError) as caught:
        builder.load_towers(clip)
    text = str(caught.value)
    assert text.startswith(f"{clip / 'model.safetensors'}: this is not a file of the given model.")
    assert "missing: text_model.encoder.layers.2.layer_norm1.weight (16,)" in text
    assert "wrong shape: text_model.encoder.layers.0.mlp.fc1.weight (24, 16)" in text
    change_config(clip, "text_config", num_hidden_layers=1, intermediate_size=24)
    with pytest.raises(ModelError, match=r"left over: text_model\.encoder\.layers\.1\.mlp"):
        builder.load_towers(clip)


def test_a_pickle_is_refused_with_the_way_out(clip: Path):
    (clip / "model.safetensors").unlink()
    (clip / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'touch ran'\ntR.")
    with pytest.raises(ModelError, match=r"pytorch_model\.bin: is a pickle.*\n.*safetensors"):
        builder.load_towers(clip)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model_type": "blip"}, "the model_type 'blip' is not one that can be read"),
        ({"model_type": "siglip2"}, "NaFlex"),
        ({"projection_dim": -1}, r"config\.json\.projection_dim: .*greater than 0, not -1"),
        ({"projection_dim": 10**9}, "projection_dim"),
    ],
)
def test_a_config_of_something_else_is_refused(
    clip: Path, changes: dict[str, object], message: str
):
    change_config(clip, None, **changes)
    with pytest.raises(ModelError, match=message):
        builder.load_towers(clip)


def test_a_file_that_was_cut_off_is_named(clip: Path):
    weights = clip / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    with pytest.raises(ModelError, match=r"model\.safetensors: cannot be read"):
        builder.load_towers(clip)


def test_a_weight_that_is_not_a_number_is_named(clip: Path):
    weights = load_file(clip / "model.safetensors")
    weights["text_model.final_layer_norm.bias"][3] = np.nan
    save_file(weights, clip / "model.safetensors")
    with pytest.raises(NumberError, match=r"final_layer_norm\.bias holds NaN"):
        builder.load_towers(clip)


def test_a_missing_shard_is_named(tmp_path: Path):
    folder = Path(shutil.copytree(GOLDEN / "clip_sharded", tmp_path / "clip"))
    shard = max(folder.glob("model-*.safetensors"))
    shard.unlink()
    with pytest.raises(ModelError, match=f"{shard.name} is missing"):
        builder.load_towers(folder)


def change_config(folder: Path, section: str | None, **changes: object) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text())
    (config[section] if section else config).update(changes)
    path.write_text(json.dumps(config))
