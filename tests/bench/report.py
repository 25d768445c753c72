"""docs/benchmarks.md, from what was measured."""

import importlib.metadata
import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Latency = dict[int, float]
"""Milliseconds by number of prompts."""

ROOT = Path(__file__).parents[2]
BASELINE = "ONNX Runtime Web, float32"


@dataclass(frozen=True)
class Report:
    """All that is measured; times in ms, memory in MB."""

    browser: str
    rounds: int
    export: Mapping[str, float]
    cosines: Mapping[str, float]
    latencies: Mapping[str, Latency]
    profiles: Mapping[tuple[str, int], Mapping[str, float]]


def write_report(report: Report, path: Path) -> None:
    """Write the page."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        _TEXT.format(
            machine=describe_machine(),
            browser=report.browser,
            tfjs=_npm_version(ROOT / "webapp_src", "@tensorflow/tfjs-core"),
            ort=_npm_version(ROOT / "tests/bench", "onnxruntime-web"),
            jax=importlib.metadata.version("jax"),
            python=platform.python_version(),
            rounds=report.rounds,
            latency=_latency_table(report),
            profile=_profile_table(report.profiles),
            export=_export_table(report.export),
        ),
        encoding="utf-8",
    )


_TEXT = """\
# Benchmarks

Written by `make bench`; do not edit.

The model is a text tower of the shape of LiT-L16Ti's (12 layers, width 192, MLP 768, 3 heads,
16,000 tokens, prompts of 16 tokens) with random weights, exported by `builder.tfjs` in float32. The
ONNX model holds the same weights as PyTorch's exporter would write them, with layer norms and GELU
as single operators; int8 is `quantize_dynamic` of it.

Machine: {machine}. Chromium {browser} (headless), TensorFlow.js {tfjs},
ONNX Runtime Web {ort}, Python {python}, JAX {jax}.

## Latency

Milliseconds from token ids to embeddings in one page, WebAssembly, one thread; medians of
{rounds} rounds. Each round runs every row of the table four times, the first untimed. The ratio is
to ONNX Runtime Web float32 in the same rounds; the cosine is the least to JAX's embeddings.

{latency}

"Its own kernels" is the same model in TensorFlow.js as published. "Our" kernels are those of
webapp_src/src/kernels; "recorded" is with the graph's kernels called from a recording instead of by
TensorFlow.js's executor. The page records, and takes relaxed-simd where the browser has it.

## Where the time goes

Milliseconds by kernel of TensorFlow.js, medians of {rounds} runs with a clock in every kernel,
which itself takes time. "Outside kernels" is JavaScript: the executor, the ops and the engine.

{profile}

## Export

The conversion is timed from the call to the files' bytes in memory, after JAX has been imported and
the parameters made; the peak is that of the whole process.

{export}
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
    for name, times in report.latencies.items():
        cells = [name]
        for count, ms in times.items():
            cells += [f"{ms:.1f}", f"{ms / baseline[count]:.2f}"]
        rows.append([*cells, f"{report.cosines[name]:.6f}"])
    return _table([*header, "cosine"], rows)


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


def _export_table(export: Mapping[str, float]) -> str:
    return _table(
        ["", "measured"],
        [
            ["conversion", f"{export['seconds']:.2f} s"],
            ["peak memory", f"{export['peak_mb']:.0f} MB"],
            ["of that before the conversion", f"{export['before_mb']:.0f} MB"],
            ["nodes that are executed", f"{export['nodes']:.0f}"],
            ["bytes of all files", f"{export['bytes']:,.0f}"],
        ],
    )


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
