"""Measures, and writes docs/benchmarks.md: `make bench`, which installs what this needs."""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.bench.browser import Bench, open_bench
from tests.bench.onnx_tower import write_models
from tests.bench.report import Latency, Report, write_report
from tests.bench.tower import embed, make_params, make_tokens

ROOT = Path(__file__).parents[2]
WEB = ROOT / "webapp_src"
ORT = Path(__file__).parent / "node_modules/onnxruntime-web/dist"
ORT_FILES = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
PROMPTS = (5, 1)
WARM_UP = 5
ROUNDS = 30
PROFILED = ("TensorFlow.js, its own kernels", "TensorFlow.js, our relaxed-simd, recorded")


def make_site(site: Path) -> dict[str, float]:
    """Fill a folder with the page, the models and ONNX Runtime; what the export took."""
    vite = ["npx", "vite", "build", "--config", "bench/vite.config.ts", "--logLevel", "error"]
    subprocess.run([*vite, "--outDir", site], cwd=WEB, check=True)
    tfjs, onnx, ort = site / "models/tfjs", site / "models/onnx", site / "ort"
    for folder in (tfjs, onnx, ort):
        folder.mkdir(parents=True)
    for name in ORT_FILES:
        shutil.copy(ORT / name, ort)
    write_models(make_params(), onnx)
    # A process of its own, so that its peak memory is that of the export.
    command = [sys.executable, "-m", "tests.bench.tower", str(tfjs)]
    taken = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(taken.stdout)


def measure_errors(bench: Bench) -> dict[str, float]:
    """The least cosine of an embedding to that of JAX, by runner."""
    tokens = make_tokens(max(PROMPTS))
    expected = np.asarray(embed(make_params(), tokens))
    rows = {n: np.reshape(r, expected.shape) for n, r in bench.embed(len(tokens)).items()}
    return {n: float(np.min(np.sum(r * expected, axis=1))) for n, r in rows.items()}


def main() -> None:
    """Measure all."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        export = make_site(site)
        with open_bench(site) as bench:
            cosines = measure_errors(bench)
            latencies: dict[str, Latency] = {name: {} for name in bench.runners}
            for prompts in PROMPTS:
                bench.time(prompts, WARM_UP)
                for name, times in bench.time(prompts, ROUNDS).items():
                    latencies[name][prompts] = statistics.median(times)
            profiles = {
                (name, prompts): bench.profile(name, prompts, ROUNDS)
                for name in PROFILED
                for prompts in PROMPTS
            }
            report = Report(bench.browser, ROUNDS, export, cosines, latencies, profiles)
    write_report(report, ROOT / "docs/benchmarks.md")


if __name__ == "__main__":
    main()
