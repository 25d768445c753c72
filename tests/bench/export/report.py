"""docs/benchmarks.md, from what was measured."""

import importlib.metadata
import json
import os
import platform
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.export.tower import LENGTH, MLP_DIM, TOWER, WIDTH

Latency = dict[int, Sequence[float]]
"""Milliseconds of all runs, round by round, by number of prompts."""

ROOT = Path(__file__).parents[3]
BASELINE = "ONNX Runtime Web, float32"


KERNELS = {
    "TensorFlow.js, our relaxed-simd, recorded": "multiplyAdds",
    "TensorFlow.js, our relaxed-simd, recorded, int8": "integerMultiplyAdds",
}
"""What the page uses, and which of the machine's limits holds for it."""


@dataclass(frozen=True)
class GraphRun:
    """A graph run by TensorFlow.js's executor on a backend; `problem` says why it could not."""

    converter: str
    backend: str
    prompts: int
    ms: float | None
    cosine: float | None
    problem: str | None


@dataclass(frozen=True)
class Report:
    """All that is measured; times in ms, memory in MB."""

    browser: str
    rounds: int
    conversions: Mapping[str, Mapping[str, float]]
    int8_bytes: int
    cosines: Mapping[str, float]
    latencies: Mapping[str, Latency]
    profiles: Mapping[tuple[str, int], Mapping[str, float]]
    peak: Mapping[str, float]
    graphs: list[GraphRun]


def write_report(report: Report, path: Path) -> None:
    """Write the page."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        _TEXT.format(
            machine=describe_machine(),
            browser=report.browser,
            tfjs=_npm_version(ROOT / "webapp_src", "@tensorflow/tfjs-core"),
            ort=_npm_version(ROOT / "tests/bench/export", "onnxruntime-web"),
            jax=importlib.metadata.version("jax"),
            python=platform.python_version(),
            rounds=report.rounds,
            latency=_latency_table(report),
            int8_bytes=f"{report.int8_bytes:,}",
            profile=_profile_table(report.profiles),
            roofline=_roofline(report),
            graphs=_graph_table(report.graphs),
            problems=_list_problems(report.graphs),
            conversion=_conversion_table(report.conversions),
        ),
        encoding="utf-8",
    )


_TEXT = """\
# Benchmarks

Written by `make bench`; do not edit.

The model is a text tower with the shape of LiT-L16Ti's (12 layers, width 192, MLP 768, 3 heads,
16,000 tokens, prompts of 16 tokens) and random weights, exported by `builder.tfjs` in float32. The
ONNX model holds the same weights the way PyTorch's exporter would write them, with layer norms and
GELU as single operators. Its int8 is what `quantize_dynamic` makes of it.

Machine: {machine}. Chromium {browser} (headless), TensorFlow.js {tfjs},
ONNX Runtime Web {ort}, Python {python}, JAX {jax}.

## Latency

Milliseconds from token ids to embeddings, in one page, with WebAssembly on one thread; medians of
{rounds} rounds. Each round runs every row of the table four times and does not time the first
run. The ratio compares with ONNX Runtime Web float32: it is the median over the rounds, with
quartiles in brackets. The cosine is the lowest to JAX's embeddings.

{latency}

"Its own kernels" means the same model in TensorFlow.js as published. "Our" kernels are those of
`webapp_src/src/inference/kernels`. "Recorded" means that the graph's kernels, some of them fused,
are called from a recording instead of by TensorFlow.js's executor. The page uses the recording,
and relaxed-simd where the browser supports it.

"int8" is ours with all weights in eight bits, `export(..., quantization="int8")`, and products in
integers. Its files have {int8_bytes} bytes, without a vocabulary.

## Where the time goes

Milliseconds by TensorFlow.js kernel, medians of {rounds} runs with a clock in every kernel, which
itself takes time. "Outside kernels" is JavaScript: the executor, the ops and the engine.
LitDemoGate is GELU, and LitDemoNormalize is what remains of a layer norm.

{profile}

{roofline}

## Other backends, and the reference's graph

The reference is the `convert_jax` of tensorflowjs in an environment in which it works, with one
graph for each number of prompts. The table gives milliseconds for the faster of two runs by
TensorFlow.js's executor, after a warm-up run. The processor emulates WebGL and WebGPU
(SwiftShader), so their times say nothing about a GPU.

{graphs}

{problems}

## Conversion

Time from the call to the written files, after all imports and with the parameters in memory. Each
converter runs in its own process, and the peak is that of the whole process. The reference's graph
is for one fixed number of prompts, ours for any number.

