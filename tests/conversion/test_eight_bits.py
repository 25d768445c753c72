"""What of a text tower gets eight bits, by what its answers bear, in the real TensorFlow.js."""

# pyright: reportUnknownLambdaType=false

from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
import pytest

from builder.conversion import eight_bits
from builder.conversion.answers import Answers
from builder.conversion.eight_bits import select_eight_bits
from builder.conversion.samples import Sample
from builder.tfjs.export import export
from builder.tfjs.model import GraphModel
from builder.tfjs.runtime import Runtime
from builder.towers.text_transformer import TextTransformer, embed_tokens

TOWER = TextTransformer(32, width=32, depth=2, mlp_dim=64, num_heads=2, vocab_size=100)
TOKENS = np.random.default_rng(1).integers(0, 100, (40, 16)).astype(np.int32)
CHOICES = [range(place, place + 4) for place in range(0, 40, 4)]


def embed(params: Any, tokens: Any) -> Any:
    return embed_tokens(TOWER, params, tokens)


def make_params() -> Any:
    shapes: Any = jax.eval_shape(TOWER.init, jax.random.key(0), TOKENS)["params"]
    rng = np.random.default_rng(0)
    return jax.tree.map(
        lambda s: rng.normal(scale=s.shape[0] ** -0.5, size=s.shape).astype(np.float32), shapes
    )


@pytest.fixture(scope="module")
def runtime() -> Iterator[Runtime]:
    with Runtime() as runtime:
        yield runtime


def select(params: Any, runtime: Runtime, choices: Any = CHOICES) -> tuple[GraphModel, Answers]:
    """The tower's pictures are like the first text that is offered for each."""
    model = export(embed, params, {"tokens": ("(b, 16)", "int32")}, ["embeddings"])
    ztxt = np.asarray(embed(params, TOKENS))
    answers = Answers(ztxt[[texts[0] for texts in choices]], ztxt, choices)
    sample = Sample({"tokens": TOKENS}, {"embeddings": ztxt})
    return select_eight_bits(model, [sample], runtime, answers=answers), answers


def lost(model: GraphModel, answers: Answers, runtime: Runtime) -> int:
    runtime.load(model.files)
    return answers.find_lost(runtime.predict({"tokens": TOKENS})["embeddings"]).size


def test_a_tower_that_bears_it_is_all_in_eight_bits(runtime: Runtime):
    model, answers = select(make_params(), runtime)
    assert model.left_out == ()
    assert model.integer_products == model.int8_matrices
    assert set(model.stored.values()) == {"int8"}
    assert lost(model, answers, runtime) == 0


def test_a_product_that_loses_answers_is_computed_in_float32(runtime: Runtime):
    params = make_params()
    # One number of each row is far larger than the others and says nothing.
    params["Encoder_0"]["encoder_norm"]["bias"][0] = 300
    params["head"]["kernel"][0] = 0
    model, answers = select(params, runtime)
    assert set(model.int8_matrices) - {*model.integer_products} == {"head/kernel"}
    assert model.left_out == ()
    assert lost(model, answers, runtime) == 0
    assert lost(model.in_integers(), answers, runtime) > 0


def test_a_weight_that_loses_answers_is_float16(runtime: Runtime):
    params = make_params()
    # One number of each row of the table says nothing either, since the mean goes.
    params["Embed_0"]["embedding"][:, 0] += 100
    params["Embed_0"]["embedding"][:, 1] -= 100
    params["pos_embedding"][..., 0] -= 100
    params["pos_embedding"][..., 1] += 100
    model, answers = select(params, runtime)
    assert model.left_out == ("Embed_0/embedding",)
    assert model.kinds["Embed_0/embedding"] == "float16"
    assert lost(model, answers, runtime) == 0


def test_a_tower_that_bears_nothing_is_float16(runtime: Runtime, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Answers, "find_lost", lambda *_: np.array([0], np.intp))
    model, _ = select(make_params(), runtime)
    assert model.quantization == "float16"


def test_a_large_table_is_tried_in_four_bits(runtime: Runtime, monkeypatch: pytest.MonkeyPatch):
    params = make_params()
    assert select(params, runtime)[0].kinds["Embed_0/embedding"] == "int8", "it is small"
    monkeypatch.setattr(eight_bits, "LARGE_VOCABULARY", 100)
    model, answers = select(params, runtime)
    assert model.kinds["Embed_0/embedding"] == "int4"
    assert lost(model, answers, runtime) == 0
    params["Embed_0"]["embedding"] *= 30
    assert select(params, runtime)[0].kinds["Embed_0/embedding"] == "int8", "it loses answers"
