"""What may be converted: functions, and modules that hold their parameters or do not."""

# pyright: reportUnknownLambdaType=false

from pathlib import Path
from typing import Any

import equinox as eqx
import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from builder.conversion.callables import as_function
from builder.conversion.convert_jax import convert_jax
from builder.conversion.predict import get_tfjs_predict_fn, tfjs_predict_fn
from builder.errors import ExportError

X = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
SIGNATURE = ("(b, 4)", "float32")


class Head(nnx.Module):
    def __init__(self, rngs: nnx.Rngs) -> None:
        self.norm = nnx.BatchNorm(4, rngs=rngs)
        self.dense = nnx.Linear(4, 2, rngs=rngs)

    def __call__(self, features: jax.Array) -> jax.Array:
        return self.dense(self.norm(features))


def test_an_nnx_module_is_converted_with_the_parameters_that_it_holds(tmp_path: Path):
    module = Head(nnx.Rngs(0))
    module.eval()
    model = convert_jax(module, input_signatures=[SIGNATURE], model_dir=tmp_path)
    assert list(model.inputs) == ["features"]
    np.testing.assert_allclose(tfjs_predict_fn(tmp_path)(X), module(jnp.asarray(X)), atol=1e-5)


def test_an_equinox_module_is_converted_alone_and_mapped_over_a_batch(tmp_path: Path):
    mlp = eqx.nn.MLP(4, 2, width_size=8, depth=1, key=jax.random.key(0))
    convert_jax(mlp, input_signatures=[("(4,)", "float32")], model_dir=tmp_path / "one")
    expected = mlp(jnp.asarray(X[0]))
    np.testing.assert_allclose(tfjs_predict_fn(tmp_path / "one")(X[0]), expected, atol=1e-5)
    convert_jax(jax.vmap(mlp), input_signatures=[SIGNATURE], model_dir=tmp_path / "many")
    expected = jax.vmap(mlp)(jnp.asarray(X))
    np.testing.assert_allclose(tfjs_predict_fn(tmp_path / "many")(X), expected, atol=1e-5)


def test_a_linen_module_takes_the_parameters_of_its_init(tmp_path: Path):
    module = nn.Dense(2)
    params = module.init(jax.random.key(0), X)
    model = convert_jax(module, params, input_signatures=[SIGNATURE], model_dir=tmp_path)
    assert list(model.inputs) == ["inputs"]
    expected = module.apply(params, X)
    np.testing.assert_allclose(tfjs_predict_fn(tmp_path)(X), np.asarray(expected), atol=1e-5)


def test_a_function_without_parameters_takes_only_inputs(tmp_path: Path):
    model = convert_jax(lambda x: x * 2, input_signatures=[SIGNATURE], model_dir=tmp_path)
    assert list(model.inputs) == ["x"]
    np.testing.assert_array_equal(tfjs_predict_fn(tmp_path)(X), X * 2)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((nn.Dense(2),), "Linen module, which has no parameters"),
        ((3,), "neither a function nor a module"),
        ((nnx.Linear(2, 2, rngs=nnx.Rngs(0)), {"w": jnp.ones(2)}), "Leave `params` out"),
    ],
    ids=["Linen without parameters", "a number", "NNX with parameters"],
)
def test_what_cannot_be_called_is_refused_with_the_way_out(given: tuple[Any, ...], message: str):
    with pytest.raises(ExportError, match=message):
        as_function(*given)


def test_inputs_are_numbered_where_the_function_does_not_name_them():
    assert as_function(lambda *xs: xs).name_inputs(2) == ["input_0", "input_1"]
    assert as_function(jnp.where).name_inputs(2) == ["condition", "x"]


def prod(params: Any, xs: Any) -> Any:
    return jnp.sum(params["weight"] * xs, axis=-1)


def test_the_lines_of_the_blog_post_work(tmp_path: Path):
    params = {"weight": np.array([0.5, 1])}
    xs = np.arange(6).reshape((3, 2))
    convert_jax(prod, params, input_signatures=[((3, 2), np.float32)], model_dir=tmp_path)
    predict = get_tfjs_predict_fn(tmp_path)
    for given in (xs, xs.tolist(), xs.astype(np.float64), xs.astype(np.uint8)):
        np.testing.assert_allclose(predict(given), prod(params, xs))


def test_numbers_that_would_lose_digits_are_refused(tmp_path: Path):
    signature = ("(3,)", "int32")
    convert_jax(lambda x: x + 1, input_signatures=[signature], model_dir=tmp_path)
    predict = tfjs_predict_fn(tmp_path)
    np.testing.assert_array_equal(predict([True, False, True]), [2, 1, 2])
    with pytest.raises(ExportError, match=r"'x' takes int32, but float64.*astype"):
        predict([0.5, 1, 2])
    with pytest.raises(ExportError, match="beyond 32 bits"):
        predict([2**40, 1, 2])


def test_the_conversion_of_many_parameters_shows_progress(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    params = np.zeros((1000, 9000), np.float32)
    convert_jax(
        lambda w, x: x[0] + w[0, 0],
        params,
        input_signatures=[((1,), "float32")],
        model_dir=tmp_path,
    )
    assert "Convert 36 MB of parameters" in capsys.readouterr().err
