"""A graph model by itself as a small site."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.benchmark import model_site
from builder.benchmark.model_site import make_model_site
from builder.errors import SiteError
from builder.manifest import FunctionSiteManifest
from builder.site.files import refer
from builder.site.references import referenced_files
from builder.site.template import BENCHMARK


class Runtime:
    """Stands for TensorFlow.js: the sum of a row of `x`, plus one of `n`."""

    def __enter__(self) -> "Runtime":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def load(self, files: dict[str, bytes]) -> None:
        assert files.keys() == {"model.json", "weights.bin"}

    def predict(self, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {"y": (inputs["x"].sum(axis=1) + inputs["n"][:, 0]).astype(np.float32)}


def write_model(folder: Path, dtype: str = "DT_INT32") -> Path:
    def tensor(kind: str, *sizes: int) -> dict[str, Any]:
        return {"dtype": kind, "tensorShape": {"dim": [{"size": str(size)} for size in sizes]}}

    inputs = {"x": tensor("DT_FLOAT", -1, 3), "n": tensor(dtype, -1, 1)}
    outputs = {"y": tensor("DT_FLOAT", -1)}
    model = {
        "signature": {"inputs": inputs, "outputs": outputs},
        "modelTopology": {"node": []},
        "weightsManifest": [{"paths": ["weights.bin"], "weights": []}],
    }
    folder.mkdir()
    (folder / "model.json").write_text(json.dumps(model))
    (folder / "weights.bin").write_bytes(b"weights")
    return folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(model_site, "Runtime", Runtime)
    return tmp_path / "My Model"


def test_sizes_that_vary_are_the_batch_and_the_golden_is_what_tensorflow_js_gives(folder: Path):
    files = make_model_site(write_model(folder), batch=4)
    manifest = FunctionSiteManifest.model_validate_json(files["manifest.json"])
    (function,) = manifest.functions
    assert (function.id, manifest.title) == ("my-model", "My Model")
    assert [(i.name, i.dtype, i.shape) for i in function.inputs] == [
        ("x", "float32", (None, 3)),
        ("n", "int32", (None, 1)),
    ]
    x, n = (
        np.frombuffer(files[ref.url], ref.dtype).reshape(ref.shape)
        for ref in function.golden.inputs
    )
    assert (x.shape, n.tolist()) == ((4, 3), [[0]] * 4), "integers may be indices, so they are 0"
    assert len(set(x.ravel())) == 12
    (ref,) = function.golden.outputs
    y = np.frombuffer(files[ref.url], np.float32)
    np.testing.assert_allclose(y, x.sum(axis=1))
    assert function.golden.tolerance == pytest.approx(0.01 * np.abs(y).max())


def test_the_site_has_all_that_its_manifest_and_page_name(folder: Path):
    files = make_model_site(write_model(folder), batch=1)
    manifest = FunctionSiteManifest.model_validate_json(files["manifest.json"])
    for ref in referenced_files(manifest):
        found = refer(ref.url, files[ref.url])
        assert (found.sha256, found.bytes) == (ref.sha256, ref.bytes)
    assert files["functions/weights.bin"] == b"weights"
    assert BENCHMARK in files


def test_an_input_of_another_type_is_refused(folder: Path):
    with pytest.raises(SiteError, match="cannot measure the input 'n' of dtype DT_STRING"):
        make_model_site(write_model(folder, "DT_STRING"), batch=1)
