"""The files of a graph model: what model.json says, and how the weights are stored."""

# pyright: reportUnknownLambdaType=false

import hashlib
import json
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from builder.errors import ExportError
from builder.options import Quantization
from builder.tfjs.export import export
from builder.tfjs.graph import Graph, TensorType, Value, constant, make, placeholder
from builder.tfjs.model import SHARD_BYTES, GraphModel, read_weights
from builder.tfjs.ops import unary
from builder.tfjs.quantize import SMALLEST, decode, encode
from builder.tfjs.write import write

W = np.random.default_rng(0).normal(size=(64, 32)).astype(np.float32)


def dense_model(quantization: Quantization | None = None) -> GraphModel:
    inputs = {"tokens": ("(b, 64)", "float32")}
    return export(lambda p, x: jnp.tanh(x @ p), W, inputs, ["rows"], quantization=quantization)


def model_json(model: GraphModel) -> Any:
    return json.loads(model.files["model.json"])


def test_the_signature_has_the_names_shapes_and_dtypes_that_were_asked_for():
    signature = model_json(dense_model())["signature"]
    sizes = {"dim": [{"size": "-1"}, {"size": "64"}]}
    tokens = {"name": "tokens", "dtype": "DT_FLOAT", "tensorShape": sizes}
    assert signature["inputs"] == {"tokens": tokens}
    assert signature["outputs"]["rows"]["name"] == "rows"


def test_nodes_name_their_inputs_and_no_attribute_is_a_default():
    nodes = {n["name"]: n for n in model_json(dense_model())["modelTopology"]["node"]}
    assert nodes["rows"] == {"name": "rows", "op": "Tanh", "input": ["dot_general"]}
    assert nodes["dot_general"]["op"] == "BatchMatMulV2"
    assert "attr" not in nodes["dot_general"]


def test_every_constant_is_a_node_and_a_weight():
    topology = model_json(dense_model())["modelTopology"]["node"]
    weights = model_json(dense_model())["weightsManifest"][0]["weights"]
    constants = [n["name"] for n in topology if n["op"] == "Const"]
    assert sorted(constants) == sorted(w["name"] for w in weights)


def test_names_are_unique_and_hold_only_what_tensorflow_allows():
    x = placeholder("x", TensorType((), "float32"))
    first = make("Neg", (Value(x),), TensorType((), "float32"))
    doubled = Graph((x,), {"y:0": unary("Abs", unary("Abs", first))})
    names = [n["name"] for n in model_json(write(doubled))["modelTopology"]["node"]]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("apply", "ops"),
    [
        (lambda _, x: x, ["Identity"]),
        (lambda _, x: (jnp.tanh(x),) * 2, ["Identity", "Tanh"]),
        (lambda _, x: jnp.split(x, 2, axis=1), ["Identity", "Identity", "SplitV"]),
        (lambda _, x: (x, jnp.float32(2)), ["Identity", "Identity"]),
    ],
    ids=["an input", "one value twice", "outputs of one node", "a constant"],
)
def test_an_output_has_its_name_whatever_makes_it(apply: Any, ops: list[str]):
    model = model_json(export(apply, (), {"x": ("(b, 4)", "float32")}))
    nodes = {n["name"]: n["op"] for n in model["modelTopology"]["node"]}
    outputs = model["signature"]["outputs"]
    assert set(outputs) <= set(nodes)
    assert sorted(op for op in nodes.values() if op not in ("Const", "Placeholder")) == ops


