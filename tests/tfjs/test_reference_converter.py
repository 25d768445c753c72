"""The converter of the package tensorflowjs, which is not installed here: a double stands in."""

# pyright: reportUnknownLambdaType=false

import importlib.util
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from builder.conversion.check import start_runtime
from builder.errors import ExportError
from builder.options import Quantization
from builder.tfjs import reference_converter
from builder.tfjs.export import export
from builder.tfjs.model import GraphModel, read_files, read_weights

W = np.random.default_rng(0).normal(size=(64, 32)).astype(np.float32)
INPUTS = {"rows": ("(b, 64)", "float32"), "factor": ("(32)", "float32")}
ROWS = {"rows": W.T[:3], "factor": np.arange(32, dtype=np.float32)}


def project(params: Any, rows: Any, factor: Any) -> Any:
    """Two outputs in a dict."""
    product = rows @ params["kernel"] * factor
    return {"sum": jnp.sum(product, axis=-1), "product": product}


@dataclass(frozen=True)
class TensorSpec:
    """Like that of TensorFlow."""

    shape: Sequence[int | None]
    dtype: Any
    name: str


def convert_like_tensorflowjs(
    apply: Callable[..., Any],
    params: Any,
    *,
    input_signatures: Sequence[TensorSpec],
    polymorphic_shapes: Sequence[str] | None,
    model_dir: str,
    **options: bool,
) -> None:
    """Write a graph as tensorflowjs does: with checks of shapes, and names of its own."""
    os.write(1, b"Writing weight file ...")
    shapes = polymorphic_shapes or [str(tuple(s.shape)) for s in input_signatures]
    inputs = {s.name: (shape, s.dtype) for s, shape in zip(input_signatures, shapes, strict=True)}
    count = len(apply(params, *(np.ones([d or 2 for d in s.shape]) for s in input_signatures)))
    names = [f"Identity_{i}" for i in range(count)]
    model = export(apply, params, inputs, names)
    model.save(Path(model_dir))
    file = Path(model_dir) / "model.json"
    written = json.loads(file.read_text())
    nodes = written["modelTopology"]["node"]
    for node in nodes:
        if node["op"] not in ("Const", "Placeholder"):
            node["input"] = [*("checked" if i == "x0" else i for i in node["input"]), "^assert"]
    nodes.append({"name": "checked", "op": "EnsureShape", "input": ["x0"], "attr": {"shape": {}}})
    nodes.append({"name": "assert", "op": "Assert", "input": ["x0"]})
    ends = {f"output_{i}": {"name": f"{name}:0"} for i, name in enumerate(names)}
    written["signature"]["outputs"] = ends
    file.write_text(json.dumps(written))
    if not options["use_structured_outputs_names"]:
        raise ValueError("outputs would have no names")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference_converter, "check_usable", lambda: None)
    monkeypatch.setattr(
        reference_converter, "_import", lambda: (convert_like_tensorflowjs, TensorSpec)
    )


def convert(quantization: Quantization | None = None) -> GraphModel:
    return export(
        project, {"kernel": W}, INPUTS, quantization=quantization, converter="tensorflowjs"
    )


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("quantization", "tolerance"), [(None, 1e-4), ("float16", 0.1)])
def test_its_graph_has_our_names_and_runs_without_its_checks(
    quantization: Quantization | None, tolerance: float
):
    model = convert(quantization)
    assert (list(model.inputs), list(model.outputs)) == (list(INPUTS), ["product", "sum"])
    counts = Counter(model.ops)
    assert (counts["EnsureShape"], counts["Assert"]) == (0, 0)
    expected = project({"kernel": W}, **ROWS)
    with start_runtime(model.files, ROWS) as trial:
        trial.runtime.load(model.files)
        outputs = trial.runtime.predict(ROWS)
    assert trial.problems == ()
    for name, wanted in expected.items():
        np.testing.assert_allclose(outputs[name], wanted, rtol=1e-3, atol=tolerance)


@pytest.mark.usefixtures("installed")
def test_what_it_prints_is_swallowed(capfd: pytest.CaptureFixture[str]):
    convert()
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("installed")
def test_the_weights_read_are_those_written(tmp_path: Path):
    model = convert()
    model.save(tmp_path)
    read = read_weights(read_files(tmp_path))
    assert read.keys() == model.weights.keys()
    for name, array in model.weights.items():
        np.testing.assert_array_equal(read[name], array)


@pytest.mark.usefixtures("installed")
def test_what_it_refuses_is_told(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise NotImplementedError("Call to sort cannot be converted")

    monkeypatch.setattr(reference_converter, "_import", lambda: (refuse, TensorSpec))
    with pytest.raises(ExportError, match=r"tensorflowjs cannot convert .*: Call to sort"):
        convert()


def test_a_graph_that_wasm_cannot_run_is_tried_on_cpu():
    model = export(lambda _, x: 2 * x, (), {"x": ("(2)", "float32")}, ["y"])
    einsum = {
        **{"name": "y", "op": "Einsum", "input": ["x"]},
        "attr": {"equation": {"s": "aS0+aQ=="}, "N": {"i": "1"}},
    }
    model = GraphModel((model.nodes[-2], einsum), model.inputs, model.outputs, {})
    x = {"x": np.ones(2, np.float32)}
    with start_runtime(model.files, x) as trial:
        np.testing.assert_array_equal(trial.runtime.predict(x)["y"], x["x"])
    assert len(trial.problems) == 1
    assert "backend wasm" in trial.problems[0]
    assert "Einsum" in trial.problems[0]


@pytest.mark.parametrize(
    ("python", "found", "jax_version", "words"),
    [
        ((3, 12, 1), object(), (0, 6, 2), "Python 3.11 at most, and this is 3.12;"),
        ((3, 11, 7), None, (0, 6, 2), "is not installed;"),
        ((3, 11, 7), object(), (0, 7, 2), "JAX up to 0.7.1, and this is"),
    ],
)
def test_where_it_cannot_work_one_sentence_says_why_and_what_to_install(
    python: Any, found: object, jax_version: Any, words: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "version_info", python)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    monkeypatch.setattr(jax, "__version_info__", jax_version)
    with pytest.raises(ExportError, match=words) as caught:
        convert()
    message = str(caught.value)
    assert message.endswith("run `pip install '.[tensorflowjs]'`.")
    assert "\n" not in message


def test_a_clash_of_its_imports_is_told(monkeypatch: pytest.MonkeyPatch):
    def clash(name: str) -> None:
        raise TypeError(f"Descriptors cannot be created directly, in {name}")

    monkeypatch.setattr(reference_converter, "check_usable", lambda: None)
    monkeypatch.setattr(reference_converter, "import_module", clash)
    with pytest.raises(ExportError, match=r"cannot be imported \(Descriptors .*\); .*pip install"):
        convert()
