"""Converts, runs and compares, and writes docs/crosscheck.md: `make crosscheck`, after set-up."""

import json
import math
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import jax
import numpy as np

from builder.errors import ExportError
from builder.params import flatten_params
from builder.tfjs.graph import Array
from builder.tfjs.model import read_files
from builder.tfjs.runtime import NodeBackend, Runtime
from tests.crosscheck.converter import PYTHONS, Conversion, Converter, Name
from tests.crosscheck.models import MODELS
from tests.crosscheck.report import Result, Row, write_report

ROOT = Path(__file__).parents[2]

Runtimes = Mapping[NodeBackend, Runtime]


def crosscheck(
    place: int, folder: Path, ours: Converter, reference: Converter, runtimes: Runtimes
) -> Row:
    """Convert one of MODELS with each converter, run what they wrote, and compare."""
    model = MODELS[place]
    params, x = model.make_params(), model.make_input()
    np.savez(folder / f"{place}.npz", **flatten_params(params))  # pyright: ignore[reportArgumentType]
    expected = [np.asarray(leaf) for leaf in jax.tree.leaves(model.apply(params, x))]
    a, b = (examine(converter, place, x, runtimes) for converter in (ours, reference))
    return Row(
        model,
        ours=a,
        reference=b,
        ours_to_jax=find_difference(a.outputs, expected),
        reference_to_jax=find_difference(b.outputs, expected),
        ours_to_reference=find_difference(a.outputs, b.outputs),
    )


def examine(converter: Converter, place: int, x: Array, runtimes: Runtimes) -> Result:
    """Convert with one converter, and run the graph on the first backend that can."""
    conversion = converter.convert(place)
    if not conversion.converted:
        return Result(conversion, problems=conversion.problems)
    files = read_files(converter.folder / str(place))
    model = json.loads(files["model.json"])
    name = next(iter(model["signature"]["inputs"]))
    backend, outputs, problems = run_graph(files, name, x, runtimes)
    return Result(
        conversion,
        nodes=[node["op"] for node in model["modelTopology"]["node"]],
        bytes=sum(map(len, files.values())),
        backend=backend,
        outputs=outputs,
        problems=[*conversion.problems, *problems],
    )


def run_graph(
    files: Mapping[str, bytes], name: str, x: Array, runtimes: Runtimes
) -> tuple[NodeBackend | None, list[Array] | None, list[str]]:
    """The first backend that runs a graph, its outputs, and why those before it did not."""
    problems: dict[str, list[str]] = {}
    found: NodeBackend | None = None
    arrays: list[Array] | None = None
    for backend, runtime in runtimes.items():
        try:
            runtime.load(files)
            outputs = runtime.predict({name: x})
        except ExportError as error:
            problems.setdefault(str(error), []).append(backend)
        else:
            found, arrays = backend, [outputs[n] for n in sorted(outputs)]
            break
    texts = [f"on {' and '.join(backends)}: {text}" for text, backends in problems.items()]
    return found, arrays, texts


def find_difference(a: Sequence[Array] | None, b: Sequence[Array] | None) -> float | None:
    """The largest difference of two numbers, infinite if shapes differ; None lacking outputs."""
    if a is None or b is None:
        return None
    if [x.shape for x in a] != [x.shape for x in b]:
        return math.inf
    pairs = zip(a, b, strict=True)
    return max(float(np.max(np.abs(x.astype(np.float64) - y))) for x, y in pairs)


def convert_alone(name: Name, place: int, folder: Path) -> Conversion:
    """Convert one of MODELS, its parameters saved before, in a process of its own."""
    with Converter(name, folder) as converter:
        return converter.convert(place)


def main() -> None:
    """Crosscheck all, one after the other, and the last and largest once more alone."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name, Runtime("wasm") as wasm, Runtime("cpu") as cpu:
        folder = Path(name)
        runtimes: Runtimes = {"wasm": wasm, "cpu": cpu}
        with Converter("ours", folder) as ours, Converter("reference", folder) as reference:
            crosscheck(0, folder, ours, reference, runtimes)  # the first call warms up
            for place, model in enumerate(MODELS):
                print(model.name, model.shape, file=sys.stderr)
                rows.append(crosscheck(place, folder, ours, reference, runtimes))
        alone = [convert_alone(n, len(MODELS) - 1, folder) for n in PYTHONS]
    write_report(rows, alone, ROOT / "docs/crosscheck.md")


if __name__ == "__main__":
    main()
