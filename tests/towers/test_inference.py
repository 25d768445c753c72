"""Architectures from the shapes in a file."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import builder
from builder.errors import ModelError
from builder.models.published import published_models
from builder.towers.architecture import Architecture, BertArchitecture, read_architecture
from builder.towers.checkpoint_layouts import Shape
from builder.towers.inference import compare_architectures, infer_architecture, infer_checkpoint
from builder.towers.modules import init_shapes
from builder.towers.two_towers import build_image_tower, build_text_tower
from tests.towers.big_vision_params import save

GOLDEN = Path(__file__).parents[1] / "golden" / "big_vision"
CONFIGS = {repr(model.config): model for model in published_models().values()}


def shapes_of(architecture: Architecture) -> dict[str, Shape]:
    """The shapes of towers that were just initialised."""
    tokens = jax.ShapeDtypeStruct((1, 8), jnp.int32)
    shapes: dict[str, Shape] = {
        **init_shapes("txt/", build_text_tower(architecture.text), tokens),
        "t": (1,),
    }
    if image := architecture.image:
        height, width = image.patch_size
        picture = jax.ShapeDtypeStruct((1, 2 * height, 2 * width, 3), jnp.float32)
        shapes |= init_shapes("img/", build_image_tower(image, None), picture)
    return {**shapes, "b": (1,)} if architecture.has_bias else shapes


def normalize(architecture: Architecture) -> dict[str, Any]:
    """Without two ways to say the same, and without what changes nothing of the parameters."""
    table = architecture.model_dump()
    for tower in (table["image"], table["text"]):
        if tower and "width" in tower:
            tower["mlp_dim"] = tower["mlp_dim"] or 4 * tower["width"]
    if architecture.image:
        table["image"]["rep_size"] = architecture.image.representation_size
        del table["image"]["dtype_mm"]
    return table


@pytest.mark.parametrize(
    "config", [m.config for m in CONFIGS.values()], ids=[m.name for m in CONFIGS.values()]
)
def test_the_architecture_of_a_published_model_is_that_of_its_shapes(config: Mapping[str, Any]):
    architecture = read_architecture(config)
    found = read_architecture(infer_architecture(shapes_of(architecture)))
    assert normalize(found) == normalize(architecture)
    assert compare_architectures(architecture, found) == []


SMALL = {"width": 24, "depth": 2, "mlp_dim": 40, "num_heads": 3}


@pytest.mark.parametrize(
    "config",
    [
        {"image": {**SMALL, "patch_size": (4, 6), "pool_type": "map"}, "text": SMALL},
        {"image": {**SMALL, "rep_size": 7}, "text": SMALL, "out_dim": (5, 5)},
        {
            "image": {**SMALL, "rep_size": True, "posemb": "sincos2d"},
            "text": {**SMALL, "pool_type": "map"},
            "out_dim": (None, None),
            "bias_init": 0.0,
        },
        {"image": None, "text": {**SMALL, "vocab_size": 77, "mlp_dim": None}},
    ],
)
def test_other_architectures_are_those_of_their_shapes(config: dict[str, Any]):
    architecture = read_architecture(config)
    found = read_architecture(infer_architecture(shapes_of(architecture)))
    assert normalize(found) == normalize(architecture)


TOLD = [
    name for name in json.loads((GOLDEN / "configs.json").read_text()) if name != "sines_and_tanh"
]
"""Its text tower takes the maximum, of which no shape tells."""


@pytest.mark.parametrize("name", TOLD)
def test_rows_are_the_same_without_an_architecture(name: str):
    path = GOLDEN / f"{name}.npz"
    towers = builder.load_towers(path)
    with np.load(path) as golden:
        zimg, ztxt = towers.embed_images(golden["image"]), towers.embed_tokens(golden["tokens"])
        np.testing.assert_allclose(zimg, golden["zimg"], atol=1e-5)
        np.testing.assert_allclose(ztxt, golden["ztxt"], atol=1e-5)


def shapes(**changes: Any) -> dict[str, Shape]:
    return shapes_of(read_architecture({"image": SMALL, "text": SMALL, **changes}))


@pytest.mark.parametrize(
    ("text", "image", "sentences"),
    [
        (
            {"variant": "Ti"},
            SMALL,
            ["the file's text tower has width 192: variant Ti, not width 384"],
        ),
        (
            {"variant": "S", "vocab_size": 99},
            SMALL,
            ["the file's text tower has vocab_size 99, not 32000"],
        ),
        (
            {**SMALL, "width": 30},
            {**SMALL, "patch_size": (8, 8)},
            [
                "the file's text tower has width 30, not 384; depth 2, not 12;"
                " mlp_dim 40, not 1536; num_heads 3, not 6",
                "the file's image tower has patch_size 8 x 8, not 16 x 16",
            ],
        ),
    ],
)
def test_a_tower_of_other_sizes_is_described(
    text: dict[str, Any], image: dict[str, Any], sentences: list[str]
):
    given = read_architecture({"image": SMALL, "text": {"variant": "S"}})
    found = read_architecture(infer_architecture(shapes(text=text, image=image)))
    assert compare_architectures(given, found) == sentences


def test_bert_in_place_of_a_transformer_is_said():
    bert = read_architecture(published_models()["LiT-B16B"].config)
    assert isinstance(bert.text, BertArchitecture)
    given = read_architecture({"image": None, "text": SMALL})
    found = bert.model_copy(update={"image": None})
    assert compare_architectures(given, found) == [
        "the file's text tower is BERT, not big_vision's own transformer"
    ]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"img/MixerBlock_0/LayerNorm_0/scale": (8,)}, "its image tower is MLP-Mixer"),
        ({"img/block1/unit1/conv1/kernel": (1, 1, 8, 8)}, r"is ResNet \(BiT\) or a hybrid of one"),
        ({"img/embedding/kernel": (4, 4, 3)}, r"img/embedding/kernel \(4, 4, 3\) should have 4"),
    ],
)
def test_other_image_towers_are_refused_by_name(names: dict[str, Shape], message: str):
    rest = {name: shape for name, shape in shapes().items() if not name.startswith("img/")}
    with pytest.raises(ModelError, match=message):
        infer_architecture({**rest, **names})


def test_bert_of_unknown_heads_is_refused():
    table = {"hidden_size": 40, "num_hidden_layers": 1, "num_attention_heads": 5}
    config = {"image": None, "text_model": "proj.flaxformer.bert", "text": {"config": table}}
    found = shapes_of(read_architecture(config))
    with pytest.raises(ModelError, match="BERT of width 40, whose number of heads no shape tells"):
        infer_architecture(found)


def test_a_file_without_towers_is_refused_by_name(tmp_path: Path):
    path = tmp_path / "classifier.npz"
    save(path, {"embedding/kernel": np.zeros((4, 4, 3, 8), np.float32)})
    message = re.escape(f"{path}: it has no parameters of a text tower")
    with pytest.raises(ModelError, match=message):
        infer_checkpoint(path)
