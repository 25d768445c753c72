"""The command models."""

import json
from pathlib import Path

from tests.commands.run import run
from tests.models.hub.fake_hub import FakeHub


def test_models_are_listed_and_fetched_by_name(tmp_path: Path):
    code, text = run("models", "--cache-dir", tmp_path)
    assert code == 0
    assert "LiT-L16Ti" in text
    assert "hf:google/siglip2-base-patch16-224" in text
    code, text = run("models", "--json")
    assert code == 0
    assert {"mini-tiny", "SigLIP2-B16-256", "hf:BAAI/AltCLIP"} <= {
        model["name"] for model in json.loads(text)
    }
    code, text = run("models", "fetch", "LiT-L16Tiny", "--cache-dir", tmp_path)
    assert code == 2
    assert "Did you mean 'LiT-L16Ti'" in text


def test_a_model_of_the_hub_is_fetched_by_name(tmp_path: Path, hub: FakeHub):
    hub.add("someone/clip", {"config.json": b'{"model_type": "clip"}', "model.safetensors": b"x"})
    code, text = run("models", "fetch", "hf:someone/clip", "--cache-dir", tmp_path)
    assert code == 0
    assert "hf:someone/clip: downloading" in text
    code, text = run("models", "fetch", "--update", "hf:someone/clip", "--cache-dir", tmp_path)
    assert code == 0
    assert "is up to date" in text
    for name, message in (("hf:clip", "hf:OWNER/NAME"), ("hf:no/body", "hf auth login")):
        code, text = run("models", "fetch", name, "--cache-dir", tmp_path)
        assert code == 2
        assert message in text
    code, text = run("models", "fetch", "google/siglip2", "--cache-dir", tmp_path)
    assert code == 2
    assert "write hf:google/siglip2." in text