def test_shards_of_the_same_content_are_one_file_that_is_read_twice():
    zeros = np.zeros(SHARD_BYTES // 2, np.float32)
    model = export(lambda p, x: x * p["w"][0], {"w": zeros}, {"x": ("(b)", "float32")})
    model = GraphModel(model.nodes, model.inputs, model.outputs, {"w": zeros})
    paths = json.loads(model.files["model.json"])["weightsManifest"][0]["paths"]
    assert len(paths) == 2
    assert len(set(paths)) == 1
    np.testing.assert_array_equal(read_weights(model.files)["w"], zeros)


def test_weights_are_cut_into_shards_named_by_their_content():
    large = np.arange(SHARD_BYTES // 4 + 100, dtype=np.float32)
    model = export(lambda p, x: x + p, large, {"x": (f"({large.size},)", "float32")})
    paths = model_json(model)["weightsManifest"][0]["paths"]
    shards = [model.files[path] for path in paths]
    assert len(shards) == 2
    assert len(shards[0]) == SHARD_BYTES
    assert paths == [f"weights-{hashlib.sha256(s).hexdigest()[:16]}.bin" for s in shards]
    assert set(model.files) == {"model.json", *paths}
    assert model.bytes == sum(map(len, model.files.values()))


def test_the_same_function_gives_the_same_bytes():
    assert dense_model("float16").files == dense_model("float16").files
    assert dense_model("float16").files == dense_model().quantized("float16").files


def test_a_model_is_saved_into_a_new_folder(tmp_path: Path):
    model = dense_model()
    model.save(tmp_path / "models" / "dense")
    saved = {path.name: path.read_bytes() for path in (tmp_path / "models" / "dense").iterdir()}
    assert saved == model.files


def test_an_op_that_a_backend_lacks_is_refused():
    x = placeholder("x", TensorType((2, 2), "float32"))
    with pytest.raises(ExportError, match=r"Einsum does not run everywhere.*wasm lacks Einsum"):
        write(Graph((x,), {"y": unary("Einsum", Value(x))}))


@pytest.mark.parametrize(
    ("quantization", "bytes_each", "error"),
    [(None, 4, 0), ("float16", 2, 2e-3), ("uint16", 2, 1e-4), ("uint8", 1, 2e-2)],
)
def test_quantized_weights_come_back_nearly(
    quantization: Quantization | None, bytes_each: int, error: float
):
    data, kind = encode(W, quantization)
    assert len(data) == bytes_each * W.size
    assert np.abs(decode(data, kind) - W.reshape(-1)).max() <= error


@pytest.mark.parametrize(
    "array",
    [
        np.ones(SMALLEST - 1, np.float32) * np.float32(1e-8),
        np.ones(SMALLEST, np.int32),
        np.full(SMALLEST, np.inf, np.float32),
    ],
    ids=["small", "integers", "infinite"],
)
@pytest.mark.parametrize("quantization", ["float16", "uint8"])
def test_what_quantization_would_spoil_is_kept_exactly(array: Any, quantization: Quantization):
    data, kind = encode(array, quantization)
    np.testing.assert_array_equal(decode(data, kind), array)


def test_numbers_beyond_float16_stay_float32():
    assert encode(np.full(SMALLEST, 1e6, np.float32), "float16")[1] == {"dtype": "float32"}


def test_a_weight_of_equal_numbers_survives_uint8():
    data, kind = encode(np.full(SMALLEST, 0.3, np.float32), "uint8")
    np.testing.assert_allclose(decode(data, kind), 0.3, rtol=1e-6)


def test_weights_may_be_stored_in_different_ways_by_name():
    model = export(
        lambda p, x: jnp.tanh(x @ p["first"]) @ p["second"].T,
        {"first": W, "second": W},
        {"x": ("(b, 64)", "float32")},
    )
    assert set(model.weights) == {"first", "second"}
    mixed = model.quantized({"first": "uint8"})
    weights = {w["name"]: w for w in model_json(mixed)["weightsManifest"][0]["weights"]}
    assert weights["first"]["quantization"]["dtype"] == "uint8"
    assert "quantization" not in weights["second"]
    with pytest.raises(ExportError, match="no weight 'third' to quantize, only first, second"):
        model.quantized({"third": "uint8"})


def test_constants_of_a_dtype_that_tfjs_lacks_are_a_mistake():
    with pytest.raises(TypeError, match="float64"):
        constant(np.zeros(1))


def test_a_model_says_in_short_what_it_is():
    model = export(
        lambda w, x: x @ w,
        np.eye(40, dtype=np.float32),
        {"x": ("(b, 40)", "float32")},
        ["y"],
    )
    assert repr(model) == (
        "GraphModel(x: float32[b,40] -> y: float32[b,40]; 1 ops, float32 weights)"
    )
    assert "float16 weights" in repr(model.quantized("float16"))
