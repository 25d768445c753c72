"""A function of a page is converted once, and anew when anything it is made of has changed."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from builder.cache import Cache
from builder.conversion import page_function
from builder.conversion.page_function import ConvertedFunction, convert_function
from builder.conversion.parity import Parity
from builder.progress import Progress
from builder.spec.functions import FunctionSpec

CODE = """\
import numpy as np

params = {"w": np.array([0.5, 1.0], np.float32)}
shift = np.float32(0)

def scale(params, x):
    return (params["w"] * x).sum(axis=-1) + shift
"""
CONVERTED = ConvertedFunction(
    files={"model.json": b"{}", "w.bin": b"weights"}, outputs=("y", "z"), ops=4,
    quantization="none", float32_max_abs_error=1e-7,
    parity=Parity(1e-6, 0.9999, 2e-6), tolerance=0.5,
)  # fmt: skip


@pytest.fixture
def conversions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the functions that were converted, instead of converting them."""
    ids: list[str] = []

    def convert(spec: FunctionSpec, *_: object) -> ConvertedFunction:
        ids.append(spec.id)
        return CONVERTED

    monkeypatch.setattr(page_function, "_convert", convert)
    return ids


def convert(folder: Path, code: str = CODE, **fields: Any) -> tuple[Any, ConvertedFunction]:
    """Convert with the code in a module of its own, since modules are kept."""
    module = f"m{len(list(folder.glob('*.py')))}_{folder.name}".replace("-", "_")
    (folder / f"{module}.py").write_text(code)
    inputs = [{"name": "x", "shape": "(b, 2)", "range": [0, 1]}]
    table = {"function": f"{module}:scale", "params": f"{module}:params", "inputs": inputs}
    spec = FunctionSpec.model_validate({**table, **fields}, context=folder)
    progress = Progress(Console(file=io.StringIO()))
    return convert_function(spec, cache=Cache(folder / "cache"), progress=progress)


def test_what_was_converted_before_is_found_with_all_its_figures(
    tmp_path: Path, conversions: list[str]
):
    call, first = convert(tmp_path)
    _, again = convert(tmp_path)
    assert first == again == CONVERTED
    assert conversions == ["scale"]
    x = call.inputs["x"]
    np.testing.assert_allclose(call.outputs[0], x @ np.array([0.5, 1], np.float32), rtol=1e-5)


@pytest.mark.parametrize(
    ("old", "new"),
    [("[0.5, 1.0]", "[0.5, 1.5]"), (".sum(", ".max("), ("float32(0)", "float32(1)")],
    ids=["parameters", "code", "a number of the module"],
)
def test_other_code_or_numbers_are_converted_anew(
    tmp_path: Path, conversions: list[str], old: str, new: str
):
    convert(tmp_path)
    convert(tmp_path, CODE.replace(old, new))
    assert len(conversions) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"id": "other"},
        {"quantization": "uint8"},
        {"min_cosine": 0.99},
        {"inputs": [{"name": "y", "shape": "(b, 2)", "range": [0, 1]}]},
        {"inputs": [{"name": "x", "shape": "(b, 2)", "range": [0, 2]}]},
    ],
)
def test_other_options_or_samples_are_converted_anew(
    tmp_path: Path, conversions: list[str], change: dict[str, Any]
):
    convert(tmp_path)
    convert(tmp_path, **change)
    assert len(conversions) == 2


@pytest.mark.parametrize("name", ["exporter_code", "runtime_code"])
def test_another_exporter_converts_anew(
    tmp_path: Path, conversions: list[str], name: str, monkeypatch: pytest.MonkeyPatch
):
    convert(tmp_path)
    monkeypatch.setattr(page_function, name, lambda: "other code")
    convert(tmp_path)
    assert len(conversions) == 2
