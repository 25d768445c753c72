"""Weights as codes with scales: what the graph then computes, in any TensorFlow.js."""

# pyright: reportUnknownLambdaType=false

from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from builder.errors import ExportError
from builder.tfjs.codes import find_axes, fit_bits, split_scales
from builder.tfjs.export import export
from builder.tfjs.model import GraphModel, read_weights
from builder.tfjs.runtime import NodeBackend, Runtime

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(60, 32)).astype(np.float32)
MATRIX = RNG.normal(size=(32, 48)).astype(np.float32) * np.geomspace(1e-3, 10, 48, dtype="f4")
BIAS = RNG.normal(size=48).astype(np.float32)
IDS = RNG.integers(0, 60, (3, 5)).astype(np.int32)


def embed(params: Any, ids: Any) -> Any:
    """A gather, a product with a bias and one without."""
    x = params["table"][ids] @ params["matrix"] + params["bias"]
    return jnp.tanh(x) @ params["square"]


PARAMS = {
    "table": TABLE,
    "matrix": MATRIX,
    "bias": BIAS,
    "square": RNG.normal(size=(48, 48)).astype(np.float32),
}


@pytest.fixture(scope="module")
def model() -> GraphModel:
    return export(embed, PARAMS, {"ids": ("(b, 5)", "int32")}, ["y"])


@pytest.fixture(scope="module", params=["wasm", "cpu"])
def runtime(request: pytest.FixtureRequest) -> Iterator[Runtime]:
    backend: NodeBackend = request.param
    with Runtime(backend) as runtime:
        yield runtime


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize(("bits", "largest"), [("int8", 127), ("int4", 7)])
def test_codes_are_off_by_half_a_scale_at_most(axis: int, bits: Any, largest: int):
    codes, scales = split_scales(MATRIX, axis, bits)
    assert set(np.unique(codes)) <= set(range(-largest, largest + 1))
    assert scales.shape == ((32, 1) if axis == 0 else (1, 48))
    assert np.array_equal(scales, scales.astype(np.float16)), "nothing is lost in float16"
    assert (np.abs(codes * scales - MATRIX) <= scales / 2 * 1.001).all()


@pytest.mark.parametrize("value", [0, 1e-9, 1e6])
def test_matrices_of_odd_sizes_have_codes_too(value: float):
    array = np.full((4, 4), value, np.float32)
    codes, scales = split_scales(array, 1, "int8")
    assert np.isfinite(codes).all()
    assert (np.abs(codes) <= 127).all()
    np.testing.assert_allclose(codes * scales, array, rtol=0.01, atol=1e-7)


@pytest.mark.parametrize("bits", ["int8", "int4"])
def test_the_graph_computes_with_what_the_codes_stand_for(
    model: GraphModel, runtime: Runtime, bits: Any
):
    coded = model.quantized(bits)
    assert coded.kinds == {**model.kinds, "table": bits, "matrix": "int8", "square": "int8"}
    params = {
        **PARAMS,
        "table": _rounded("table", 0, bits),
        "matrix": _rounded("matrix", 1, "int8"),
        "square": _rounded("square", 1, "int8"),
    }
    runtime.load(coded.files)
    found = runtime.predict({"ids": IDS}, integers=())["y"]
    expected = np.asarray(embed(params, IDS))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


def test_products_in_integers_are_close_to_those_in_float32(model: GraphModel):
    coded = model.quantized("int8")
    assert coded.integer_products == ()
    assert set(coded.in_integers().integer_products) == {"matrix", "square"}
    with Runtime() as runtime:
        runtime.load(coded.in_integers().files)
        in_integers = runtime.predict({"ids": IDS})["y"]
        in_float32 = runtime.predict({"ids": IDS}, integers=())["y"]
        runtime.load(coded.files)
        again = runtime.predict({"ids": IDS})["y"]
    difference = np.abs(in_integers - in_float32).max() / np.abs(in_float32).max()
    assert 1e-5 < difference < 0.1, "seven bits for what goes in"
    np.testing.assert_array_equal(in_float32, again)


