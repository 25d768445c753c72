"""Flax's msgpack files: those that flax itself writes, and damaged ones."""

import re
from pathlib import Path
from typing import Any

import flax.serialization
import jax.numpy as jnp
import msgpack
import numpy as np
import pytest
from flax.traverse_util import unflatten_dict
from safetensors.numpy import load_file

from builder.errors import ModelError, NumberError
from builder.model import Towers
from builder.models.hub.folder import load_hub_towers
from builder.towers.msgpack_file import MsgpackFile
from tests.shared import HUB_GOLDENS, needs

GOLDEN = Path(__file__).parents[1] / "golden" / "hub"


def as_flax(folder: Path) -> dict[str, Any]:
    """The tree that transformers' Flax model has of a folder's weights."""
    flat: dict[tuple[str, ...], Any] = {}
    for name, array in load_file(folder / "model.safetensors").items():
        *modules, leaf = name.split(".")
        if leaf == "weight":
            if re.search(r"norm", modules[-1], re.IGNORECASE):
                leaf = "scale"
            elif re.search(r"(token|position|word|type)_embeddings?$", modules[-1]):
                leaf = "embedding"
            else:
                leaf = "kernel"
                array = array.transpose((2, 3, 1, 0) if array.ndim == 4 else (1, 0))
        flat[*modules, leaf] = np.ascontiguousarray(array)
    return unflatten_dict(flat)


@pytest.fixture
def write(tmp_path: Path):
    """Makes a folder of a golden's config and other bytes as its weights."""

    def make(name: str, content: bytes) -> Path:
        (tmp_path / "config.json").write_text((GOLDEN / name / "config.json").read_text())
        (tmp_path / "flax_model.msgpack").write_bytes(content)
        return tmp_path

    return make


def rows(towers: Towers, name: str) -> tuple[Any, Any]:
    with np.load(GOLDEN / name / "golden.npz") as golden:
        return (
            towers.embed_images(golden["pixel_values"]),
            towers.embed_tokens(golden["input_ids"]),
        )


@needs(HUB_GOLDENS)
def test_rows_are_those_of_the_flax_model():
    towers = load_hub_towers(HUB_GOLDENS / "clip_flax")
    with np.load(HUB_GOLDENS / "clip_flax" / "golden.npz") as golden:
        zimg = towers.embed_images(golden["pixel_values"].transpose(0, 2, 3, 1))
        np.testing.assert_allclose(zimg, golden["image_embeds"], atol=2e-6)
        ztxt = towers.embed_tokens(golden["input_ids"])
        np.testing.assert_allclose(ztxt, golden["text_embeds"], atol=2e-6)
        assert towers.scale == pytest.approx(golden["scale"].item(), rel=1e-6)


@pytest.mark.parametrize("chunk", [None, 100])
@pytest.mark.parametrize("name", ["clip_end_id", "dual_vit_bert", "dual_clip_roberta"])
def test_rows_are_those_of_the_same_weights_in_safetensors(
    name: str, chunk: int | None, write: Any, monkeypatch: pytest.MonkeyPatch
):
    if chunk:
        monkeypatch.setattr(flax.serialization, "MAX_CHUNK_SIZE", chunk)
    folder = write(name, flax.serialization.msgpack_serialize(as_flax(GOLDEN / name)))
    expected = rows(load_hub_towers(GOLDEN / name), name)
    for ours, theirs in zip(rows(load_hub_towers(folder), name), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_bfloat16_is_widened(tmp_path: Path):
    path = tmp_path / "flax_model.msgpack"
    values = jnp.arange(6, dtype=jnp.bfloat16).reshape(2, 3) / 4
    path.write_bytes(flax.serialization.msgpack_serialize({"a": {"kernel": values}}))
    file = MsgpackFile(path)
    assert file.shapes == {"a.weight": (3, 2)}
    np.testing.assert_array_equal(file.read("a.weight"), np.arange(6).reshape(2, 3).T / 4)


def test_what_is_missing_is_named_as_for_other_files(write: Any):
    tree = as_flax(GOLDEN / "clip_end_id")
    del tree["text_model"]["final_layer_norm"]["scale"]
    folder = write("clip_end_id", flax.serialization.msgpack_serialize(tree))
    with pytest.raises(ModelError, match=r"msgpack: .*\n.*missing: text_model\.final_layer_norm"):
        load_hub_towers(folder)


def extension(*content: Any, code: int = 1) -> bytes:
    """A file whose one array has this content."""
    array = msgpack.ExtType(code, msgpack.packb(content))
    return msgpack.packb({"logit_scale": array}) or b""


NUMBER = np.float32(1).tobytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot be read"),
        (b"\x80\x04N.", "cannot be read"),
        (b"\xdf\xff\xff\xff\xff", "cannot be read"),
        (b"\xdd\x00\x01\x00\x00" + b"\xc0" * 65536, "cannot be read"),
        (b"\x81\xa1a" * 600 + b"\xc0", "cannot be read|is not an array"),
        (extension([], "float32", NUMBER)[:-2], "cannot be read"),
        (extension([2], "float32", NUMBER), r"an array of \(2,\) does not have as many"),
        (extension([-1], "float32", NUMBER), "has the shape"),
        (extension([1 << 62, 1 << 62], "float32", NUMBER), "does not have as many"),
        (extension([1], "object", NUMBER), "dtype b'object'"),
        (extension([1], "float32"), "not a shape, a dtype and bytes"),
        (extension([1], "float32", NUMBER, code=2), "unknown type 2"),
        (msgpack.packb({"logit_scale": 3}), "'logit_scale' is not an array"),
        (b"\x82\xa1a\xc0\xa1a\xc0", "a name is there twice"),
        (
            msgpack.packb({"a": {"__msgpack_chunked_array__": True, "shape": {"0": 3}}}),
            "its chunks cannot be joined",
        ),
        (extension([1], "int32", NUMBER), "missing"),
    ],
)
def test_a_damaged_file_is_named(content: bytes, message: str, write: Any):
    folder = write("clip_end_id", content)
    with pytest.raises(ModelError, match=message) as caught:
        load_hub_towers(folder)
    assert "flax_model.msgpack" in str(caught.value)


def test_a_number_that_is_not_one_is_named(write: Any):
    tree = as_flax(GOLDEN / "clip_end_id")
    tree["text_model"]["final_layer_norm"]["bias"][3] = np.inf
    folder = write("clip_end_id", flax.serialization.msgpack_serialize(tree))
    with pytest.raises(NumberError, match=r"final_layer_norm\.bias holds NaN or infinity"):
        load_hub_towers(folder)
