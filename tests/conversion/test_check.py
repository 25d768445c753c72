"""The comparison with JAX that every graph must pass."""

# pyright: reportUnknownLambdaType=false

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from builder.conversion import check
from builder.conversion.check import check_model, export_checked
from builder.conversion.convert_jax import convert_jax
from builder.conversion.parity import Tolerance
from builder.conversion.predict import tfjs_predict_fn
from builder.conversion.samples import Function, Sample
from builder.errors import ExportError, ParityError
from builder.tfjs.export import export
from builder.tfjs.graph import Array
from builder.tfjs.runtime import Runtime

HALF: dict[str, tuple[str, str]] = {"x": ("(b, 40)", "float32")}


@pytest.fixture(scope="module")
def wasm() -> Iterator[Runtime]:
    with Runtime("wasm") as runtime:
        yield runtime


def sample(x: Array, y: Array) -> list[Sample]:
    return [Sample({"x": x}, {"y": y})]


def test_an_export_that_drifts_from_jax_fails(wasm: Runtime):
    model = export(lambda _, x: x / 2, (), HALF, ["y"])
    x = np.ones((2, 40), np.float32)
    with pytest.raises(ParityError, match=r"differs from JAX by 0\.5"):
        check_model(model, sample(x, x), wasm, Tolerance())


def test_an_export_that_gives_nan_fails(wasm: Runtime):
    model = export(lambda _, x: jnp.log(x), (), HALF, ["y"])
    x = np.full((2, 40), -1, np.float32)
    with pytest.raises(ParityError, match="differs from JAX by inf"):
        check_model(model, sample(x, x), wasm, Tolerance())


def test_nan_and_infinities_that_jax_gives_too_pass(wasm: Runtime):
    model = export(lambda _, x: 1 / x, (), HALF, ["y"])
    x = np.ones((2, 40), np.float32)
    x[0, :3] = 0.0, -0.0, np.nan
    with np.errstate(divide="ignore"):
        parity = check_model(model, sample(x, 1 / x), wasm, Tolerance())
    assert (parity.max_abs_error, parity.min_cosine) == (0, pytest.approx(1))


def test_large_numbers_may_be_off_in_proportion(wasm: Runtime):
    model = export(lambda _, x: x * 1e6, (), HALF, ["y"])
    x = np.ones((2, 40), np.float32)
    parity = check_model(model, sample(x, x * np.float32(1e6 + 5)), wasm, Tolerance())
    assert parity.max_abs_error == pytest.approx(5)
    with pytest.raises(ParityError, match="differs from JAX by 50"):
        check_model(model, sample(x, x * np.float32(1e6 + 50)), wasm, Tolerance())


def test_whole_numbers_must_be_the_same(wasm: Runtime):
    model = export(lambda _, x: x * 1_000_000, (), {"x": ("(b)", "int32")}, ["y"])
    x = np.arange(3, dtype=np.int32)
    assert check_model(model, sample(x, x * 1_000_000), wasm, Tolerance()).relative_error == 0
    with pytest.raises(ParityError, match="differs from JAX by 1"):
        check_model(model, sample(x, x * 1_000_000 + 1), wasm, Tolerance())


def test_quantized_weights_that_turn_the_rows_fail(wasm: Runtime):
    weights = np.random.default_rng(0).normal(size=(40, 40)).astype(np.float32)
    weights[0, 0] = 1e4  # so that uint8 has no codes left for the others
    model = export(lambda w, x: x @ w, weights, HALF, ["y"], quantization="uint8")
    x = np.ones((2, 40), np.float32)
    x[:, 0] = 0
    with pytest.raises(ParityError, match="With uint8 weights the least cosine"):
        check_model(model, sample(x, x @ weights), wasm, Tolerance())


def test_every_sample_counts(wasm: Runtime):
    model = export(lambda _, x: x / 2, (), HALF, ["y"])
    x = np.ones((2, 40), np.float32)
    with pytest.raises(ParityError):
        check_model(model, [*sample(x, x / 2), *sample(x, x)], wasm, Tolerance())