{conversion}
"""


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [header, rule, *rows])


def _latency_table(report: Report) -> str:
    baseline = report.latencies[BASELINE]
    header = [""]
    for count in baseline:
        header += [f"{_prompts(count)}, ms", "ratio"]
    rows: list[list[str]] = []
    for name, latency in report.latencies.items():
        cells = [name]
        for count, times in latency.items():
            low, middle, high = _find_ratios(times, baseline[count], report.rounds)
            ratio = f"{middle:.2f} ({low:.2f} to {high:.2f})" if name != BASELINE else "1"
            cells += [f"{statistics.median(times):.1f}", ratio]
        rows.append([*cells, f"{report.cosines[name]:.6f}"])
    return _table([*header, "cosine"], rows)


def _find_ratios(times: Sequence[float], baseline: Sequence[float], rounds: int) -> list[float]:
    """The quartiles of the ratio of what the same rounds took."""
    runs = len(times) // rounds
    starts = range(0, len(times), runs)
    medians = [[statistics.median(t[i : i + runs]) for i in starts] for t in (times, baseline)]
    return statistics.quantiles([a / b for a, b in zip(*medians, strict=True)], n=4)


def _profile_table(profiles: Mapping[tuple[str, int], Mapping[str, float]]) -> str:
    kernels = sorted(
        {kernel for profile in profiles.values() for kernel in profile},
        key=lambda kernel: -max(profile.get(kernel, 0) for profile in profiles.values()),
    )
    shown = [k for k in kernels if max(p.get(k, 0) for p in profiles.values()) >= 0.05]
    rest = [k for k in kernels if k not in shown]
    header = ["", *[f"{name}, {_prompts(count)}" for name, count in profiles]]
    rows = [[k, *[f"{p.get(k, 0):.2f}" for p in profiles.values()]] for k in shown]
    rows.append(
        ["other kernels", *[f"{sum(p.get(k, 0) for k in rest):.2f}" for p in profiles.values()]]
    )
    rows.append(["all", *[f"{sum(p.values()):.2f}" for p in profiles.values()]])
    return _table(header, rows)


def _roofline(report: Report) -> str:
    bandwidth = report.peak["bytes"] / 1e9
    block = 4 * WIDTH * WIDTH + 2 * WIDTH * MLP_DIM  # query, key, value, out; the MLP's two
    # Of the last block only keys and values are computed for all tokens, the rest for one of them.
    full = (TOWER.depth - 1) * block + 2 * WIDTH * WIDTH
    weights = TOWER.depth * block * 4 / 1e6
    floats, integers = (report.peak[limit] / 1e9 for limit in KERNELS.values())
    lines = [
        "With vectors of 128 bits, the widest that WebAssembly has, the machine does at most"
        f" {floats:.1f} billion\nfloat32 multiply-adds a second, and {integers:.1f} billion of"
        " bytes with bytes of seven bits. It reads an\narray of the size of the float32 weights at"
        f" {bandwidth:.0f} GB/s (webapp_src/wasm/peak.ts, in the same page).\nThe tower's products"
        f" read {weights:.0f} MB of float32 weights, which takes at least"
        f" {weights / bandwidth:.1f} ms, or a quarter of\nthat in eight bits."
    ]
    for count in report.latencies[BASELINE]:
        millions = count * (LENGTH * full + block - 2 * WIDTH * WIDTH) / 1e6
        lines.append(
            f"\nFor {_prompts(count)}, the products take {millions:.0f} million multiply-adds:\n"
        )
        for name, limit in KERNELS.items():
            peak = report.peak[limit] / 1e9
            profile = report.profiles[name, count]
            ms = profile["_FusedMatMul"]
            lines.append(
                f"- {name}: at least {millions / peak:.1f} ms. _FusedMatMul takes {ms:.1f} ms and"
                f" so reaches\n  {millions / ms / peak:.0%} of the limit; all else takes"
                f" {sum(profile.values()) - ms:.1f} ms."
            )
    return "\n".join(lines)


def _graph_table(graphs: Sequence[GraphRun]) -> str:
    counts = list(dict.fromkeys(run.prompts for run in graphs))
    rows: dict[tuple[str, str], list[str]] = {}
    for run in graphs:
        cells = rows.setdefault((run.backend, run.converter), [])
        cells.append("-" if run.ms is None else f"{run.ms:,.0f}")
        if run.prompts == counts[-1]:
            cells.append("-" if run.cosine is None else f"{run.cosine:.6f}")
    header = ["backend", "graph", *[f"{_prompts(count)}, ms" for count in counts], "cosine"]
    return _table(header, [[*key, *cells] for key, cells in rows.items()])


def _list_problems(graphs: Sequence[GraphRun]) -> str:
    problems = {(r.backend, r.converter, r.problem) for r in graphs if r.problem}
    lines = [f"- {backend}, {converter}: {text}" for backend, converter, text in sorted(problems)]
    return "\n".join(lines) or "All of them run."


def _conversion_table(conversions: Mapping[str, Mapping[str, float]]) -> str:
    names = {
        "seconds": ("seconds", 2),
        "peak_mb": ("peak memory, MB", 0),
        "before_mb": ("of that before the conversion, MB", 0),
        "nodes": ("nodes that are executed", 0),
        "bytes": ("bytes of all files", 0),
    }
    ours, reference = conversions["ours"], conversions["reference"]
    rows = [
        [
            label,
            *(f"{c[key]:,.{digits}f}" for c in (ours, reference)),
            f"{reference[key] / ours[key]:.1f}",
        ]
        for key, (label, digits) in names.items()
    ]
    return _table(["", "ours", "reference", "ratio"], rows)


def _prompts(count: int) -> str:
    return "1 prompt" if count == 1 else f"{count} prompts"


def describe_machine() -> str:
    """Cores and memory, in words."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*:\s*(.+)$", info, re.MULTILINE)
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{os.cpu_count()} cores of {model[1] if model else '?'}, {pages / 2**30:.0f} GiB"


def _npm_version(folder: Path, package: str) -> str:
    text = (folder / "node_modules" / package / "package.json").read_text(encoding="utf-8")
    return json.loads(text)["version"]
