"""The command models."""

import json
from pathlib import Path

from tests.commands.run import run


def test_models_are_listed_and_fetched_by_name(tmp_path: Path):
    code, text = run("models", "--cache-dir", tmp_path)
    assert code == 0
    assert "LiT-L16Ti" in text
    code, text = run("models", "--json")
    assert code == 0
    assert {"mini-tiny", "SigLIP2-B16-256"} <= {model["name"] for model in json.loads(text)}
    code, text = run("models", "fetch", "LiT-L16Tiny", "--cache-dir", tmp_path)
    assert code == 2
    assert "Did you mean 'LiT-L16Ti'" in text
