"""The original demo's text encoder, used as the graph model that it is."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from builder.errors import ModelError, NumberError, reading
from builder.input_file import find_fault, read_input, read_input_json
from builder.options import Storage
from builder.tfjs.quantize import decode

MODEL = "model.json"

_REMEDY = "Name a data folder of the original LiT demo."
_MAX_SHARD = 1 << 31
"""Bytes of a shard; converters write 4 MB."""


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
        NumberError: if a weight is NaN or infinite.
        ModelError: if a file is absent, or the model does not have one input and one output.
    """
    path = folder / MODEL
    model = read_input_json(path, _REMEDY, ModelError)
    try:
        (input_name,) = model["signature"]["inputs"]
        (output_name,) = model["signature"]["outputs"]
        groups = model["weightsManifest"]
        names = [str(name) for group in groups for name in group["paths"]]
        ops = [str(node["op"]) for node in model["modelTopology"]["node"]]
        stored = [weight.get("quantization") for group in groups for weight in group["weights"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ModelError(
            f"{path}: is not a graph model with a signature of one input and one output."
        ) from None
    shards = _read_shards(folder, names)
    with reading(path, "Convert the model again.", ModelError):
        _check_weights(path, groups, shards)
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
    if missing := [name for name in names if find_fault(folder / name)]:
        raise ModelError(
            f"{folder}: {len(missing)} of {len(names)} weight files are missing"
            f" ({', '.join(missing[:3])}{' ...' if len(missing) > 3 else ''})."
        )
    return {
        name: read_input(folder / name, _REMEDY, ModelError, limit=_MAX_SHARD) for name in names
    }


def _check_weights(path: Path, groups: Sequence[Any], shards: Mapping[str, bytes]) -> None:
    for group in groups:
        data = b"".join(shards[name] for name in group["paths"])
        start = 0
        for kind in group["weights"]:
            stored = np.dtype(kind.get("quantization", kind)["dtype"])
            end = start + math.prod(kind["shape"]) * stored.itemsize
            if not start <= end <= len(data):
                raise ModelError(f"{path}: the weight {kind['name']!r} is not in its files whole.")
            if not np.isfinite(decode(data[start:end], kind)).all():
                raise NumberError(f"{path}: the weight {kind['name']!r} holds NaN or infinity.")
            start = end
