"""Counts from architectures against those of the towers themselves, shapes only."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import pytest

from builder.models.published import published_models
from builder.towers.architecture import read_architecture
from builder.towers.parameter_counts import count_image_params, count_text_params
from builder.towers.two_towers import build_image_tower, build_text_tower


def count(tower: nn.Module, shape: tuple[int, ...], dtype: Any) -> int:
    inputs = jax.ShapeDtypeStruct(shape, dtype)
    variables = jax.eval_shape(tower.init, jax.random.key(0), inputs)
    return sum(leaf.size for leaf in jax.tree.leaves(variables))


SMALL = {"width": 32, "depth": 2, "num_heads": 2}
CONFIGS = [
    {"image": {**SMALL, "pool_type": "tok"}, "text": SMALL, "out_dim": 24},
    {"image": {**SMALL, "pool_type": "map"}, "text": {**SMALL, "pool_type": "map"}, "out_dim": 24},
    {
        "image": {**SMALL, "rep_size": 40, "posemb": "sincos2d", "patch_size": (8, 16)},
        "text": {**SMALL, "mlp_dim": 50},
        "out_dim": 32,
    },
    published_models()["LiT-B16B"].config,
    published_models()["LiT-L16Ti"].config,
    published_models()["SigLIP2-g-opt16-256"].config,
]


@pytest.mark.slow
@pytest.mark.parametrize("config", CONFIGS)
def test_counts_are_those_of_the_towers(config: dict[str, Any]):
    architecture = read_architecture(config)
    assert architecture.image
    image, text = build_image_tower(architecture.image, None), build_text_tower(architecture.text)
    counted = count(image, (1, 64, 64, 3), jnp.float32), count(text, (1, 16), jnp.int32)
    assert count_image_params(architecture.image, 64) == counted[0]
    assert count_text_params(architecture.text, 16) == counted[1]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("SigLIP-B16-224", 203_155_970),
        ("SigLIP-So400m14-384", 877_960_498),
    ],
)
def test_published_models_are_as_large_as_their_weights_on_hugging_face(name: str, count: int):
    model = published_models()[name]
    temperature_and_bias = 2
    assert model.image_params + model.text_params + temperature_and_bias == count


@pytest.mark.parametrize("name", published_models())
def test_the_towers_of_published_models_can_be_compared(name: str):
    model = published_models()[name]
    architecture = read_architecture(model.config)
    assert architecture.image
    assert architecture.image.dim == architecture.text.dim == architecture.dim
    assert architecture.has_bias == (model.scoring == "sigmoid")
