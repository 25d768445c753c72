"""The original demo's text encoder, used as the graph model that it is."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.errors import ModelError
from builder.models.precomputed.rows import read_file
from builder.options import Storage

MODEL = "model.json"


@dataclass(frozen=True)
class GraphFiles:
    """A graph model of one input and one output: `model.json` and weight shards, by name.

    `input` and `output` are their names in its signature.
    """

    files: Mapping[str, bytes]
    input: str
    output: str
    nodes: int
    quantization: Storage


def read_encoder(folder: Path) -> GraphFiles:
    """Read the files of a graph model; its shards get names that change with their content.

    Raises:
        ModelError: if a file is absent, or the model does not have one input and one output.
    """
    path = folder / MODEL
    try:
        model = json.loads(read_file(path))
        (input_name,) = model["signature"]["inputs"]
        (output_name,) = model["signature"]["outputs"]
        groups = model["weightsManifest"]
        names = [str(name) for group in groups for name in group["paths"]]
        ops = [node["op"] for node in model["modelTopology"]["node"]]
        stored = [weight.get("quantization") for group in groups for weight in group["weights"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ModelError(
            f"{path}: is not a graph model with a signature of one input and one output."
        ) from None
    shards = _read_shards(folder, names)
    renamed = {
        name: f"weights-{hashlib.sha256(content).hexdigest()[:16]}.bin"
        for name, content in shards.items()
    }
    for group in groups:
        group["paths"] = [renamed[name] for name in group["paths"]]
    return GraphFiles(
        files={
            MODEL: json.dumps(model, separators=(",", ":")).encode(),
            **{renamed[name]: content for name, content in shards.items()},
        },
        input=input_name,
        output=output_name,
        nodes=sum(op not in ("Const", "Placeholder") for op in ops),
        quantization=next((kind["dtype"] for kind in stored if kind), "none"),
    )


def _read_shards(folder: Path, names: list[str]) -> dict[str, bytes]:
    if strange := [name for name in names if Path(name).name != name]:
        raise ModelError(f"{folder / MODEL}: {strange[0]!r} is not the name of a file beside it.")
    if missing := [name for name in names if not (folder / name).is_file()]:
        raise ModelError(
            f"{folder}: {len(missing)} of {len(names)} weight files are missing"
            f" ({', '.join(missing[:3])}{' ...' if len(missing) > 3 else ''})."
        )
    return {name: read_file(folder / name) for name in names}
