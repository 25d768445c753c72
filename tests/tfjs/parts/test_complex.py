"""Complex numbers, which TensorFlow.js gets as two arrays."""

# The tables are of lambdas, whose arguments have no place for types.
# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from builder.conversion.convert_jax import convert_jax
from builder.conversion.predict import tfjs_predict_fn
from builder.errors import ExportError
from builder.tfjs.export import export
from builder.tfjs.trace import trace
from tests.tfjs.parts.conftest import Run

NAN, INF = np.nan, np.inf
RNG = np.random.default_rng(0)


def normal(*shape: int) -> Any:
    return (RNG.normal(size=shape) + 1j * RNG.normal(size=shape)).astype(np.complex64)


def grid(*parts: float) -> Any:
    """All complex numbers of these parts."""
    return np.array([complex(re, im) for re in parts for im in parts], np.complex64)


X = np.concatenate([normal(40), grid(0.0, 1.0, -0.5, 1e-7, -3e-5, 2e4)])
A, B = normal(4, 3), normal(4, 3)

UNARY = (
    *("abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "exp", "exp2"),
    *("expm1", "log", "log1p", "logistic", "neg", "rsqrt", "sign", "sin", "sqrt"),
    *("square", "tan", "tanh"),
)


@pytest.mark.parametrize("name", UNARY)
def test_a_function_of_complex_numbers_gives_jaxs_numbers(name: str, run: Run):
    function = getattr(lax, name)
    # What grows like an exponential is infinite for large numbers.
    values = X[np.abs(X) < 50] if name in ("exp", "exp2", "expm1", "logistic") else X
    values = values[np.abs(values.imag) < 50] if name in ("cos", "sin", "sinh", "cosh") else values
    values = values[np.abs(values.real) < 50] if name in ("cosh", "sinh") else values
    run(function, values).check(4e-6)


IS_RECENT = jax.__version_info__ >= (0, 12)
EXTREMES: dict[str, tuple[Callable[..., Any], Any]] = {
    # From 0.12 on, JAX has other values where a part is infinite or NaN.
    "abs": (jnp.abs, grid(0, 1e-30, 3e38, *(() if IS_RECENT else (INF, -INF, NAN)))),
    "sqrt": (jnp.sqrt, grid(0, -0.0, -1, 1e-30, 3e38, INF, -INF)),
    "log": (jnp.log, grid(0, -0.0, -1, 1e-30, 3e38, INF, -INF, NAN)),
    "exp": (jnp.exp, grid(0, 1, -100, 88.5, INF, -INF, NAN)),
    "tanh": (jnp.tanh, grid(0, 1, -100, 12, INF, -INF, NAN)),
    "square": (jnp.square, grid(0, 1, -3e38, INF)),
    "1 / x": (lambda x: 1 / x, grid(0, -0.0, 1e-30, 3e38, INF, -INF, NAN)),
    "sign": (jnp.sign, grid(0, 1e-30, 3e38, INF)),
    "asin": (jnp.arcsin, grid(0, -2, 1e30, -3e38, INF)),
    "acosh": (jnp.arccosh, grid(0, -2, 1e30, -3e38)),
    "atanh": (jnp.arctanh, grid(0, -2, 1e30, -3e38, INF)),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_at_the_ends_of_their_range_numbers_are_jaxs(name: str, run: Run):
    function, values = EXTREMES[name]
    for pairs in run(function, values).pairs.values():
        for found, expected in pairs:
            small = np.abs(expected) < 2.0**-126  # kept on wasm and cpu, and flushed by XLA
            np.testing.assert_allclose(found[~small], expected[~small], rtol=1e-5, atol=1e-6)


COMBINED: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "pow": lambda x, y: x**y,
    "integer powers": lambda x, y: (x**3, y**-2, x**0),
    "real by complex": lambda x, y: x.real * y + 2j,
    "equal": lambda x, y: (x == x.conj(), x != y),
    "max": lambda x, y: (jnp.maximum(x, y), jnp.minimum(x, x.conj())),
    "where": lambda x, y: jnp.where(x.real > 0, x, y),
    "parts": lambda x, y: (jnp.angle(x), jnp.conj(y).imag, lax.complex(x.imag, y.real)),
    "cast": lambda x, y: (x.astype(bool), y.real.astype(jnp.complex64), jnp.isnan(x)),
    "matmul": lambda x, y: (x @ y.T, x.T @ y.real, jnp.vdot(x, y)),
    "einsum": lambda x, y: jnp.einsum("ij,kj->ikj", x, y),
    "sum": lambda x, y: (x.sum(0), y.mean(), jnp.cumsum(x, 1)),
    "product": lambda x, y: (x.prod(0), jnp.cumprod(y, 1)),
    "extreme": lambda x, y: (x.max(), y.min(1)),
    "sort": lambda x, y: (jnp.sort(x, 0), jnp.argsort(y.reshape(-1))),
    "shapes": lambda x, y: (x.T.reshape(2, 6), jnp.concatenate([x, y]), x[::-1, 1:], x[:, None]),
    "pad": lambda x, y: jnp.pad(x, ((1, 2), (0, 1)), constant_values=1 + 2j),
    "gather": lambda x, y: (x[jnp.array([3, 0, 3])], x[1, jnp.arange(2)]),
    "gather beyond": lambda x, y: jnp.take(y, 7, mode="fill"),
    "scatter": lambda x, y: (x.at[1].set(2j), x.at[jnp.array([0, 0])].add(y[:2])),
    "scatter of products": lambda x, y: x.at[2].multiply(y[0], unique_indices=True),
    "slices": lambda x, y: lax.dynamic_slice(y, (1, 0), (2, 3)),
    "updates": lambda x, y: lax.dynamic_update_slice(x, y[:2], (2, 0)),
    "convolution": lambda x, y: jnp.convolve(x[:, 0], y[:3, 1]),
    "scan": lambda x, y: lax.scan(lambda c, r: (c * r, c + r), y[0], x),
    "branch": lambda x, y: lax.cond(x[0, 0].real > 0, lambda: x * 2, lambda: y),
    "vmap": lambda x, y: jax.vmap(jnp.outer)(x, y),
    "gradient": lambda x, y: jax.grad(lambda v: jnp.abs(v * y).sum(), holomorphic=False)(x.real),
    "polynomial": lambda x, y: jnp.polyval(jnp.array([1, 2j, 3]), x),
}  # fmt: skip


@pytest.mark.parametrize("name", COMBINED)
def test_complex_arrays_go_through(name: str, run: Run):
    run(COMBINED[name], A, B).check(4e-6)


def test_sizes_may_vary(run: Run):
    spec = ("(b, 3)", "complex64")
    results = run(lambda x: jnp.exp(x) @ x.T.conj() + x.sum(0)[0], A, specs=[spec])
    results.check()
    assert str(results.model.inputs["x0/real"].shape) == "(b, 3)"


def test_constants_are_computed_before_the_export():
    def rotate(_: Any, x: jax.Array) -> Any:
        turns = jnp.exp(1j * jnp.arange(4) / 10)
        turned = lax.complex(x[..., 0], x[..., 1]) * turns
        return jnp.stack([turned.real, turned.imag], -1)

    model = export(rotate, (), {"x": ("(b, 4, 2)", "float32")})
    assert not {"Sin", "Cos", "Exp"} & set(model.ops)
    assert len(model.ops) <= 14


def test_complex_parameters_are_two_weights(run: Run):
    params = {"w": A}
    model = export(lambda p, x: (p["w"] * x).real, params, {"x": ("(4, 3)", "complex64")})
    assert {"w/real", "w/imag"} <= set(model.weights)


def test_complex_numbers_go_in_and_come_out_as_two_arrays(tmp_path: Path):
    def apply(params: Any, z: jax.Array, gain: jax.Array) -> dict[str, jax.Array]:
        return {"spectrum": jnp.fft.fft(z) * gain * params["w"], "power": jnp.abs(z) ** 2}

    params = {"w": np.complex64(1 - 2j)}
    signatures = [((None, 6), "complex64"), ((), "float32")]
    model = convert_jax(apply, params, input_signatures=signatures, model_dir=tmp_path)
    assert list(model.inputs) == ["z/real", "z/imag", "gain"]
    assert list(model.outputs) == ["power", "spectrum/real", "spectrum/imag"]
    predict = tfjs_predict_fn(tmp_path)
    z = normal(2, 6)
    found = predict(z, 2.0)
    assert found["spectrum"].dtype == np.complex64
    np.testing.assert_allclose(found["spectrum"], 2 * np.fft.fft(z) * params["w"], rtol=1e-4)
    np.testing.assert_allclose(predict(z.real, gain=2.0)["power"], z.real**2, rtol=1e-5)
    with pytest.raises(ExportError, match="'gain': complex numbers are given, real ones expected"):
        predict(z, 2j)


def test_infinite_numbers_come_out_whole(tmp_path: Path):
    z = np.array([complex(1, INF), complex(-INF, 2)], np.complex64)
    convert_jax(lambda _, z: -z, (), input_signatures=[((2,), "complex64")], model_dir=tmp_path)
    np.testing.assert_array_equal(tfjs_predict_fn(tmp_path)(z), -z)


def test_models_without_complex_numbers_are_as_before():
    params = {"w": np.ones((3, 2), np.float32)}
    traced = trace(lambda p, x: jnp.tanh(x @ p["w"]), params, {"x": ("(b, 3)", "float32")})
    assert [e.primitive.name for e in traced.jaxpr.eqns] == ["dot_general", "tanh"]
    assert traced.complex == ()


REFUSED: list[tuple[Callable[..., Any], str]] = [
    (jnp.linalg.qr, "does not know this operation for complex"),
    (lambda x: x.at[jnp.array([0, 0])].multiply(x[0]), "indices that may repeat"),
]


@pytest.mark.parametrize(("apply", "words"), REFUSED)
def test_what_is_refused_names_the_line_and_a_way_out(apply: Callable[..., Any], words: str):
    with pytest.raises(ExportError, match=words) as caught:
        export(lambda _, x: apply(x), (), {"x": ("(4, 3)", "complex64")})
    message = str(caught.value)
    assert "test_complex.py:" in message
    assert "complex64[4,3]" in message
    assert "Way out: " in message
