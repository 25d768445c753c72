"""The interface of tensorflowjs' convert_jax, on the example of the blog post about it."""

# pyright: reportUnknownLambdaType=false

from pathlib import Path
from typing import Any

import jax
import jax.export
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from builder.conversion.convert_jax import convert_jax
from builder.conversion.predict import tfjs_predict_fn
from builder.errors import ExportError


def prod(params: Any, xs: Any) -> Any:
    return jnp.sum(params["weight"] * xs, axis=-1)


PARAMS = {"weight": np.array([0.5, 1])}
XS = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


def test_a_function_of_fixed_shape_computes_the_same_in_tfjs(tmp_path: Path):
    convert_jax(prod, PARAMS, input_signatures=[((3, 2), np.float32)], model_dir=tmp_path)
    np.testing.assert_allclose(tfjs_predict_fn(tmp_path)(XS), prod(PARAMS, XS))


@pytest.mark.parametrize("polymorphic", [["(b, 2)"], ["(b, ...)"], ["b, _"], None])
@pytest.mark.parametrize("backend", ["wasm", "cpu"])
def test_a_function_of_any_number_of_rows_takes_one_and_three(
    polymorphic: list[str] | None, backend: Any, tmp_path: Path
):
    signatures: Any = [((None, 2), np.float32)]
    convert_jax(
        prod,
        PARAMS,
        input_signatures=signatures,
        model_dir=tmp_path,
        polymorphic_shapes=polymorphic,
    )
    predict = tfjs_predict_fn(tmp_path, backend)
    for xs in (XS, XS[:1]):
        np.testing.assert_allclose(predict(xs), prod(PARAMS, xs))


def test_inputs_are_named_as_the_arguments_and_several_outputs_come_by_name(tmp_path: Path):
    def both(params: Any, left: Any, right: Any) -> Any:
        return {"sum": left + right, "scaled": params * left}

    signature = ((None, 2), "float32")
    model = convert_jax(
        both, np.float32(3), input_signatures=[signature, signature], model_dir=tmp_path
    )
    assert list(model.inputs) == ["left", "right"]
    outputs: Any = tfjs_predict_fn(tmp_path)(XS, right=XS)
    np.testing.assert_allclose(outputs["sum"], 2 * XS)
    np.testing.assert_allclose(outputs["scaled"], 3 * XS)


@pytest.mark.slow
@pytest.mark.parametrize(
    "signature",
    [
        ((None, 2), np.float32),
        ([None, 2], "float32"),
        ("(b, 2)", "float32"),
        ("(b, 2)", jnp.bfloat16),
        jax.ShapeDtypeStruct(jax.export.symbolic_shape("rows, 2"), jnp.float32),
    ],
    ids=str,
)
def test_a_signature_may_be_written_in_every_way_that_jax_knows(signature: Any, tmp_path: Path):
    model = convert_jax(prod, PARAMS, input_signatures=[signature], model_dir=tmp_path)
    assert model.inputs["xs"].dtype == "float32"
    np.testing.assert_allclose(tfjs_predict_fn(tmp_path)(XS), prod(PARAMS, XS))


def test_inputs_and_outputs_in_pytrees_are_named_after_their_places(tmp_path: Path):
    def both(params: Any, batch: Any, pair: Any) -> Any:
        return {"sums": [batch["left"] + pair[0], batch["right"] + pair[1]], "scaled": params}

    one = ("(b, 2)", "float32")
    signatures = [{"right": one, "left": one}, (one, jax.ShapeDtypeStruct((2,), jnp.int32))]
    model = convert_jax(both, np.float32(3), input_signatures=signatures, model_dir=tmp_path)
    assert list(model.inputs) == ["batch/left", "batch/right", "pair/0", "pair/1"]
    assert list(model.outputs) == ["scaled", "sums/0", "sums/1"]
    pair = (XS, np.array([1, 2], np.int32))
    outputs: Any = tfjs_predict_fn(tmp_path)({"right": XS, "left": 2 * XS}, pair)
    np.testing.assert_allclose(outputs["sums/0"], 3 * XS)
    np.testing.assert_allclose(outputs["sums/1"], XS + pair[1])


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["uint8", "int64", "int16"])
def test_integers_of_other_widths_are_narrowed_to_32_bits_with_a_check(dtype: str, tmp_path: Path):
    model = convert_jax(
        lambda _, x: 255 - x, (), input_signatures=[((None,), dtype)], model_dir=tmp_path
    )
    predict = tfjs_predict_fn(tmp_path)
    assert model.inputs["x"].dtype == "int32"
    np.testing.assert_array_equal(predict(np.array([0, 7], dtype)), [255, 248])
    with pytest.raises(ExportError, match=r"input 'x' holds integers beyond 32 bits"):
        predict(np.array([2**40]))