def test_a_code_takes_a_byte_and_two_of_four_bits_one(model: GraphModel):
    sizes = {way: _bytes_of(model.quantized(way)) for way in ("float16", "int8", "int4")}
    codes = {name: array.size for name, array in model.weights.items() if array.ndim == 2}
    scales = 2 * 60 + 4 * (48 + 48)  # of fewer than 1024 numbers, so in float32
    assert sum(codes.values()) == 60 * 32 + 32 * 48 + 48 * 48
    assert sizes["float16"] - sizes["int8"] == pytest.approx(sum(codes.values()) - scales, abs=600)
    assert sizes["int8"] - sizes["int4"] == pytest.approx(codes["table"] / 2, abs=16)


def test_weights_can_be_chosen_by_name(model: GraphModel):
    some = model.quantized({"matrix": "int8", "square": "float16"})
    assert some.left_out == ("table", "square")
    assert some.in_integers().integer_products == ("matrix",)
    stored = read_weights(some.files)
    assert set(np.unique(stored["matrix"])) <= set(range(-127, 128))


@pytest.mark.parametrize(
    ("chosen", "problem"),
    [
        ({"bias": "int8"}, "no weight 'bias' to quantize"),
        ({"matrix": "int4"}, "'matrix' cannot be int4"),
    ],
)
def test_what_cannot_be_codes_is_refused_by_name(
    model: GraphModel, chosen: dict[str, Any], problem: str
):
    with pytest.raises(ExportError, match=problem):
        model.quantized(chosen)


@pytest.mark.parametrize(
    "apply",
    [
        lambda p, x: p @ x.T,
        lambda p, x: x @ p + p[x[:, 0].astype(int)],
        lambda p, x: jax.nn.sigmoid(x @ p + p[0]),
        lambda p, x: jax.lax.fori_loop(0, 5000, lambda _, y: y @ p, x),
    ],
    ids=["on the left", "a table too", "with an activation", "in a loop"],
)
def test_other_uses_of_a_matrix_keep_its_numbers(apply: Callable[[Any, Any], Any]):
    square = PARAMS["square"]
    model = export(apply, square, {"x": ("(b, 48)", "float32")}, ["y"])
    assert "int8" not in model.quantized("int8").kinds.values()


def test_a_table_of_odd_rows_has_eight_bits():
    assert fit_bits("int4", TABLE[:, :31], 0) == "int8"
    assert fit_bits("int4", TABLE, 0) == "int4"
    assert fit_bits("int4", TABLE, 1) == "int8"
    assert fit_bits("int8", TABLE, None) is None


def test_a_table_gathered_along_its_columns_has_no_codes():
    nodes = [{"name": "g", "op": "GatherV2", "input": ["table", "ids", "axis"]}]
    for axis, found in ((1, {}), (0, {"table": 0})):
        assert find_axes(nodes, {"table": TABLE, "axis": np.array(axis, np.int32)}) == found


def convolve(params: Any, x: Any) -> Any:
    dims = ("NHWC", "HWIO", "NHWC")
    y = jax.lax.conv_general_dilated(x, params["kernel"], (2, 2), "SAME", dimension_numbers=dims)
    y = jax.nn.relu(y + params["bias"])
    return jax.lax.conv_general_dilated(y, params["last"], (1, 1), "SAME", dimension_numbers=dims)


def test_filters_have_a_scale_for_each_channel_that_comes_out(runtime: Runtime):
    params = {
        "kernel": RNG.normal(size=(3, 3, 8, 48)).astype(np.float32) * MATRIX[0],
        "bias": BIAS,
        "last": RNG.normal(size=(1, 1, 48, 48)).astype(np.float32),
    }
    x = RNG.normal(size=(2, 9, 9, 8)).astype(np.float32)
    model = export(convolve, params, {"x": ("(b, 9, 9, 8)", "float32")}, ["y"])
    coded = model.quantized("int8")
    assert {name for name, way in coded.kinds.items() if way == "int8"} == {"kernel", "last"}
    assert coded.in_integers().integer_products == (), "no kernel convolves integers"
    for name in ("kernel", "last"):
        codes, scales = split_scales(params[name], 3, "int8")
        assert scales.shape == (1, 1, 1, 48)
        params[name] = codes * scales
    runtime.load(coded.files)
    found = runtime.predict({"x": x})["y"]
    expected = np.asarray(convolve(params, x))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max())


def _rounded(name: str, axis: int, bits: Any) -> np.ndarray:
    codes, scales = split_scales(PARAMS[name], axis, bits)
    return codes * scales


def _bytes_of(model: GraphModel) -> int:
    return sum(len(content) for name, content in model.files.items() if name != "model.json")
