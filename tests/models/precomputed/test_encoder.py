"""The encoder of the original demo, as its files are read."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from builder.errors import ModelError, NumberError
from builder.models.precomputed.encoder import read_encoder
from builder.models.precomputed.model import load_precomputed
from builder.spec.models import ModelSpec
from tests.models.original_demo import (
    write_original_demo,
)


def test_missing_shards_are_counted_and_leave_the_encoder_out(tmp_path: Path):
    folder = write_original_demo(tmp_path, "plain") / "data" / "models" / "nano"
    (folder / "tfjs" / "group1-shard2of2.bin").unlink()
    model = load_precomputed(ModelSpec(precomputed=folder))
    assert (model.encoder, model.tokenizer) == (None, None)
    (problem,) = model.problems
    assert "1 of 2 weight files are missing (group1-shard2of2.bin)" in problem


def test_a_shard_elsewhere_is_not_read(tmp_path: Path):
    folder = write_original_demo(tmp_path, "plain") / "data" / "models" / "nano"
    path = folder / "tfjs" / "model.json"
    path.write_text(path.read_text().replace("group1-shard1of2.bin", "../../../secret.bin"))
    (problem,) = load_precomputed(ModelSpec(precomputed=folder)).problems
    assert "'../../../secret.bin' is not the name of a file beside it" in problem


@pytest.fixture
def tfjs(tmp_path: Path) -> Path:
    return write_original_demo(tmp_path, "plain") / "data" / "models" / "nano" / "tfjs"


def test_shards_get_names_of_their_content_and_the_model_names_them(tfjs: Path):
    encoder = read_encoder(tfjs)
    model = json.loads(encoder.files["model.json"])
    paths = model["weightsManifest"][0]["paths"]
    assert encoder.files.keys() == {"model.json", *paths}
    assert [encoder.files[path] for path in paths] == [
        (tfjs / f"group1-shard{place}of2.bin").read_bytes() for place in (1, 2)
    ]
    for path in paths:
        digest = hashlib.sha256(encoder.files[path]).hexdigest()
        assert path == f"weights-{digest[:16]}.bin"
    assert read_encoder(tfjs) == encoder


def test_the_signature_and_the_size_of_the_graph_are_told(tfjs: Path):
    encoder = read_encoder(tfjs)
    assert (encoder.input, encoder.output) == ("inputs", "output_0")
    assert encoder.nodes == 6, "constants and inputs are not computed"
    assert encoder.quantization == "none"
    model = json.loads((tfjs / "model.json").read_text())
    model["weightsManifest"][0]["weights"][1]["quantization"] = {"dtype": "uint8"}
    (tfjs / "model.json").write_text(json.dumps(model))
    assert read_encoder(tfjs).quantization == "uint8"


@pytest.mark.parametrize("content", ["[]", "{}", '{"signature": {"inputs": {}}}', "null"])
def test_what_is_no_graph_model_is_refused(tfjs: Path, content: str):
    (tfjs / "model.json").write_text(content)
    with pytest.raises(ModelError, match=r"model\.json: is not a graph model with a signature"):
        read_encoder(tfjs)


@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, '{"a": NaN}', "1" * 5000])
def test_what_is_no_json_is_refused(tfjs: Path, content: str):
    (tfjs / "model.json").write_text(content)
    with pytest.raises(ModelError, match=r"model\.json: is (damaged|nested)"):
        read_encoder(tfjs)


def test_a_weight_that_is_not_a_number_is_named(tfjs: Path):
    shard = tfjs / "group1-shard1of2.bin"
    numbers = bytearray(shard.read_bytes())
    numbers[8:12] = np.float32(np.nan).tobytes()
    shard.write_bytes(numbers)
    with pytest.raises(NumberError, match=r"model\.json: the weight '.+' holds NaN or infinity"):
        read_encoder(tfjs)
    with pytest.raises(NumberError):
        load_precomputed(ModelSpec(precomputed=tfjs.parent))


def test_weights_that_their_files_do_not_hold_are_refused(tfjs: Path):
    shard = tfjs / "group1-shard2of2.bin"
    shard.write_bytes(shard.read_bytes()[:-4])
    with pytest.raises(ModelError, match=r"the weight '.+' is not in its files whole"):
        read_encoder(tfjs)
