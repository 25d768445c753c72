"""A small demo in the original's format, made up: pictures, rows, vocabulary and encoder."""

import base64
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from builder.models.precomputed.pieces import read_tokenizer
from tests.conftest import gradient, jpeg_bytes

DIM = 8
LENGTH = 16
TEMPERATURE = 12.5
IMAGES = {"1": "a dog, a cat,\nRed  square", "2b": "a cat, two dogs"}
PROMPTS = ("a cat", "a dog", "Red  square", "two dogs")

_LETTERS = "▁abcdeghioqrstuw"
_MERGES = ("▁a", "▁d", "▁c", "at", "og", "▁cat", "▁dog")

Encoder = Literal["plain", "einsum"]


def write_original_demo(folder: Path, encoder: Encoder | None = None, name: str = "nano") -> Path:
    """Write `data/images` and `data/models/NAME` below the folder, and return it."""
    images, model = folder / "data" / "images", folder / "data" / "models" / name
    images.mkdir(parents=True, exist_ok=True)
    model.mkdir(parents=True)
    infos = [
        {"id": key, "description": f"Picture {key}", "source": "", "license": " ", "prompts": text}
        for key, text in IMAGES.items()
    ]
    infos[0] |= {"source": "https://example.org/1", "license": "CC0"}
    write_json(images / "info.json", infos)
    for seed, key in enumerate(IMAGES):
        (images / f"{key}.jpg").write_bytes(jpeg_bytes(gradient(224, 224, seed)))
    write_json(
        model / "def.json",
        {
            "description": "Nano, ViT-N image, Vit-P text",
            "tokenizer_type": "BPE",
            "temperature": TEMPERATURE,
            "pad_value": 1,
            "max_len": LENGTH,
            "embedding_size": DIM,
        },
    )
    pieces = ["<pad>", "</s>", "<unk>", "<s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    pieces += list(dict.fromkeys([*_MERGES, *_LETTERS]))
    scores = [0.0] * 260 + [-float(place) for place in range(len(pieces) - 260)]
    write_json(model / "vocabulary.json", list(zip(pieces, scores, strict=True)))

    rng = np.random.default_rng(0)
    table = rng.normal(size=(len(pieces), DIM)).astype(np.float32)
    tokenizer = read_tokenizer(
        model / "vocabulary.json", algorithm="BPE", max_length=LENGTH, pad_id=1
    )
    write_rows(model, "zimgs", list(IMAGES), unit(rng.normal(size=(len(IMAGES), DIM))))
    write_rows(model, "ztxts", PROMPTS, unit(table[tokenizer(PROMPTS)].sum(axis=1)))
    if encoder:
        write_graph(model / "tfjs", table, encoder)
    return folder


def unit(rows: NDArray[Any]) -> NDArray[np.float32]:
    """The rows with length 1."""
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def write_rows(folder: Path, stem: str, names: Sequence[str], rows: NDArray[np.float32]) -> None:
    """Write rows and their names as the original demo does, without a newline at the end."""
    (folder / f"{stem}.bin").write_bytes(rows.astype("<f4").tobytes())
    (folder / f"{stem}.txt").write_text("\n".join(names), encoding="utf-8")


def write_json(path: Path, content: Any) -> None:
    """Write a JSON file."""
    path.write_text(json.dumps(content), encoding="utf-8")


def write_graph(folder: Path, table: NDArray[np.float32], kind: Encoder) -> None:
    """Write a graph model in two shards: the sum of a text's rows of the table, of length 1.

    "einsum" sums as `jax2tf` would, with an op that TensorFlow.js lacks on wasm.
    """
    weights: dict[str, NDArray[Any]] = {
        "table": table,
        "zero": np.array(0, np.int32),
        "one": np.array([1], np.int32),
        "ones": np.ones(LENGTH, np.float32),
    }
    float_type = {"T": {"type": "DT_FLOAT"}}
    equation = base64.b64encode(b"bld,l->bd").decode()
    total = (
        _node("total", "Einsum", ["rows", "ones"], equation={"s": equation}, N={"i": "2"})
        if kind == "einsum"
        else _node("total", "Sum", ["rows", "one"], keep_dims={"b": False}, **float_type)
    )
    shape = {"shape": {"dim": [{"size": "-1"}, {"size": str(LENGTH)}]}}
    nodes = [
        _node("inputs", "Placeholder", [], dtype={"type": "DT_INT32"}, shape=shape),
        *(
            _node(name, "Const", [], dtype={"type": _type(array)})
            for name, array in weights.items()
        ),
        _node("rows", "GatherV2", ["table", "inputs", "zero"], batch_dims={"i": "0"}),
        total,
        _node("squares", "Mul", ["total", "total"], **float_type),
        _node("sum", "Sum", ["squares", "one"], keep_dims={"b": True}, **float_type),
        _node("scale", "Rsqrt", ["sum"], **float_type),
        _node("Identity", "Mul", ["total", "scale"], **float_type),
    ]
    data = b"".join(array.tobytes() for array in weights.values())
    shards = {"group1-shard1of2.bin": data[:100], "group1-shard2of2.bin": data[100:]}
    kinds = [
        {"name": name, "shape": list(array.shape), "dtype": array.dtype.name}
        for name, array in weights.items()
    ]
    tokens = {"name": "inputs:0", "dtype": "DT_INT32", "tensorShape": shape["shape"]}
    output = {"dim": [{"size": "-1"}, {"size": str(DIM)}]}
    rows = {"name": "Identity:0", "dtype": "DT_FLOAT", "tensorShape": output}
    folder.mkdir()
    write_json(
        folder / "model.json",
        {
            "format": "graph-model",
            "generatedBy": "2.9.0",
            "convertedBy": "TensorFlow.js Converter v3.12.0",
            "signature": {"inputs": {"inputs": tokens}, "outputs": {"output_0": rows}},
            "modelTopology": {"node": nodes, "versions": {"producer": 987}},
            "weightsManifest": [{"paths": list(shards), "weights": kinds}],
        },
    )
    for name, content in shards.items():
        (folder / name).write_bytes(content)


def _node(name: str, op: str, inputs: Sequence[str], **attributes: Any) -> dict[str, Any]:
    return {"name": name, "op": op, "input": list(inputs), "attr": attributes}


def _type(array: NDArray[Any]) -> str:
    return {"float32": "DT_FLOAT", "int32": "DT_INT32"}[array.dtype.name]


def truncate(path: Path) -> None:
    """Cut the last four bytes off a file."""
    path.write_bytes(path.read_bytes()[:-4])


def replace_text(old: str, new: str) -> Callable[[Path], None]:
    """What replaces a text in a file, which must have it."""

    def spoil(path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return spoil
