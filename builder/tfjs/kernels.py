"""Which TensorFlow ops all backends of TensorFlow.js can run.

The table kernels.json is generated from the installed npm packages by
webapp_src/node/list-kernels.mjs. It lists, for every op that the converter reads, the kernels it
needs and, for every kernel that some backend lacks, those backends.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from builder.errors import ExportError
from builder.tfjs.graph import Graph

MOST_AXES = 6
"""The rank of the largest arrays that all backends compute with."""


@cache
def _table() -> Mapping[str, Any]:
    return json.loads(resources.files("builder.tfjs").joinpath("kernels.json").read_text())


def version() -> str:
    """The version of TensorFlow.js that the table describes."""
    return _table()["version"]


def missing_kernels(op: str) -> Mapping[str, list[str]]:
    """The backends that cannot run an op, each with the kernels it lacks; empty if all can."""
    table = _table()
    if op not in table["ops"]:
        return {backend: [op] for backend in table["backends"]}
    needed = set(table["ops"][op])
    lacking = {name: sorted(needed - set(kernels)) for name, kernels in table["backends"].items()}
    return {name: kernels for name, kernels in lacking.items() if kernels}


def check_kernels(graph: Graph) -> None:
    """Raise ExportError if an op of the graph does not run on every backend."""
    for node in (node for each in (graph, *graph.functions) for node in each.nodes):
        if node.op in ("Const", "Placeholder"):
            continue
        kinds = (*node.outputs, *(v.type for v in node.inputs))
        if node.op not in ("Reshape", "Identity") and any(len(k.shape) > MOST_AXES for k in kinds):
            raise ExportError(
                f"{node.name}: the op {node.op} computes with over {MOST_AXES} axes, which WebGL"
                " cannot. Join axes with reshape."
            )
        missing = missing_kernels(node.op)
        if missing:
            backends = ", ".join(f"{name} lacks {'+'.join(k)}" for name, k in missing.items())
            raise ExportError(
                f"{node.name}: the op {node.op} does not run everywhere in TensorFlow.js "
                f"{version()}: {backends}."
            )
