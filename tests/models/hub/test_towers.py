"""Towers of hubs' models beside their own libraries (tests/golden/make_hub_golden.py)."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import builder
from builder.errors import ModelError

GOLDEN = Path(__file__).parents[2] / "golden" / "hub"
NAMES = sorted(path.name for path in GOLDEN.iterdir())


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A copy of CLIP's folder."""
    return Path(shutil.copytree(GOLDEN / "clip_highest_id", tmp_path / "clip"))


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_those_of_the_models_own_library(name: str):
    towers = builder.load_towers(GOLDEN / name)
    with np.load(GOLDEN / name / "golden.npz") as golden:
        zimg = towers.embed_images(golden["pixel_values"])
        ztxt = towers.embed_tokens(golden["input_ids"])
        np.testing.assert_allclose(zimg, golden["image_embeds"], atol=1e-5)
        np.testing.assert_allclose(ztxt, golden["text_embeds"], atol=1e-5)
    assert (towers.bias is not None) == (name == "siglip")
    assert towers.scale


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
