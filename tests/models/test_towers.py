"""The towers of a published model, by its name or its file."""

from pathlib import Path

import pytest

import builder
from builder.errors import ModelError
from tests.towers.big_vision_params import (
    LIT,
    SIGLIP,
    init_params,
    save,
)


@pytest.mark.slow
def test_a_published_model_has_its_architecture_from_the_registry(tmp_path: Path):
    path = save(tmp_path / "LiT-L16Ti.npz", init_params(LIT))
    with pytest.raises(ModelError, match="the file's text tower has width 16, not 192; depth 3"):
        builder.load_towers(path)
    with pytest.raises(ModelError, match="there is no published model 'LiT-L16Tiny'"):
        builder.load_towers("LiT-L16Tiny")
    with pytest.raises(ModelError, match=r"mine\.npz: there is no such file"):
        builder.load_towers(tmp_path / "mine.npz")


@pytest.mark.slow
def test_a_published_model_is_found_in_the_cache_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("builder.models.published.default_cache_folder", lambda: tmp_path)
    with pytest.raises(ModelError, match="lit-demo models fetch SigLIP-B16-224"):
        builder.load_towers("SigLIP B/16 224")
    file = tmp_path / "checkpoints" / "webli_en_b16_224_63724782.npz"
    file.parent.mkdir()
    save(file, init_params(SIGLIP))
    with pytest.raises(ModelError, match=rf"{file}: this is not a checkpoint of"):
        builder.load_towers("SigLIP B/16 224")
