"""What `lit-demo inspect` says of checkpoints."""

import shutil
from pathlib import Path

import pytest

from builder.errors import ModelError
from builder.models.inspection import inspect_checkpoint
from tests.commands.run import run
from tests.shared import HUB_GOLDENS, needs
from tests.towers.checkpoints import SIGLIP, write_checkpoint


@needs(HUB_GOLDENS)
def test_a_folder_is_described_in_words():
    rows = dict(inspect_checkpoint(HUB_GOLDENS / "clip_openai").rows)
    assert rows == {
        "Family": "CLIP, written by transformers",
        "Weights": "model.safetensors, 0 MB",
        "Image tower": "ViT, 2 layers, width 40, 39.7 thousand parameters",
        "Pictures": "32 x 32, bicubic, the middle is cut out",
        "Text tower": "Transformer, 2 layers, width 32, 43.7 thousand parameters",
        "Texts": "20 tokens, byte-pair encoding, 644 pieces",
        "Rows": "36 columns",
        "Scores": "softmax, cosine x 14.8",
        "Licence": "not stated in the folder",
        "Download": "0 MB for a visitor, as float16: fits a phone",
    }


def test_a_checkpoint_of_big_vision_is_described_by_its_shapes(tmp_path: Path):
    path = write_checkpoint(tmp_path / "a.npz", SIGLIP, resolution=96, max_length=24, bias=0.5)
    rows = dict(inspect_checkpoint(path).rows)
    assert rows["Text tower"].startswith("Transformer, 2 layers, width 32, ")
    assert rows["Texts"] == "24 tokens"
    assert rows["Rows"] == "32 columns"
    assert rows["Scores"].startswith("sigmoid, cosine x ")


@needs(HUB_GOLDENS)
def test_the_command_shows_what_it_can_and_fails_for_the_rest(tmp_path: Path):
    folder = shutil.copytree(HUB_GOLDENS / "clip_openai", tmp_path / "clip")
    for name in ("preprocessor_config.json", "tokenizer.json", "vocab.json", "merges.txt"):
        (folder / name).unlink()
    code, printed = run("inspect", folder)
    assert code == 2
    assert "Rows         36 columns" in printed
    assert "preprocessor_config.json: is missing" in printed
    assert "has none of tokenizer.json" in printed


def test_what_holds_no_model_is_refused(tmp_path: Path):
    with pytest.raises(ModelError, match="is empty"):
        inspect_checkpoint(tmp_path)
    with pytest.raises(ModelError, match="there is no such file"):
        inspect_checkpoint(tmp_path / "absent")
