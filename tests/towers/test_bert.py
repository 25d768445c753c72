"""BERT in JAX and as it is exported; that it is flaxformer's is tested in test_two_towers.py."""

from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
import pytest

from builder.conversion.check import check_model
from builder.conversion.parity import Tolerance
from builder.conversion.samples import Sample
from builder.model import Params, Tower
from builder.tfjs.export import export
from builder.tfjs.model import GraphModel
from builder.tfjs.runtime import Runtime
from builder.towers.architecture import BertSize
from builder.towers.bert import BertTower
from builder.towers.layers import l2_normalize

SIZE = BertSize(
    hidden_size=32,
    intermediate_dim=64,
    num_hidden_layers=2,
    num_attention_heads=4,
    vocab_size=60,
    max_length=20,
)
LENGTH = 8


@pytest.fixture(scope="module")
def tower() -> Tower:
    module: Any = BertTower(num_classes=16, size=SIZE)
    shapes = jax.eval_shape(module.init, jax.random.key(0), np.zeros((1, LENGTH), np.int32))
    rng = np.random.default_rng(0)

    def apply(params: Params, tokens: Any) -> jax.Array:
        return l2_normalize(module.apply({"params": params}, tokens))

    def draw(leaf: Any) -> Any:
        return rng.normal(0, 0.3, leaf.shape).astype(np.float32)

    return Tower(apply, jax.tree.map(draw, shapes["params"]))


@pytest.fixture(scope="module")
def exported(tower: Tower) -> GraphModel:
    return export(tower.apply, tower.params, {"tokens": (f"(b, {LENGTH})", "int32")}, ["ztxt"])


@pytest.fixture(scope="module")
def wasm() -> Iterator[Runtime]:
    with Runtime("wasm") as runtime:
        yield runtime


def padded_tokens() -> Any:
    """Rows with no padding, some, all but the first token, and nothing else."""
    tokens = np.random.default_rng(1).integers(1, 60, (4, LENGTH)).astype(np.int32)
    for row, real in enumerate((LENGTH, 3, 1, 0)):
        tokens[row, real:] = 0
    return tokens


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 4])
def test_the_export_gives_what_jax_gives_with_any_padding(
    count: int, tower: Tower, exported: GraphModel, wasm: Runtime
):
    tokens = padded_tokens()[:count]
    sample = Sample({"tokens": tokens}, {"ztxt": tower(tokens)})
    assert check_model(exported, [sample], wasm, Tolerance()).max_abs_error <= 1e-5


def test_masks_survive_weights_of_two_bytes(tower: Tower, exported: GraphModel, wasm: Runtime):
    # The mask's -1e10 is beyond what float16 can hold.
    tokens, model = padded_tokens(), exported.quantized("float16")
    sample = Sample({"tokens": tokens}, {"ztxt": tower(tokens)})
    parity = check_model(model, [sample], wasm, Tolerance())
    assert parity.min_cosine >= 0.9999
