"""Weights in as few bytes as keep what a model says, tried on a small text tower."""

# pyright: reportUnknownLambdaType=false

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from builder.conversion.convert_jax import convert_jax
from builder.conversion.parity import MIN_COSINE, measure_parity
from builder.conversion.predict import tfjs_predict_fn
from builder.conversion.samples import Sample
from builder.conversion.selection import Selection, select_quantization
from builder.errors import ExportError, ParityError
from builder.tfjs.export import export
from builder.tfjs.model import GraphModel
from builder.tfjs.runtime import Runtime
from builder.towers.text_transformer import TextTransformer, embed_tokens

TOWER = TextTransformer(32, width=32, depth=2, mlp_dim=64, num_heads=2, vocab_size=100)
TOKENS = np.random.default_rng(1).integers(0, 100, (8, 16)).astype(np.int32)


def embed(params: Any, tokens: Any) -> Any:
    return embed_tokens(TOWER, params, tokens)


@dataclass(frozen=True)
class Case:
    """A tower with random weights, one of which has an outlier that uint8 cannot bear."""

    params: Any
    model: GraphModel
    expected: dict[str, Any]
    runtime: Runtime

    def select(self, **limits: float) -> Selection:
        samples = [Sample({"tokens": TOKENS}, self.expected)]
        return select_quantization(
            self.model, samples, self.runtime, **{"min_cosine": MIN_COSINE, **limits}
        )


@pytest.fixture(scope="module")
def case() -> Iterator[Case]:
    shapes: Any = jax.eval_shape(TOWER.init, jax.random.key(0), TOKENS)["params"]
    rng = np.random.default_rng(0)
    params: Any = jax.tree.map(
        lambda s: rng.normal(scale=s.shape[0] ** -0.5, size=s.shape).astype(np.float32), shapes
    )
    params["head"]["kernel"][0, 0] = 50
    model = export(embed, params, {"tokens": ("(b, 16)", "int32")}, ["embeddings"])
    with Runtime() as runtime:
        yield Case(params, model, {"embeddings": np.asarray(embed(params, TOKENS))}, runtime)


def kinds(selection: Selection) -> set[str | None]:
    model = selection.model
    stored = model.quantization or {}
    assert not isinstance(stored, str)
    return {stored.get(name) for name, array in model.weights.items() if array.size >= 1024}


@pytest.mark.slow
def test_each_weight_has_the_fewest_bytes_that_keep_the_limits(case: Case):
    found = case.select(min_cosine=0.9999, min_agreement=1)
    assert found.min_cosine >= 0.9999
    assert found.agreement == 1
    assert len(kinds(found)) > 1
    assert "uint8" in kinds(found)
    assert found.model.bytes < case.model.quantized("uint16").bytes


def test_what_is_reported_is_what_the_model_does(case: Case):
    found = case.select(min_cosine=0.9999)
    case.runtime.load(found.model.files)
    outputs = case.runtime.predict({"tokens": TOKENS})
    assert measure_parity(outputs, case.expected).min_cosine == found.min_cosine


def test_limits_that_anything_keeps_give_uint8_throughout(case: Case):
    assert kinds(case.select(min_cosine=-1, min_agreement=0)) == {"uint8"}


def test_a_strict_limit_leaves_what_rounding_would_spoil_float32(case: Case):
    found = case.select(min_cosine=1 - 1e-12)
    assert None in kinds(found)
    assert found.min_cosine >= 1 - 1e-12


def test_a_limit_beyond_float32_fails(case: Case):
    with pytest.raises(ParityError, match="With float32 weights the model has a cosine of 1"):
        case.select(min_cosine=1.1)


@pytest.mark.slow
def test_convert_jax_selects_on_samples(case: Case, tmp_path: Path):
    signature: Any = [("(b, 16)", "int32")]
    with pytest.raises(ExportError, match=r"Give some for the 1 inputs \(tokens\)"):
        convert_jax(
            embed,
            case.params,
            input_signatures=signature,
            model_dir=tmp_path,
            quantization="auto",
        )
    with pytest.raises(ExportError, match="Remove check=False"):
        convert_jax(
            embed,
            case.params,
            input_signatures=signature,
            model_dir=tmp_path,
            quantization="auto",
            samples=[TOKENS],
            check=False,
        )
    model = convert_jax(
        embed,
        case.params,
        input_signatures=signature,
        model_dir=tmp_path,
        quantization="auto",
        samples=[TOKENS],
        min_cosine=0.99,
    )
    assert model.bytes < case.model.quantized("uint16").bytes
    embeddings = {"embeddings": tfjs_predict_fn(tmp_path)(TOKENS)}
    assert measure_parity(embeddings, case.expected).min_cosine >= 0.99
