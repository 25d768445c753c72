"""A TensorFlow.js graph model: its graph as JSON, its weights, and the files that hold them."""

import hashlib
import itertools
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

import numpy as np

from builder.errors import BuilderError, ExportError, reading
from builder.file_system import replace_file
from builder.input_file import read_input
from builder.options import Quantization
from builder.tfjs.codes import Bits, CodedGraph, find_axes, fit_bits, is_bits
from builder.tfjs.functions import ASYNC_OPS
from builder.tfjs.graph import Array, DType, TensorType
from builder.tfjs.operands import TF_DTYPES
from builder.tfjs.ops import concrete
from builder.tfjs.quantize import SMALLEST, Quantizations, can_quantize, decode, encode
from builder.version import NAME

MODEL = "model.json"

_CAN_BE_CODES = (
    "Large matrices can be int8 if products, or gathers of rows, are all that reads them, and"
    " filters if convolutions are; int4 if these are gathers of rows of an even length."
)

_MAX_WEIGHTS = 1 << 31
"""Bytes of a file of weights that may be read; other converters write one of any size."""

SHARD_BYTES = 4 * 2**20
"""Largest weight file; browsers cache files of this size, and no host refuses them."""


@dataclass(frozen=True, repr=False)
class GraphModel:
    """A graph model whose weights are stored as `quantization` says.

    `nodes` are those of a GraphDef in JSON, constants among them, whose values are `weights`;
    `functions` are what its loops and branches run, in JSON too.
    """

    nodes: tuple[Mapping[str, Any], ...]
    inputs: Mapping[str, TensorType]
    outputs: Mapping[str, TensorType]
    weights: Mapping[str, Array]
    functions: tuple[Mapping[str, Any], ...] = ()
    quantization: Quantizations = None
    integer_products: tuple[str, ...] = ()
    """Matrices of eight bits, products with which are to be in integers, where a kernel can.

    These are less exact, so whoever asks for them has to look at the results.
    """
    complex: tuple[str, ...] = ()
    """Inputs and outputs of complex numbers, each of which is two: `x` is `x/real`, `x/imag`."""

    def __post_init__(self) -> None:
        """Raise ExportError if a weight or a way to quantize it does not exist."""
        chosen: Any = self.quantization
        named = isinstance(chosen, Mapping)
        ways = (None, *get_args(Quantization))
        if wrong := [way for way in (chosen.values() if named else [chosen]) if way not in ways]:
            raise ExportError(
                f"{wrong[0]!r} is no quantization; use {', '.join(map(str, ways[1:]))}."
            )
        if self.quantization is None or isinstance(self.quantization, str):
            return
        if unknown := [name for name in self.quantization if name not in self.weights]:
            known = ", ".join(n for n, array in self.weights.items() if array.size >= SMALLEST)
            raise ExportError(f"There is no weight {unknown[0]!r} to quantize, only {known}.")
        for name, way in self.quantization.items():
            if is_bits(way) and self.kinds[name] != way:
                raise ExportError(f"The weight {name!r} cannot be {way}. {_CAN_BE_CODES}")

    def __repr__(self) -> str:
        inputs, outputs = (
            ", ".join(f"{name}: {kind}" for name, kind in types.items())
            for types in (self.inputs, self.outputs)
        )
        stored = self.quantization_name or "float32"
        run = "; run with executeAsync()" if self.needs_async else ""
        return f"GraphModel({inputs} -> {outputs}; {len(self.ops)} ops, {stored} weights{run})"

    @property
    def quantization_name(self) -> str | None:
        """How the weights are stored, in a word; None is float32."""
        if self.quantization is None or isinstance(self.quantization, str):
            return self.quantization
        return "mixed"

    @property
    def ops(self) -> tuple[str, ...]:
        """The op of every node that is executed, that is, of all but constants and inputs."""
        nodes = itertools.chain(self.nodes, *(f["nodeDef"] for f in self.functions))
        return tuple(n["op"] for n in nodes if n["op"] not in ("Const", "Placeholder"))

    @property
    def needs_async(self) -> bool:
        """Whether TensorFlow.js must run it with `executeAsync()`, for its loops and branches.

        `execute()` runs all others, and sooner. model.json says so in its userDefinedMetadata.
        """
        return not ASYNC_OPS.isdisjoint(node["op"] for node in self.nodes)

    @cached_property
    def kinds(self) -> Mapping[str, Quantization | None]:
        """How each weight is stored; None is as it is.

        Where int8 and int4 were asked for all weights, those that cannot be so are float16.
        """
        chosen = self.quantization
        kinds: dict[str, Quantization | None] = {}
        for name, array in self.weights.items():
            way = chosen.get(name) if isinstance(chosen, Mapping) else chosen
            if way and is_bits(way):
                bits = fit_bits(way, array, self._axes.get(name))
                way = bits if bits and can_quantize(array, bits) else "float16"
            kinds[name] = way if way and can_quantize(array, way) else None
        return kinds

    @property
    def stored(self) -> dict[str, Quantization]:
        """The weights that are not stored as they are, and how they are: a `quantization`."""
        return {name: way for name, way in self.kinds.items() if way}

    @property
    def int8_matrices(self) -> tuple[str, ...]:
        """The matrices of eight bits that products read."""
        return tuple(n for n, way in self.kinds.items() if way == "int8" and self._axes[n] == 1)

    def in_integers(self) -> "GraphModel":
        """The same model, with all products that can be in integers."""
        return replace(self, integer_products=self.int8_matrices)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The weights that could have eight bits and have more."""
        eight_bits = replace(self, quantization="int8", integer_products=()).kinds
        could = [name for name, way in eight_bits.items() if way == "int8"]
        return tuple(name for name in could if not is_bits(self.kinds[name]))

    @property
    def table_bytes(self) -> int:
        """Bytes of the tables whose rows are gathered."""
        tables = (name for name, axis in self._axes.items() if axis == 0)
        return sum(len(encode(self.weights[name], self.kinds[name])[0]) for name in tables)

    @cached_property
    def _axes(self) -> Mapping[str, int]:
        """Along which axis a weight would have scales. What loops and branches read has none."""
        in_functions = {i for f in self.functions for n in f["nodeDef"] for i in n.get("input", ())}
        axes = find_axes(self.nodes, self.weights)
        return {name: axis for name, axis in axes.items() if name not in in_functions}

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """Contents by name: "model.json" and the shards of the weights."""
        kinds = dict(self.kinds)
        chosen: dict[str, Bits] = {name: way for name, way in kinds.items() if is_bits(way)}
        coded = CodedGraph(self.nodes, self.weights, chosen)
        manifest, paths, shards = _store(coded.weights, {**kinds, **coded.scales})
        topology: dict[str, Any] = {"node": coded.nodes, "versions": {"producer": 1}}
        if self.functions:
            topology["library"] = {"function": self.functions}
        model: dict[str, Any] = {
            "format": "graph-model",
            "generatedBy": NAME,
            "convertedBy": NAME,
            "signature": {"inputs": _signature(self.inputs), "outputs": _signature(self.outputs)},
            "modelTopology": topology,
            "weightsManifest": [{"paths": paths, "weights": manifest}],
        }
        if metadata := self._metadata():
            model["userDefinedMetadata"] = metadata
        return {MODEL: json.dumps(model, separators=(",", ":")).encode(), **shards}

    def _metadata(self) -> dict[str, Any]:
        """What a program that runs the model may want to know beside its signature."""
        known = {
            "needsAsync": self.needs_async,
            "complex": list(self.complex),
            "integerProducts": list(self.integer_products),
        }
        return {key: value for key, value in known.items() if value}

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(map(len, self.files.values()))

    def quantized(self, quantization: Quantizations) -> "GraphModel":
        """The same model with its weights stored differently, and all products in float32."""
        return replace(self, quantization=quantization, integer_products=())

    def save(self, folder: Path) -> None:
        """Write the files into a folder, which is created if needed; what else is there is kept.

        `model.json` comes last and in one step, and only then do the weights go that an earlier
        model of this program has left there: so the folder always holds one of the two, whole.

        Raises:
            BuilderError: if the folder's `model.json` is not this program's.
            OSError: if the system refuses to write. The earlier model is then still there.
        """
        stale = own_weights(folder).keys() - self.files.keys()
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in sorted(self.files.items(), key=lambda file: file[0] == MODEL):
            replace_file(folder / name, content)
        for name in stale:
            (folder / name).unlink(missing_ok=True)


def own_weights(folder: Path) -> dict[str, Path]:
    """The files of weights that a model of this program has in a folder, unchanged, by name.

    Raises:
        BuilderError: if the `model.json` there is another program's, or damaged.
    """
    path = folder / MODEL
    if not os.path.lexists(path):
        return {}
    try:
        model = json.loads(path.read_bytes())
        paths = [str(name) for group in model["weightsManifest"] for name in group["paths"]]
        is_ours = model["generatedBy"] == NAME
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        is_ours, paths = False, []
    if not is_ours:
        raise BuilderError(
            f"{path}: was not written by this program, so it is not replaced. Move it away, or"
            " name another folder."
        )
    files = {name: folder / name for name in paths}
    return {name: file for name, file in files.items() if file.is_file() and _is_whole(file)}


def _is_whole(weights: Path) -> bool:
    return weights.name == _name_weights(weights.read_bytes())


def _name_weights(data: bytes) -> str:
    return f"weights-{hashlib.sha256(data).hexdigest()[:16]}.bin"


def _store(
    weights: Mapping[str, Array], kinds: Mapping[str, Quantization | None]
) -> tuple[list[dict[str, Any]], list[str], dict[str, bytes]]:
    """The weights of the manifest, and their bytes: names of files in order, and the files.

    A file may come twice, where much of the weights is the same.
    The largest come first: TensorFlow.js copies what is left of a stream after every weight.
    """
    manifest: list[dict[str, Any]] = []
    data = bytearray()
    for name, array in sorted(weights.items(), key=lambda item: -item[1].size):
        encoded, kind = encode(array, kinds.get(name))
        manifest.append({"name": name, "shape": list(array.shape), **kind})
        data += encoded
    pieces = [bytes(data[i : i + SHARD_BYTES]) for i in range(0, len(data), SHARD_BYTES)]
    paths = [_name_weights(piece) for piece in pieces]
    return manifest, paths, dict(zip(paths, pieces, strict=True))


def tensor_shape(kind: TensorType) -> dict[str, Any]:
    """A shape in the JSON of a GraphDef."""
    return {"dim": [{"size": str(d)} for d in concrete(kind.shape)]}


def _signature(types: Mapping[str, TensorType]) -> dict[str, Any]:
    return {
        name: {"name": name, "dtype": TF_DTYPES[t.dtype], "tensorShape": tensor_shape(t)}
        for name, t in types.items()
    }


def read_files(folder: Path) -> dict[str, bytes]:
    """The files of a graph model in a folder: model.json and the weights that it names.

    Raises:
        ExportError: if one of them is missing, or model.json is not one.
    """
    remedy = f"Is {folder} a graph model?"
    files = {MODEL: read_input(folder / MODEL, remedy, ExportError)}
    with reading(folder / MODEL, remedy, ExportError):
        manifest = json.loads(files[MODEL])["weightsManifest"]
        for path in (p for group in manifest for p in group["paths"]):
            files[path] = read_input(folder / path, remedy, ExportError, limit=_MAX_WEIGHTS)
    return files


def input_types(files: Mapping[str, bytes]) -> dict[str, DType]:
    """The dtypes of the inputs by name, in order, in the files of a graph model."""
    names: dict[str, DType] = {there: here for here, there in TF_DTYPES.items()}
    inputs = json.loads(files[MODEL])["signature"]["inputs"]
    return {name: names[kind["dtype"]] for name, kind in inputs.items()}


def read_weights(files: Mapping[str, bytes]) -> dict[str, Array]:
    """The weights by name in the files of a graph model."""
    weights: dict[str, Array] = {}
    for group in json.loads(files[MODEL])["weightsManifest"]:
        data = b"".join(files[path] for path in group["paths"])
        offset = 0
        for kind in group["weights"]:
            stored = kind.get("quantization", kind)["dtype"]
            count = math.prod(kind["shape"]) * np.dtype(stored).itemsize
            weights[kind["name"]] = decode(data[offset : offset + count], kind).reshape(
                kind["shape"]
            )
            offset += count
    return weights