@pytest.mark.parametrize("signature", ["(b, 2)", (2, 3), ("(b)", "(c)", "float32")], ids=str)
def test_what_describes_no_array_is_refused(signature: Any, tmp_path: Path):
    with pytest.raises(ExportError, match=r"describes no array|is not a dtype"):
        convert_jax(prod, PARAMS, input_signatures=[signature], model_dir=tmp_path)


@pytest.mark.slow
def test_a_module_of_nnx_is_converted_with_all_its_state(tmp_path: Path):
    rngs = nnx.Rngs(0)
    module = nnx.Sequential(
        nnx.Linear(2, 8, rngs=rngs),
        nnx.BatchNorm(8, use_running_average=True, rngs=rngs),
        nnx.Dropout(0.5, deterministic=True, rngs=rngs),
        nnx.LayerNorm(8, rngs=rngs),
    )
    definition, state = nnx.split(module)
    convert_jax(
        lambda state, x: nnx.merge(definition, state)(x),
        state,
        input_signatures=[("(b, 2)", "float32")],
        model_dir=tmp_path,
    )
    actual = tfjs_predict_fn(tmp_path)(XS)
    np.testing.assert_allclose(actual, module(jnp.asarray(XS)), rtol=1e-5, atol=1e-5)


def test_what_is_no_array_among_the_parameters_is_left_as_it_is(tmp_path: Path):
    # As in an Equinox module, of which functions, numbers and flags are leaves.
    params = {"weight": PARAMS["weight"], "activation": jnp.tanh, "scale": 2.0, "double": True}
    model = convert_jax(
        lambda p, x: p["activation"](x @ p["weight"]) * (p["scale"] if p["double"] else 1),
        params,
        input_signatures=[("(b, 2)", "float32")],
        model_dir=tmp_path,
    )
    assert "weight" in model.weights
    actual = tfjs_predict_fn(tmp_path)(XS)
    np.testing.assert_allclose(actual, 2 * np.tanh(XS @ PARAMS["weight"]), rtol=1e-5)


def test_a_random_key_among_the_parameters_must_not_be_used(tmp_path: Path):
    with pytest.raises(ExportError, match=r"Way out|random key"):
        convert_jax(
            lambda key, x: x + jax.random.normal(key, (2,)),
            jax.random.key(0),
            input_signatures=[("(b, 2)", "float32")],
            model_dir=tmp_path,
        )


def test_a_shape_that_does_not_fit_the_polymorphic_one_is_refused(tmp_path: Path):
    with pytest.raises(ExportError, match="does not describe the shape"):
        convert_jax(
            prod,
            PARAMS,
            input_signatures=[((3, 2), np.float32)],
            polymorphic_shapes=["(b, _, ..., 4)"],
            model_dir=tmp_path / "model",
        )
    assert not (tmp_path / "model").exists()


def test_a_folder_without_a_model_is_named(tmp_path: Path):
    with pytest.raises(ExportError, match=r"model\.json: there is no such file.*graph model"):
        tfjs_predict_fn(tmp_path)


class Float32:
    """Like tf.float32, which numpy does not take for a dtype."""

    as_numpy_dtype = np.float32


class TensorSpec:
    """Like tf.TensorSpec, which is what users of tensorflowjs have in their code."""

    def __init__(self, shape: list[int | None]):
        self.shape = shape
        self.dtype = Float32()


@pytest.mark.parametrize("polymorphic", [None, ["(b, ...)"]])
def test_the_signatures_of_tensorflowjs_are_taken(tmp_path: Path, polymorphic: list[str] | None):
    convert_jax(
        prod,
        PARAMS,
        input_signatures=[TensorSpec([None, 2])],
        model_dir=tmp_path,
        polymorphic_shapes=polymorphic,
    )
    np.testing.assert_allclose(tfjs_predict_fn(tmp_path)(XS), prod(PARAMS, XS))
