"""What is said of the hub's well-known models, beside towers of those sizes."""

from pathlib import Path
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import pytest

import builder
from builder.models.hub.design import Design
from builder.models.hub.published import HubModelFacts, hub_models
from builder.models.hub.transformers_design import design_transformers_model
from builder.spec.hub_name import HubName
from builder.spec.types import slug
from builder.towers.post_norm import PostNormTower
from builder.towers.text_transformer import TextTransformer

MODELS = {model.name: model for model in hub_models()}
TYPES = {
    "CLIP": "clip",
    "TinyCLIP": "clip",
    "SigLIP": "siglip",
    "SigLIP 2": "siglip",
    "Chinese-CLIP": "chinese_clip",
    "AltCLIP": "altclip",
    "VisionTextDualEncoder": "vision-text-dual-encoder",
}


def design(facts: HubModelFacts) -> Design:
    """The model as transformers describes one of those sizes."""
    text = facts.text
    config: dict[str, Any] = {
        "hidden_size": text.width,
        "num_hidden_layers": text.layers,
        "num_attention_heads": text.heads,
        "intermediate_size": text.mlp or 4 * text.width,
        "vocab_size": text.vocabulary,
        "max_position_embeddings": text.positions,
        "type_vocab_size": text.segments,
        "model_type": "bert",
        "project_dim": text.projections[0],
    }
    return design_transformers_model(
        {
            "model_type": TYPES[facts.family],
            "projection_dim": text.projections[-1],
            "text_config": config,
            "vision_config": {"model_type": "clip_vision_model"},
        },
        frozenset(),
    )


def count(tower: nn.Module) -> int:
    tokens = jax.ShapeDtypeStruct((1, 77), jnp.int32)
    variables = jax.eval_shape(tower.init, jax.random.key(0), tokens)
    return sum(leaf.size for leaf in jax.tree.leaves(variables))


def by_sizes() -> list[HubModelFacts]:
    """A model of each text tower in transformers."""
    models = [model for model in MODELS.values() if model.library == "transformers"]
    return list({model.text: model for model in models}.values())


@pytest.mark.parametrize("facts", by_sizes(), ids=lambda facts: slug(facts.name))
def test_sizes_are_those_of_the_towers_themselves(facts: HubModelFacts):
    assert facts.text_params == design(facts).count_parameters("text")


def test_sizes_of_open_clips_towers_are_those_of_the_towers_themselves():
    mobile = MODELS["hf:apple/MobileCLIP-S1-OpenCLIP"]
    tower = TextTransformer(512, vocab_size=49_408, pool_type="end", head_bias=False)
    assert mobile.text_params == count(tower)
    xlm_roberta = MODELS["hf:laion/CLIP-ViT-B-32-xlm-roberta-base-laion5B-s13B-b90k"]
    tower = PostNormTower(
        width=768,
        depth=12,
        mlp_dim=3072,
        num_heads=12,
        vocab_size=250_002,
        positions=514,
        segments=1,
        pad_id=1,
        counts_tokens=True,
        pool="mean",
        heads=(640, 512),
        head_biases=(False, False),
    )
    assert xlm_roberta.text_params == count(tower)


@pytest.mark.slow
def test_a_build_ships_what_is_said(tmp_path: Path):
    facts = MODELS["hf:wkcn/TinyCLIP-ViT-8M-16-Text-3M-YFCC15M"]
    tower = design(facts).text
    params = tower.init(jax.random.key(0), jnp.zeros((1, 77), jnp.int32))["params"]

    def embed(params: Any, tokens: jax.Array) -> Any:
        return tower.apply({"params": params}, tokens)

    builder.convert_jax(
        embed,
        params,
        input_signatures=[((None, 64), "int32")],
        model_dir=tmp_path,
        quantization="float16",
        check=False,
    )
    shipped = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert shipped == pytest.approx(facts.text_encoder_bytes, rel=0.01)


def test_every_model_can_be_named_in_a_demo():
    names = [HubName.parse(name) for name in MODELS]
    assert len({slug(name.name) for name in names}) == len(names), "ids differ"
    assert {model.family for model in MODELS.values()} > set(TYPES) - {"TinyCLIP"}


@pytest.mark.parametrize("facts", MODELS.values(), ids=lambda facts: slug(facts.name))
def test_heads_share_the_width(facts: HubModelFacts):
    assert facts.text.width % facts.text.heads == 0
    assert len(facts.text.projections) == len(facts.text.biases) > 0
