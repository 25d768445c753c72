"""docs/crosscheck.md, from what was found."""

import importlib.metadata
import json
import os
import platform
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.tfjs.graph import Array
from builder.tfjs.runtime import NodeBackend
from tests.crosscheck.converter import Conversion
from tests.crosscheck.models import ANY, Model

ROOT = Path(__file__).parents[2]
IDLE = ("Const", "Placeholder", "NoOp")
"""Nodes that compute nothing."""


@dataclass(frozen=True)
class Result:
    """What one converter made of a model; `problems` says why it, or a backend, failed."""

    conversion: Conversion
    nodes: Sequence[str] = ()
    bytes: int | None = None
    backend: NodeBackend | None = None
    outputs: Sequence[Array] | None = None
    problems: Sequence[str] = ()

    @property
    def ops(self) -> int | None:
        """Nodes that compute, if it was converted."""
        return sum(op not in IDLE for op in self.nodes) or None


@dataclass(frozen=True)
class Row:
    """Both converters on one model, and the largest differences of their outputs."""

    model: Model
    ours: Result
    reference: Result
    ours_to_jax: float | None
    reference_to_jax: float | None
    ours_to_reference: float | None


def write_report(rows: Sequence[Row], alone: Sequence[Conversion], path: Path) -> None:
    """Write the page; `alone` are ours and the reference on the last model, in new processes."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        _TEXT.format(
            machine=_machine(),
            node=subprocess.run(
                ["node", "--version"], check=True, capture_output=True, text=True
            ).stdout.strip(),
            tfjs=_tfjs_version(),
            python=platform.python_version(),
            ours=_list_versions((n, importlib.metadata.version(n)) for n in ("jax", "flax")),
            pins=_list_versions(_pins("jax", "flax", "tensorflow", "tensorflowjs")),
            batch=ANY,
            summary=_summary(rows),
            table=_table(rows),
            last=rows[-1].model.name,
            alone=_alone_table(alone),
            remarks=_remarks(rows),
        ),
        encoding="utf-8",
    )


_TEXT = """\
# Crosscheck with tensorflowjs

Written by `make crosscheck`; do not edit.

`builder.convert_jax` and the `convert_jax` of tensorflowjs convert the same functions with the
same parameters, each in its own environment. Both graphs run in TensorFlow.js {tfjs} under Node
{node} on the same input, with `execute()`, on wasm if possible and otherwise on cpu.

Machine: {machine}. Python {python}. Ours: {ours}.
Reference: {pins}.

The size "b" is symbolic, and {batch} when the graph runs. Ops counts all nodes except constants and
inputs, and bytes counts all files. Seconds are for one call in a warm process; the converters take
turns. "To JAX" is the largest difference between an output and what our JAX computes, and "between"
is the largest difference between the two graphs. If the reference refuses a model, it is called
again with `skip_op_check=True`; ops, bytes and seconds are then those of the second call. Numbers
refer to the remarks below.

{summary}

{table}

## Alone

The last model, {last}, converted in a new process, after imports. The peak is that of the whole
process.

{alone}

## Remarks

{remarks}
"""


def _summary(rows: Sequence[Row]) -> str:
    ours = Counter(row.ours.backend for row in rows)
    reference = Counter(row.reference.backend for row in rows)
    return (
        f"Of our {len(rows)} graphs, {ours['wasm']} run on wasm. Of the reference's,"
        f" {reference['wasm']} run on wasm, {reference['cpu']} on cpu only,\nand"
        f" {reference[None]} do not run, or could not be converted."
    )


def _table(rows: Sequence[Row]) -> str:
    heads = [
        "model", "input", "ops, ours", "reference", "bytes, ours", "reference",
        "seconds, ours", "reference", "ratio", "runs on, ours", "reference",
        "to JAX, ours", "reference", "between", "remark",
    ]  # fmt: skip
    lines = [" | ".join(heads), " | ".join(["---", "---", *["---:"] * 7, *["---"] * 2,
                                           *["---:"] * 4])]  # fmt: skip
    remarks = _number_remarks(rows)
    for row in rows:
        results = (row.ours, row.reference)
        cells = [
            row.model.name,
            f"{row.model.dtype.__name__} ({', '.join(str(d or 'b') for d in row.model.shape)})",
            *(_count(r.ops) for r in results),
            *(_count(r.bytes) for r in results),
            *(f"{r.conversion.seconds:.3f}" for r in results),
            f"{row.reference.conversion.seconds / row.ours.conversion.seconds:.0f}",
            *(r.backend or "none" for r in results),
            *map(_error, (row.ours_to_jax, row.reference_to_jax, row.ours_to_reference)),
            ", ".join(str(remarks[text]) for text in _texts(row)),
        ]
        lines.append(" | ".join(cells))
    return "\n".join(f"| {line} |" for line in lines)


def _texts(row: Row) -> list[str]:
    """The problems with one model, attributed and cut to what matters."""
    pairs = (("Ours", row.ours), ("Reference", row.reference))
    texts = [f"{name}, {_shorten(text)}" for name, r in pairs for text in r.problems]
    return list(dict.fromkeys(texts))


def _shorten(problem: str) -> str:
    """The first sentence in one line, without the names of nodes."""
    text = " ".join(problem.replace("TensorFlow.js cannot run the model: ", "").split())
    sentence = re.split(r"\. ", text)[0].removesuffix(".")
    return re.sub(r"the node '\S+'", "a node", sentence) + "."


def _number_remarks(rows: Sequence[Row]) -> dict[str, int]:
    texts = dict.fromkeys(text for row in rows for text in _texts(row))
    return {text: number for number, text in enumerate(texts, 1)}


def _remarks(rows: Sequence[Row]) -> str:
    return "\n".join(f"{n}. {text}" for text, n in _number_remarks(rows).items()) or "None."


def _count(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"


def _error(difference: float | None) -> str:
    return "-" if difference is None else f"{difference:.1e}" if difference else "0"


def _machine() -> str:
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{os.cpu_count()} cores of {cpu[1] if cpu else 'unknown'}, {memory:.0f} GiB"


def _tfjs_version() -> str:
    package = ROOT / "webapp_src/node_modules/@tensorflow/tfjs-core/package.json"
    return json.loads(package.read_text(encoding="utf-8"))["version"]


def _alone_table(alone: Sequence[Conversion]) -> str:
    lines = ["|  | seconds | peak memory, MB |", "| --- | ---: | ---: |"]
    for name, conversion in zip(("ours", "reference"), alone, strict=True):
        lines.append(f"| {name} | {conversion.seconds:.2f} | {conversion.peak_mb:,.0f} |")
    return "\n".join(lines)


def _pins(*names: str) -> list[tuple[str, str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = [pin.split("==") for pin in project["optional-dependencies"]["tensorflowjs"]]
    return [(name, version) for name, version in pins if name in names]


def _list_versions(versions: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions)
