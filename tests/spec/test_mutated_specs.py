"""Whole specs with one to three mistakes of any kind: each is read, or refused in a sentence."""

import datetime
import json
import os
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.errors import BuilderError
from builder.spec.demo import DemoSpec, load_any_spec
from builder.towers.architecture import read_architecture
from tests.conftest import gradient

EXAMPLES = int(os.environ.get("FUZZ_SPECS", "400"))
"""Specs to try; `make fuzz` sets another number."""

_CHECKPOINT: dict[str, Any] = {
    "checkpoint": "params.npz",
    "id": "mine",
    "resolution": 64,
    "scoring": "sigmoid",
    "architecture": {
        "image": {"variant": "Ti/16", "pool_type": "map", "patch_size": [16, 16], "rep_size": 9},
        "text": {"config": {"hidden_size": 64, "num_attention_heads": 2}, "num_classes": 192},
        "text_model": "proj.flaxformer.bert",
        "out_dim": ["none", 192],
        "bias_init": -10.0,
    },
    "tokenizer": {
        "vocabulary": "vocab.txt",
        "max_length": 16,
        "canonicalization": ["lower"],
        "end_id": 1,
        "pad_id": 0,
    },
    "card": {"name": "Mine", "source": "https://example.org/"},
}
PICTURES: dict[str, Any] = {
    "title": "T",
    "description": "D",
    "language": "de-CH",
    "max_bytes": 10_000_000,
    "offline": False,
    "base_url": "https://example.org/demo/",
    "links": [{"label": "Paper", "url": "https://example.org/paper"}],
    "models": [
        {"name": "mini-tiny", "quantization": "none", "converter": "native"},
        _CHECKPOINT,
        {"towers": "package.module:make", "resize": "bicubic"},
        {"precomputed": "rows", "id": "rows"},
    ],
    "images": [
        {"file": "a.png", "description": "A", "prompts": ["a", "b"], "focal_point": [0.5, 0.1]},
        {"file": "b.png", "id": "b-2", "description": "B", "prompts": ["c"], "crop": [0, 0, 9, 9]},
    ],
}
FUNCTIONS: dict[str, Any] = {
    "template": "function",
    "title": "T",
    "description": "D",
    "functions": [
        {
            "function": "sums:total",
            "params": "params.npz",
            "samples": "params.npz",
            "min_cosine": 0.9,
            "quantization": "auto",
            "inputs": [
                {"name": "x", "shape": "(b, 2)", "range": [0, 1], "labels": ["one", "two"]},
                {"name": "n", "shape": "()", "dtype": "int32", "range": [0, 9]},
            ],
        },
        {
            "function": "sums:other",
            "params": "sums:params",
            "inputs": [{"name": "x", "shape": "()"}],
        },
    ],
    "data": {"mistakes": "a.png"},
}

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["", " ", "none", "\0", "a.png", "../a.png", "/", "~", "x" * 300, "(b, 2)", "a:b", "é:f"]
)
_LEAVES = st.one_of(
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 2**31, 2**63, -(2**70), 10**400, 10**9]),
    st.floats(),
    _TEXTS,
    st.sampled_from([datetime.date(1979, 5, 27), datetime.time(7, 32), datetime.datetime(1, 1, 1)]),
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the specs name."""
    folder = tmp_path_factory.mktemp("specs")
    for name in ("a.png", "b.png"):
        gradient(30, 26).save(folder / name)
    np.savez(folder / "params.npz", a=np.ones(1))
    (folder / "vocab.txt").write_text("[UNK]\n[CLS]\n")
    (folder / "rows").mkdir()
    return folder


@st.composite
def _mistaken(draw: st.DrawFn) -> dict[str, Any]:
    spec = deepcopy(draw(st.sampled_from([PICTURES, FUNCTIONS])))
    for _ in range(draw(st.integers(1, 3))):
        parent, key = draw(st.sampled_from(_places(spec)))
        match draw(st.sampled_from(["delete", "replace", "wrap", "repeat", "add", "rename"])):
            case "delete":
                del parent[key]
            case "replace":
                parent[key] = draw(_VALUES)
            case "wrap":
                parent[key] = draw(st.sampled_from([[parent[key]], {"a": parent[key]}]))
            case "repeat" if isinstance(parent, list):
                parent.insert(key, deepcopy(parent[key]))
            case "rename" if isinstance(parent, dict):
                parent[draw(_TEXTS)] = parent.pop(key)
            case _:
                if isinstance(parent, dict):
                    parent[draw(_TEXTS)] = draw(_VALUES)
                else:
                    parent.append(draw(_VALUES))
        if not _places(spec):
            break
    return spec


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Every entry of every table and list, as its container and its key."""
    keys = (
        list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    )
    return [place for key in keys for place in ((tree, key), *_places(tree[key]))]


def to_toml(table: Mapping[str, Any]) -> str:
    """A table in TOML, all that it contains inline."""
    return "".join(f"{_quote(key)} = {_inline(value)}\n" for key, value in table.items())


def _inline(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            pairs = ", ".join(f"{_quote(key)} = {_inline(entry)}" for key, entry in value.items())
            return f"{{{pairs}}}"
        case list():
            return f"[{', '.join(map(_inline, value))}]"
        case str():
            return _quote(value)
        case datetime.date() | datetime.time():
            return value.isoformat()
        case _:
            return repr(value)


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@pytest.mark.parametrize("table", [PICTURES, FUNCTIONS], ids=["pictures", "functions"])
def test_the_specs_that_mistakes_are_put_into_are_right(folder: Path, table: dict[str, Any]):
    path = folder / "demo.toml"
    path.write_text(to_toml(table), encoding="utf-8")
    load_any_spec(path)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(table=_mistaken())
def test_a_mistaken_spec_is_read_or_refused_in_a_sentence(folder: Path, table: dict[str, Any]):
    path = folder / "demo.toml"
    path.write_text(to_toml(table), encoding="utf-8")
    assert len(_read(path)) < 20_000


def _read(path: Path) -> str:
    """The refusal of a spec or of one of its architectures; empty if there is none."""
    try:
        spec = load_any_spec(path)
        for model in spec.models if isinstance(spec, DemoSpec) else ():
            if model.architecture is not None:
                read_architecture(model.architecture)
    except BuilderError as error:
        return str(error)
    return ""
