"""The command bench, without a browser."""

import json
from pathlib import Path
from typing import Any

import pytest

from builder.benchmark import measure
from builder.benchmark.measure import Benchmark, Measurement
from tests.commands.run import run

MEASURED = Measurement("nano", "wasm", "2x16", 2, 3, 1000, 1.0, 2.0, 3.0, 4, None)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was to be measured, instead of measuring it."""
    calls: list[dict[str, Any]] = []

    def benchmark(folder: Path, backends: Any, *, batch: int, runs: int, progress: Any) -> Any:
        calls.append({"folder": folder, "backends": backends, "batch": batch, "runs": runs})
        return Benchmark("156", None, (MEASURED,), ())

    monkeypatch.setattr(measure, "benchmark", benchmark)
    return calls


def test_options_reach_what_measures(asked: list[dict[str, Any]]):
    assert run("bench")[0] == 0
    words = ("--backends", "cpu,wasm", "--batch", "2", "--runs", "3")
    assert run("bench", "site", *words)[0] == 0
    assert asked == [
        {
            "folder": Path("_site"), "backends": ("wasm", "webgl", "webgpu", "cpu"),
            "batch": 5, "runs": 30,
        },
        {"folder": Path("site"), "backends": ("cpu", "wasm"), "batch": 2, "runs": 3},
    ]  # fmt: skip


def test_every_figure_may_be_written_to_a_file(asked: list[dict[str, Any]], tmp_path: Path):
    code, text = run("bench", tmp_path, "--json", tmp_path / "bench.json")
    assert code == 0
    assert "nano" in text
    (row,) = json.loads((tmp_path / "bench.json").read_bytes())["measurements"]
    assert (row["backend"], row["batch"]) == ("wasm", 2)


@pytest.mark.parametrize(
    ("words", "message"),
    [(["--batch", "0"], "x>=1"), (["--backends", "cuda"], "there is no backend 'cuda'")],
)
def test_what_cannot_be_measured_is_refused(
    asked: list[dict[str, Any]], words: list[str], message: str
):
    code, text = run("bench", *words)
    assert (code, message in text) == (2, True)
    assert asked == []
