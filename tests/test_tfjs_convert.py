"""The interface of tensorflowjs' convert_jax, on the example of the blog post about it."""

from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from builder.errors import ExportError
from builder.tfjs.convert import convert_jax, tfjs_predict_fn


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
    with pytest.raises(ExportError, match=r"model\.json is missing"):
        tfjs_predict_fn(tmp_path)