def drift(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let exports compute something else than the function."""

    def export_another(apply_fn: Callable[..., Any], *args: Any, **options: Any) -> Any:
        return export(lambda *a: jax.tree.map(lambda y: y * 1.001, apply_fn(*a)), *args, **options)

    monkeypatch.setattr(check, "export", export_another)


@pytest.mark.parametrize("samples", [(), [np.ones((3, 2), np.float32)]])
def test_convert_jax_writes_nothing_that_differs_from_jax(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, samples: Any
):
    drift(monkeypatch)
    with pytest.raises(ParityError, match="differs from JAX"):
        convert_jax(
            lambda p, x: x @ p,
            np.ones((2, 2), np.float32),
            input_signatures=[("(b, 2)", "float32")],
            model_dir=tmp_path / "model",
            samples=samples,
        )
    assert not (tmp_path / "model").exists()


def test_a_larger_error_may_be_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    drift(monkeypatch)
    convert_jax(
        lambda p, x: x @ p,
        np.ones((2, 2), np.float32),
        input_signatures=[("(b, 2)", "float32")],
        model_dir=tmp_path,
        max_error=0.01,
    )
    assert (tmp_path / "model.json").is_file()


def test_the_check_can_be_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("Node was started")

    monkeypatch.setattr(check, "Runtime", refuse)
    convert_jax(
        lambda _, x: x + 1,
        (),
        input_signatures=[("(b, 2)", "float32")],
        model_dir=tmp_path,
        check=False,
    )
    monkeypatch.undo()
    np.testing.assert_array_equal(tfjs_predict_fn(tmp_path)(np.zeros((1, 2), np.float32)), [[1, 1]])


def test_functions_that_need_arrays_of_jax_are_compared(tmp_path: Path):
    # Of numpy arrays, `at` is missing.
    convert_jax(
        lambda p, x: x.at[:, 0].set(p["bias"].at[1].get()),
        {"bias": np.array([1.0, 2.0], np.float32)},
        input_signatures=[("(b, 2)", "float32")],
        model_dir=tmp_path,
    )
    found = tfjs_predict_fn(tmp_path)(np.zeros((1, 2), np.float32))
    np.testing.assert_array_equal(found, [[2, 0]])


def test_what_goes_in_as_bfloat16_is_compared_with_its_rounding(tmp_path: Path):
    weights = jnp.asarray(np.random.default_rng(0).normal(size=(64, 8)), jnp.bfloat16)
    model = convert_jax(
        lambda w, x: x @ w,
        weights,
        input_signatures=[("(b, 64)", jnp.bfloat16)],
        model_dir=tmp_path,
    )
    assert [(a.shape, str(a.dtype)) for a in model.weights.values()] == [((64, 8), "float32")]


def test_a_function_that_no_random_size_suits_asks_for_samples(tmp_path: Path):
    def third(_: Any, x: Any) -> Any:
        if isinstance(x.shape[0], int) and x.shape[0] % 3:
            raise ValueError("rows come in threes")
        return x

    options: Any = {"input_signatures": [("(b, 2)", "float32")], "model_dir": tmp_path}
    with pytest.raises(ExportError, match=r"ValueError: rows come in threes\nGive samples"):
        convert_jax(third, (), **options)
    convert_jax(third, (), **options, samples=[np.ones((3, 2))])


def test_samples_have_the_sizes_and_types_of_their_signatures():
    function = Function(
        lambda _, x, n, flag: (x.sum(), n, flag),
        (),
        [("(b, 2*c, 3)", "bfloat16"), ("(c, b)", "uint8"), ((None,), "bool")],
    )
    found = function.draw_samples(["x", "n", "flag"], ["sum", "n2", "flag2"], sizes=(1, 4))
    shapes = [tuple(a.shape for a in s.inputs.values()) for s in found]
    assert shapes == [((1, 4, 3), (2, 1), (1,)), ((4, 10, 3), (5, 4), (4,))]
    assert [str(a.dtype) for a in found[0].inputs.values()] == ["bfloat16", "uint8", "bool"]
    assert found[0].expected.keys() == {"sum", "n2", "flag2"}


def test_the_steps_of_a_checked_export_are_told():
    steps: list[int] = []
    x = np.ones((2, 40), np.float32)
    checked = export_checked(
        lambda _, x: x * 2,
        (),
        HALF,
        ["y"],
        lambda model: sample(x, x * 2),
        quantization="float16",
        advance=steps.append,
    )
    assert steps == [1, 1, 1]
    assert checked.model.quantization == "float16"
    assert checked.float32.relative_error <= 1e-5
    assert checked.problems == ()
