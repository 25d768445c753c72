"""Text towers exported whole."""

# pyright: reportUnknownLambdaType=false

from typing import Any

import jax
import numpy as np
import pytest

from builder.conversion.check import check_model
from builder.conversion.parity import Parity, Tolerance
from builder.conversion.samples import Sample
from builder.options import Quantization
from builder.tfjs.export import export
from builder.tfjs.model import GraphModel
from builder.tfjs.runtime import Runtime
from builder.towers.architecture import TextPool
from builder.towers.text_transformer import TextTransformer, embed_tokens

TOKENS = {"tokens": ("(b, 16)", "int32")}


class Tower:
    """A text tower with random parameters, its function and its export."""

    def __init__(self, tower: TextTransformer) -> None:
        self.vocabulary = tower.vocab_size
        shapes: Any = jax.eval_shape(tower.init, jax.random.key(0), np.zeros((1, 16), np.int32))
        rng = np.random.default_rng(0)
        self.params: Any = jax.tree.map(
            lambda s: rng.normal(scale=s.shape[0] ** -0.5, size=s.shape).astype(np.float32),
            shapes["params"],
        )
        self.apply: Any = jax.jit(lambda p, t: embed_tokens(tower, p, t))

    def export(self) -> GraphModel:
        return export(self.apply, self.params, TOKENS, ["embeddings"])

    def parity(self, model: GraphModel, count: int, runtime: Runtime) -> Parity:
        tokens = np.random.default_rng(count).integers(0, self.vocabulary, (count, 16))
        tokens = tokens.astype(np.int32)
        expected = {"embeddings": np.asarray(self.apply(self.params, tokens))}
        return check_model(model, [Sample({"tokens": tokens}, expected)], runtime, Tolerance())


@pytest.fixture(scope="module")
def lit_tiny() -> Tower:
    """The shape of LiT's tiny text tower, with a vocabulary that is quick to make."""
    return Tower(
        TextTransformer(192, width=192, depth=12, mlp_dim=768, num_heads=3, vocab_size=2000)
    )


@pytest.fixture(scope="module")
def exported(lit_tiny: Tower) -> GraphModel:
    return lit_tiny.export()


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 5, 17])
def test_any_number_of_prompts_gives_the_embeddings_of_jax(
    count: int, lit_tiny: Tower, exported: GraphModel, wasm: Runtime
):
    assert lit_tiny.parity(exported, count, wasm).max_abs_error <= 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("quantization", ["float16", "uint16"])
def test_weights_of_two_bytes_keep_the_direction(
    quantization: Quantization, lit_tiny: Tower, exported: GraphModel, wasm: Runtime
):
    model = exported.quantized(quantization)
    assert lit_tiny.parity(model, 17, wasm).min_cosine >= 0.9999
    assert model.bytes < 0.52 * exported.bytes


def test_twelve_layers_are_few_nodes(exported: GraphModel):
    assert len(exported.ops) <= 400
    assert not {"Tanh", "Relu", "Einsum", "Switch", "Merge"} & set(exported.ops)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pool", "classes"), [("last", None), ("first", None), ("mean", 5), ("max", 5), ("map", 5)]
)
def test_every_pooling_with_and_without_a_head_is_exported(
    pool: TextPool, classes: int | None, wasm: Runtime
):
    tower = Tower(
        TextTransformer(
            classes, width=8, depth=2, mlp_dim=16, num_heads=2, vocab_size=11, pool_type=pool
        )
    )
    assert tower.parity(tower.export(), 3, wasm).max_abs_error <= 1e-5
