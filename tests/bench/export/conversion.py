"""Converts the tower: `python -m tests.bench.export.conversion CONVERTER FOLDER`.

`ours` writes one graph for any number of prompts. `reference` is tensorflowjs' convert_jax, run in
its own environment; its graphs for any number of prompts have control flow, which `execute()`
refuses, so it writes one for each of PROMPTS. Prints what the first graph took as JSON.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from tests.bench.export.tower import LENGTH, PROMPTS, embed, make_params

IDLE = ("Const", "Placeholder", "NoOp")
"""Nodes that compute nothing."""


Graphs: TypeAlias = Mapping[str, Callable[[Path], object]]
"""What writes each graph to a folder, by the folder's name."""


def _prepare_ours(params: Any) -> Graphs:
    export = import_module("builder.tfjs.export").export
    inputs = {"tokens": (f"(b, {LENGTH})", "int32")}

    def prepare(quantization: str | None) -> Callable[[Path], object]:
        def write(folder: Path) -> None:
            model = export(embed, params, inputs, ["embeddings"], quantization=quantization)
            model.in_integers().save(folder)

        return write

    return {"ours": prepare(None), "ours-int8": prepare("int8")}


def _prepare_reference(params: Any) -> Graphs:
    convert_jax = import_module("tensorflowjs.converters").convert_jax
    spec = import_module("tensorflow").TensorSpec

    def prepare(prompts: int) -> Callable[[Path], object]:
        signatures = [spec((prompts, LENGTH), "int32")]
        return lambda folder: convert_jax(
            embed, params, input_signatures=signatures, model_dir=str(folder)
        )

    return {f"reference-{prompts}": prepare(prompts) for prompts in PROMPTS}


CONVERTERS = {"ours": _prepare_ours, "reference": _prepare_reference}
"""All import first what they need."""


def _measure(folder: Path) -> Mapping[str, float]:
    """Executed nodes and bytes of a graph."""
    model = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    nodes = [node for node in model["modelTopology"]["node"] if node["op"] not in IDLE]
    files = [path.stat().st_size for path in folder.iterdir()]
    return {"nodes": len(nodes), "bytes": sum(files)}


def _peak_mb() -> float:
    # Not ru_maxrss, which a process inherits from the one that started it.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line) / 1000


def main(converter: str, folder: Path) -> None:
    """Convert, and print seconds, peak memory before and after, nodes and bytes."""
    graphs = CONVERTERS[converter](make_params())
    taken: dict[str, float] = {}
    with redirect_stdout(sys.stderr):  # the reference prints
        for name, write in graphs.items():
            before, start = _peak_mb(), time.perf_counter()
            write(folder / name)
            seconds = time.perf_counter() - start
            measured = {"seconds": seconds, "before_mb": before, "peak_mb": _peak_mb()}
            taken = taken or {**measured, **_measure(folder / name)}
    print(json.dumps(taken))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
