"""Counts from configurations against those of the towers themselves, shapes only."""

from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import pytest

from builder.towers.bert import BERT_SIZES, BertTower
from builder.towers.published import published_models
from builder.towers.sizes import BERT, VARIANTS, count_image_params, count_text_params
from builder.towers.text_transformer import TextTransformer
from builder.towers.vit import VisionTransformer


def count(tower: nn.Module, shape: tuple[int, ...], dtype: Any) -> int:
    inputs = jax.ShapeDtypeStruct(shape, dtype)
    variables = jax.eval_shape(tower.init, jax.random.key(0), inputs)
    return sum(leaf.size for leaf in jax.tree.leaves(variables))


@pytest.mark.parametrize("name", ["LiT-B16B", "LiT-B16B_2", "SigLIP2-B32-256"])
def test_image_towers_have_as_many_parameters_as_counted(name: str):
    model = published_models()[name]
    image = model.config["image"]
    variant, _, patch = image["variant"].partition("/")
    sizes: dict[str, Any] = {**VARIANTS[variant]}
    tower = VisionTransformer(
        num_classes=model.config["out_dim"][0],
        patch_size=(int(patch), int(patch)),
        pool_type=image["pool_type"],
        **sizes,
    )
    size = model.preprocessing.size
    assert count(tower, (1, size, size, 3), jnp.float32) == model.image_params


@pytest.mark.parametrize("name", ["LiT-B16B", "LiT-L16Ti", "SigLIP-So400m16-i18n-256"])
def test_text_towers_have_as_many_parameters_as_counted(name: str):
    model = published_models()[name]
    text, out_dim = model.config["text"], model.config["out_dim"][1]
    if model.config.get("text_model") == BERT:
        tower = BertTower(out_dim, BERT_SIZES[text["config"]])
    else:
        sizes: dict[str, Any] = {**VARIANTS[text["variant"]]}
        tower = TextTransformer(out_dim, vocab_size=text["vocab_size"], **sizes)
    assert count(tower, (1, model.tokenizer.max_length), jnp.int32) == model.text_params


def test_one_out_dim_is_that_of_both_towers():
    config = {
        "image": {"variant": "Ti/16"},
        "text": {"variant": "Ti", "vocab_size": 100},
        "out_dim": 32,
    }
    both = {**config, "out_dim": (32, 32)}
    assert count_image_params(config, 224) == count_image_params(both, 224)
    assert count_text_params(config, 16) == count_text_params(both, 16)
