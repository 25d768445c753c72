"""The encoder of the original demo, as its files are read."""

from pathlib import Path

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
    assert "'../../../secret.bin' is no name of a file beside it" in problem
