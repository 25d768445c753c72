"""MobileCLIP's FastViT from files that are fused, not fused, or damaged."""

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
WEIGHTS = "open_clip_model.safetensors"
STEM = "visual.trunk.stem.0"


@pytest.fixture
def fastvit(tmp_path: Path) -> Path:
    """A copy of a folder whose branches are not fused."""
    return Path(shutil.copytree(GOLDEN / "open_clip_fastvit", tmp_path / "model"))


def change(folder: Path, **entries: np.ndarray | None) -> None:
    """Put other arrays into a file, by names whose dots are double underscores; None removes."""
    weights = load_file(folder / WEIGHTS)
    for name, array in entries.items():
        weights.pop(name.replace("__", "."), None)
        if array is not None:
            weights[name.replace("__", ".")] = array
    save_file(weights, folder / WEIGHTS)


@needs(HUB_GOLDENS)
@pytest.mark.parametrize("name", ["openclip_mobileclip", "openclip_mobileclip_fused"])
def test_rows_of_another_tower_are_those_of_timm(name: str):
    towers = builder.load_towers(HUB_GOLDENS / name)
    with np.load(HUB_GOLDENS / name / "golden.npz") as golden:
        zimg = towers.embed_images(golden["pixel_values"].transpose(0, 2, 3, 1))
        ztxt = towers.embed_tokens(golden["input_ids"])
        np.testing.assert_allclose(zimg, golden["image_embeds"], atol=3e-6)
        np.testing.assert_allclose(ztxt, golden["text_embeds"], atol=3e-6)


def test_a_negative_variance_is_named(fastvit: Path):
    change(
        fastvit,
        visual__trunk__stem__0__conv_scale__bn__running_var=np.array([1, -1, 1, 1], np.float32),
    )
    with pytest.raises(NumberError, match=r"conv_scale\.bn\.running_var holds a negative"):
        builder.load_towers(fastvit)


def test_a_number_that_is_not_one_is_named(fastvit: Path):
    change(
        fastvit,
        visual__trunk__stem__0__conv_scale__bn__weight=np.array([1, np.nan, 1, 1], np.float32),
    )
    with pytest.raises(NumberError, match=r"stem\.0\.conv_scale\.bn\.weight holds NaN"):
        builder.load_towers(fastvit)


def test_branches_beyond_float32_are_named(fastvit: Path):
    huge = np.full(4, 3e38, np.float32)
    change(
        fastvit,
        visual__trunk__stem__0__conv_scale__bn__bias=huge,
        visual__trunk__stem__0__conv_kxk__0__bn__bias=huge,
    )
    with pytest.raises(NumberError, match=r"stem\.0\.reparam_conv\.bias: its branches add up"):
        builder.load_towers(fastvit)


def test_entries_that_do_not_fit_are_named(fastvit: Path):
    change(
        fastvit,
        visual__trunk__stem__0__conv_scale__bn__bias=None,
        visual__trunk__stem__1__conv_kxk__0__conv__weight=np.zeros((4, 2, 3, 3), np.float32),
        visual__trunk__stem__1__extra=np.zeros(3, np.float32),
    )
    with pytest.raises(ModelError) as caught:
        builder.load_towers(fastvit)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith(f"{fastvit / WEIGHTS}: this is not a file of the given model")
    assert {line.strip() for line in lines[1:]} == {
        f"missing: {STEM}.conv_scale.bn.bias (4,)",
        "wrong shape: visual.trunk.stem.1.conv_kxk.0.conv.weight (4, 2, 3, 3), not (4, 1, 3, 3)",
        "left over: visual.trunk.stem.1.extra (3,)",
    }


def test_branches_beside_their_fusion_are_left_over(tmp_path: Path):
    folder = Path(shutil.copytree(GOLDEN / "open_clip_fastvit_fused", tmp_path / "model"))
    change(folder, visual__trunk__stem__0__conv_scale__bn__bias=np.zeros(4, np.float32))
    with pytest.raises(ModelError, match=r"left over: visual\.trunk\.stem\.0\.conv_scale\.bn"):
        builder.load_towers(folder)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("visual.trunk.stages.2.blocks.0.mlp.fc1.weight", "missing: .*stages.2.blocks.0.mlp.fc1"),
        ("visual.trunk.final_conv.se.fc1.weight", "missing: .*final_conv.se.fc1"),
        (f"{STEM}.conv_kxk.0.conv.weight", "missing: .*stem.0.conv_kxk.0"),
    ],
)
def test_a_file_without_what_tells_its_sizes_is_refused(fastvit: Path, name: str, message: str):
    change(fastvit, **{name.replace(".", "__"): None})
    with pytest.raises(ModelError, match=message):
        builder.load_towers(fastvit)


def test_widths_that_no_convolution_by_channel_can_make_are_refused(fastvit: Path):
    shape = (8, 7, 1, 1)
    change(
        fastvit,
        visual__trunk__stages__1__blocks__0__mlp__fc1__weight=np.zeros(shape, np.float32),
    )
    with pytest.raises(ModelError, match="cannot make 7 columns of 4"):
        builder.load_towers(fastvit)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"timm_model_name": "swin_base"}, "its image tower is timm's 'swin_base'"),
        ({"timm_pool": "max"}, "timm_pool 'max'"),
        ({"timm_proj": "mlp"}, "timm_proj 'mlp'"),
        ({"timm_proj": "none"}, "makes 64 columns, but embed_dim is 12"),
        ({"timm_proj": "linear"}, r"missing: visual\.head\.proj\.weight"),
    ],
)
def test_a_config_of_another_tower_is_refused(fastvit: Path, changes: dict[str, str], message: str):
    path = fastvit / "open_clip_config.json"
    config = json.loads(path.read_text())
    config["model_cfg"]["vision_cfg"].update(changes)
    path.write_text(json.dumps(config))
    with pytest.raises(ModelError, match=message):
        builder.load_towers(fastvit)


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("text_cfg", {"heads": 3}),
        ("vision_cfg", {"head_width": 5}),
        ("vision_cfg", {"head_width": 99}),
    ],
)
def test_heads_that_cannot_share_the_width_are_refused(
    tmp_path: Path, table: str, changes: dict[str, int]
):
    folder = Path(shutil.copytree(GOLDEN / "open_clip_vit", tmp_path / "model"))
    path = folder / "open_clip_config.json"
    config = json.loads(path.read_text())
    config["model_cfg"][table].update(changes)
    path.write_text(json.dumps(config))
    with pytest.raises(ModelError, match=r"cannot share a width of 16|larger than the width"):
        builder.load_towers(folder)


def test_a_negative_variance_of_a_resnet_is_named(tmp_path: Path):
    folder = Path(shutil.copytree(GOLDEN / "open_clip_resnet", tmp_path / "model"))
    name = "visual.layer2.0.downsample.1.running_var"
    variance = load_file(folder / WEIGHTS)[name]
    change(folder, **{name.replace(".", "__"): -variance})
    with pytest.raises(NumberError, match=r"downsample\.1\.running_var holds a negative variance"):
        builder.load_towers(folder)
