"""The text tower against the outputs of big_vision's own code."""

import json
from pathlib import Path
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from builder.params import Params, flatten_params, load_params
from builder.towers.architecture import TextPool
from builder.towers.layers import l2_normalize
from builder.towers.text_transformer import TextTransformer, embed_tokens

GOLDENS = Path(__file__).parents[1] / "golden" / "big_vision"
CONFIG = json.loads((GOLDENS / "configs.json").read_text(encoding="utf-8"))["lit_text_head"]


def small_tower(pool_type: TextPool = "last", num_classes: int | None = 5) -> TextTransformer:
    return TextTransformer(
        num_classes, width=8, depth=2, mlp_dim=16, num_heads=2, vocab_size=11, pool_type=pool_type
    )


def init_params(tower: TextTransformer, tokens: jax.Array) -> Params:
    return cast("Params", tower.init(jax.random.key(0), tokens)["params"])


def apply(tower: TextTransformer, params: Params, tokens: jax.Array) -> jax.Array:
    return cast("jax.Array", tower.apply({"params": params}, tokens))


def test_agrees_with_big_vision() -> None:
    golden = load_params(GOLDENS / "lit_text_head.npz")
    tower = TextTransformer(CONFIG["out_dim"][1], **CONFIG["text"])
    ztxt = embed_tokens(tower, golden["params"]["txt"], golden["tokens"].astype(np.int32))
    np.testing.assert_allclose(ztxt, golden["ztxt"], atol=1e-5)


@pytest.mark.slow
def test_names_and_shapes_are_those_of_big_vision() -> None:
    golden = load_params(GOLDENS / "lit_text_head.npz")["params"]["txt"]
    tower = TextTransformer(CONFIG["out_dim"][1], **CONFIG["text"])
    ours = init_params(tower, jnp.zeros((1, 8), jnp.int32))
    shapes = [{k: v.shape for k, v in flatten_params(tree).items()} for tree in (ours, golden)]
    assert shapes[0] == shapes[1]


@pytest.mark.slow
@pytest.mark.parametrize("pool_type", ["last", "first", "mean", "max"])
def test_pools_the_normalised_sequence(pool_type: TextPool) -> None:
    tokens = jnp.array([[3, 4, 1, 1], [5, 1, 1, 1]])
    tower = small_tower(pool_type, num_classes=None)
    params = init_params(tower, tokens)
    _, state = tower.apply({"params": params}, tokens, capture_intermediates=True)
    sequence = np.asarray(state["intermediates"]["Encoder_0"]["__call__"][0])  # pyright: ignore
    expected = {
        "last": sequence[:, -1],
        "first": sequence[:, 0],
        "mean": sequence.mean(1),
        "max": sequence.max(1),
    }
    pooled = apply(tower, params, tokens)
    np.testing.assert_allclose(pooled, expected[pool_type], atol=1e-6)


@pytest.mark.slow
def test_a_row_does_not_depend_on_its_batch() -> None:
    tokens = jnp.array([[3, 4, 1, 1], [5, 1, 1, 1]])
    tower = small_tower()
    params = init_params(tower, tokens)
    both = apply(tower, params, tokens)
    alone = apply(tower, params, tokens[1:])
    np.testing.assert_allclose(both[1:], alone, atol=1e-6)


def test_normalised_rows_have_length_one_and_zero_stays_zero() -> None:
    rows = l2_normalize(jnp.array([[3.0, 4.0], [0.0, 0.0]]))
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0.0, 0.0]], atol=1e-6)
