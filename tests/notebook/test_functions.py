"""A page of functions, as a notebook makes it."""

# pyright: reportUnknownLambdaType=false

import inspect
import json
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

import builder
from builder.errors import BuilderError
from builder.site.check import check_site
from builder.spec.functions import FunctionDemoSpec, FunctionSpec
from tests.site.manifests import load_function_manifest

XS = {"name": "xs", "shape": "(b, 2)", "range": (-10, 10)}


def prod(params: Any, xs: Any) -> Any:
    return params["weight"] * xs[:, 0] + xs[:, 1]


@pytest.fixture
def demo(tmp_path: Path) -> builder.FunctionDemo:
    return builder.FunctionDemo("Sums", "Of two numbers.", cache_dir=tmp_path / "cache")


def test_functions_that_are_objects_become_a_whole_site(demo: builder.FunctionDemo, tmp_path: Path):
    demo.add_function(prod, {"weight": jnp.array(0.5)}, inputs=[XS])
    samples = {"x": np.array([1, 2, 4], np.float32)}
    inputs = [{"name": "x", "shape": "(b,)"}]
    demo.add_function(lambda _, x: 2 * x, id="double", inputs=inputs, samples=samples)
    demo.build(tmp_path / "site")
    assert check_site(tmp_path / "site") == []
    manifest = load_function_manifest(tmp_path / "site")
    assert (manifest.title, manifest.description) == ("Sums", "Of two numbers.")
    assert [function.id for function in manifest.functions] == ["prod", "double"]
    golden = manifest.functions[1].golden
    expected = np.frombuffer((tmp_path / "site" / golden.outputs[0].url).read_bytes(), "<f4")
    np.testing.assert_array_equal(expected, [2, 4, 8])
    assert demo.report is not None
    assert repr(demo) == "FunctionDemo('Sums', functions: prod, double)"


def test_a_function_replaces_an_earlier_one_with_its_id(demo: builder.FunctionDemo, tmp_path: Path):
    for weight in (1.0, 3.0):
        demo.add_function(prod, {"weight": jnp.array(weight)}, inputs=[XS])
    demo.build(tmp_path / "site")
    (function,) = load_function_manifest(tmp_path / "site").functions
    read = [
        np.frombuffer((tmp_path / "site" / array.url).read_bytes(), "<f4").reshape(array.shape)
        for array in (*function.golden.inputs, *function.golden.outputs)
    ]
    np.testing.assert_allclose(read[1], 3 * read[0][:, 0] + read[0][:, 1], rtol=1e-6)


def test_a_function_can_be_named(
    demo: builder.FunctionDemo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text("def half(params, x):\n    return x / params['two']\n")
    np.savez("params.npz", two=np.float32(2))
    Path("facts.json").write_text(json.dumps([1]))
    demo.add_function("mine:half", "params.npz", inputs=[{"name": "x", "shape": "(b,)"}])
    demo.add_data("facts", "facts.json")
    demo.build("site")
    manifest = load_function_manifest(Path("site"))
    assert [function.id for function in manifest.functions] == ["half"]
    assert (Path("site") / manifest.data["facts"].url).read_text() == "[1]"


def test_mistakes_are_told_in_a_sentence(demo: builder.FunctionDemo, tmp_path: Path):
    with pytest.raises(BuilderError, match="add_function: inputs"):
        demo.add_function(prod, inputs=[])
    with pytest.raises(BuilderError, match=r"add_function: inputs\[0\].shape"):
        demo.add_function(prod, inputs=[{**XS, "shape": 2}])
    with pytest.raises(BuilderError, match="FunctionDemo: functions: the list is empty"):
        demo.build(tmp_path / "site")
    demo.add_function(prod, inputs=[XS])
    with pytest.raises(BuilderError, match=r"notebook:prod: .*KeyError.*weight"):
        demo.build(tmp_path / "site")
    demo.add_function(prod, {"weight": jnp.ones(())}, inputs=[XS], samples={"ys": np.ones((1, 2))})
    with pytest.raises(BuilderError, match="has no array 'xs', only ys"):
        demo.build(tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_every_key_of_a_table_can_be_given_in_python():
    def named(function: Any) -> set[str]:
        return set(inspect.signature(function).parameters)

    assert set(FunctionSpec.model_fields) <= named(builder.FunctionDemo.add_function)
    page = set(FunctionDemoSpec.model_fields) - {"functions", "data"}
    assert page <= named(builder.FunctionDemo.__init__)
