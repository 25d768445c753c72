"""Measures, and writes docs/benchmarks.md: `make bench`, which installs what this needs."""

import itertools
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.bench.export.browser import Bench, open_bench
from tests.bench.export.onnx_tower import write_models
from tests.bench.export.report import KERNELS, GraphRun, Latency, Report, write_report
from tests.bench.export.tower import PROMPTS, embed, make_params, make_tokens
from tests.chromium import SOFTWARE_GPU_FLAGS

ROOT = Path(__file__).parents[3]
WEB = ROOT / "webapp_src"
ORT = Path(__file__).parent / "node_modules/onnxruntime-web/dist"
ORT_FILES = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
PYTHONS = {"ours": Path(sys.executable), "reference": ROOT / ".venv-crosscheck/bin/python"}
WARM_UP = 5
ROUNDS = 30
PROFILED = ("TensorFlow.js, its own kernels", *KERNELS)
BACKENDS = ("wasm", "webgpu", "webgl", "cpu")
GRAPH_RUNS = 2
WEIGHT_BYTES = 21 * 2**20
"""About what the products of one prompt read."""


def make_site(site: Path) -> dict[str, dict[str, float]]:
    """Fill a folder with the page, the models and ONNX Runtime; what each conversion took."""
    vite = ["npx", "vite", "build", "--config", "bench/vite.config.ts", "--logLevel", "error"]
    subprocess.run([*vite, "--outDir", site], cwd=WEB, check=True)
    asc = ["npx", "asc", "wasm/peak.ts", "-o", site / "peak.wasm", "-O3", "--runtime", "stub"]
    memory = ["--importMemory", "--noExportMemory", "--disableWarning=112"]  # of vectors in lanes
    features = ["--enable", "simd", "--enable", "relaxed-simd"]
    subprocess.run([*asc, *memory, *features], cwd=WEB, check=True)
    models, onnx, ort = site / "models", site / "models/onnx", site / "ort"
    for folder in (onnx, ort):
        folder.mkdir(parents=True)
    for name in ORT_FILES:
        shutil.copy(ORT / name, ort)
    write_models(make_params(), onnx)
    return {name: convert(name, models) for name in PYTHONS}


def convert(name: str, models: Path) -> dict[str, float]:
    """Convert in a process of its own, so that its peak memory is that of the conversion."""
    command = [PYTHONS[name], "-m", "tests.bench.export.conversion", name, models]
    taken = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(taken.stdout)


def find_cosine(rows: list[float], prompts: int) -> float:
    """The least cosine of an embedding to that of JAX."""
    expected = np.asarray(embed(make_params(), make_tokens(prompts)))
    return float(np.min(np.sum(np.reshape(rows, expected.shape) * expected, axis=1)))


def time_runners(bench: Bench) -> dict[str, Latency]:
    """Milliseconds of all runs, by runner and number of prompts."""
    latencies: dict[str, Latency] = {name: {} for name in bench.load()}
    for prompts in PROMPTS:
        bench.time(prompts, WARM_UP)
        for name, times in bench.time(prompts, ROUNDS).items():
            latencies[name][prompts] = times
    return latencies


def run_graphs(site: Path) -> Iterator[GraphRun]:
    """Both converters' graphs on all backends, each in a browser of its own: some never end."""
    for backend, converter, prompts in itertools.product(BACKENDS, PYTHONS, PROMPTS):
        folder = "ours" if converter == "ours" else f"{converter}-{prompts}"
        with open_bench(site, SOFTWARE_GPU_FLAGS) as bench:
            found = bench.run_graph(folder, backend, prompts, GRAPH_RUNS)
        ms = min(found["times"]) if "times" in found else None
        cosine = find_cosine(found["rows"], prompts) if "rows" in found else None
        yield GraphRun(converter, backend, prompts, ms, cosine, found.get("problem"))


def main() -> None:
    """Measure all."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        conversions = make_site(site)
        int8 = sum(file.stat().st_size for file in (site / "models/ours-int8").iterdir())
        with open_bench(site) as bench:
            latencies = time_runners(bench)
            rows = bench.embed(max(PROMPTS))
            report = Report(
                browser=bench.browser,
                rounds=ROUNDS,
                conversions=conversions,
                int8_bytes=int8,
                cosines={name: find_cosine(r, max(PROMPTS)) for name, r in rows.items()},
                latencies=latencies,
                profiles={
                    (name, prompts): bench.profile(name, prompts, ROUNDS)
                    for name in PROFILED
                    for prompts in PROMPTS
                },
                peak=bench.measure_peak(WEIGHT_BYTES, ROUNDS),
                graphs=[],
            )
        report.graphs.extend(run_graphs(site))
    write_report(report, ROOT / "docs/benchmarks.md")


if __name__ == "__main__":
    main()
