"""A function of an author's with the calls that it is compared on."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.conversion.calls import load_call, parse_shape
from builder.errors import BuilderError, NumberError
from builder.spec.functions import FunctionSpec, InputSpec

CODE = """\
params = {"w": [2.0]}

def scale(params, x, n):
    return params["w"][0] * x + n
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / f"{module_of(tmp_path)}.py").write_text(CODE)
    return tmp_path


def module_of(folder: Path) -> str:
    """Another in each test, since modules are kept."""
    return f"scales_{folder.name}".replace("-", "_")


def spec_of(folder: Path, **fields: Any) -> FunctionSpec:
    inputs = [
        {"name": "x", "shape": "(b, 2)", "range": [-3, -2]},
        {"name": "n", "shape": "()", "dtype": "int32", "range": [5, 6]},
    ]
    module = module_of(folder)
    table = {"function": f"{module}:scale", "params": f"{module}:params", "inputs": inputs}
    return FunctionSpec.model_validate({**table, **fields}, context=folder)


def test_numbers_are_drawn_from_their_ranges(folder: Path):
    call = load_call(spec_of(folder))
    x, n = call.inputs["x"], call.inputs["n"]
    assert (x.shape, x.dtype) == ((4, 2), np.float32)
    assert ((x >= -3) & (x <= -2)).all()
    assert n in (5, 6)
    np.testing.assert_allclose(call.outputs[0], 2 * x + n, rtol=1e-6)


def test_samples_of_a_file_are_taken_by_name_and_cast(folder: Path):
    np.savez(folder / "samples.npz", n=np.array(7.0), x=np.ones((3, 2)), more=np.ones(1))
    call = load_call(spec_of(folder, samples="samples.npz"))
    assert list(call.inputs) == ["x", "n"], "in the order of the arguments"
    assert [array.dtype.name for array in call.inputs.values()] == ["float32", "int32"]
    np.testing.assert_array_equal(call.outputs[0], np.full((3, 2), 9))


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"n": 1}, r"samples\.npz: has no array 'x', only n\. It needs one for each input"),
        (
            {"n": 1, "x": np.ones((3, 3))},
            r"'x' has the shape \(3, 3\), which does not match \(b, 2\)",
        ),
        ({"n": [1], "x": np.ones((3, 2))}, r"'n' has the shape \(1,\), which does not match \(\)"),
    ],
)
def test_samples_that_do_not_fit_are_refused(folder: Path, arrays: dict[str, Any], message: str):
    np.savez(folder / "samples.npz", **arrays)
    with pytest.raises(BuilderError, match=message):
        load_call(spec_of(folder, samples="samples.npz"))


def test_parameters_of_a_file_are_a_tree(folder: Path):
    (folder / f"{module_of(folder)}.py").write_text(CODE.replace("[0]", "['a']"))
    np.savez(folder / "params.npz", **{"w/a": np.float32(3)})  # pyright: ignore[reportArgumentType]
    call = load_call(spec_of(folder, params="params.npz"))
    assert call.params == {"w": {"a": 3}}


@pytest.mark.parametrize(
    ("shape", "expected"),
    [("()", ()), ("(3,)", (3,)), ("(b, 28, 28)", (None, 28, 28)), ("(b, 2*b)", (None, None))],
)
def test_a_shape_has_none_where_a_size_varies(shape: str, expected: tuple[int | None, ...]):
    assert parse_shape(InputSpec(name="x", shape=shape)) == expected


def test_a_shape_that_is_not_understood_is_named_with_its_input():
    with pytest.raises(BuilderError, match=r"The shape \(b \+, 2\) of the input 'x' is not"):
        parse_shape(InputSpec(name="x", shape="(b +, 2)"))


@pytest.mark.parametrize("shape", ["(((", "(b.x,)", "(1/0,)", "(-3,)"])
def test_a_shape_that_jax_does_not_read_is_named(shape: str):
    with pytest.raises(BuilderError, match="of the input 'x' is not understood"):
        parse_shape(InputSpec.model_construct(name="x", shape=shape))


@pytest.mark.parametrize("shape", ["(100_000_000_000,)", "(b, 99999999999999999999999)"])
def test_an_array_too_large_for_a_page_is_refused_before_it_is_drawn(folder: Path, shape: str):
    spec = spec_of(folder)
    inputs = (spec.inputs[0].model_copy(update={"shape": shape.replace("_", "")}),)
    with pytest.raises(BuilderError, match=r"numbers on \d axes is too large: at most 134,217,728"):
        load_call(spec.model_copy(update={"inputs": inputs, "samples": None}))


def test_parameters_that_are_not_finite_are_named(folder: Path):
    module = folder / f"{module_of(folder)}.py"
    module.write_text(
        f"import jax.numpy as jnp\n{CODE}\nspoilt = {{'a': [jnp.array([1, jnp.nan])]}}\n"
    )
    with pytest.raises(NumberError, match=r":spoilt: the parameter \['a'\]\[0\] holds NaN"):
        load_call(spec_of(folder, params=f"{module_of(folder)}:spoilt"))
    np.savez(folder / "params.npz", a=np.array([1, np.inf]))
    with pytest.raises(BuilderError, match=r"params\.npz: 'a' holds inf at \[1\]"):
        load_call(spec_of(folder, params="params.npz"))


def test_a_function_that_returns_nothing_is_named(folder: Path):
    code = "def nothing(params, *inputs):\n    return None\n"
    module = folder / f"{module_of(folder)}.py"
    module.write_text(f"{CODE}\n{code}")
    spec = spec_of(folder, function=f"{module_of(folder)}:nothing")
    with pytest.raises(BuilderError, match=":nothing: returns no array"):
        load_call(spec)
