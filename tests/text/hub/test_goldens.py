"""The token ids that transformers and open_clip gave for folders of theirs."""

import json
from pathlib import Path

import numpy as np
import pytest

from builder.text.hub import read_hub_tokenizer
from tests.shared import HUB_GOLDENS, needs

POSITIONS = 77
_KINDS = ("tokenizer.json", "spiece.model")


def find_folders() -> list[Path]:
    """Golden folders that have a tokenizer and its ids; NaFlex is no kind that can be built."""
    if not HUB_GOLDENS.exists():
        return []
    return [
        folder
        for folder in sorted(HUB_GOLDENS.iterdir())
        if any((folder / kind).exists() for kind in _KINDS)
        and "naflex" not in folder.name
        and "input_ids" in np.load(folder / "golden.npz")
    ]


@needs(HUB_GOLDENS)
def test_there_are_folders_of_both_libraries():
    names = {folder.name for folder in find_folders()}
    assert {"clip_openai", "siglip", "alt_clip", "openclip_vit", "openclip_clipa"} <= names


@needs(HUB_GOLDENS)
@pytest.mark.parametrize("folder", find_folders(), ids=lambda folder: folder.name)
def test_ids_are_those_of_the_folders_library(folder: Path):
    golden = np.load(folder / "golden.npz")
    texts = json.loads((folder / "golden.json").read_text(encoding="utf-8"))["texts"]
    expected = golden["input_ids_max_length" if "input_ids_max_length" in golden else "input_ids"]
    is_open_clip = (folder / "open_clip_config.json").exists()
    library = "open_clip" if is_open_clip else "transformers"
    tokenizer = read_hub_tokenizer(folder, POSITIONS, library=library)
    assert tokenizer(texts).tolist() == expected.tolist()
    if "input_ids_of_lower" in golden:
        lower = [text.lower() for text in texts]
        assert tokenizer(lower).tolist() == golden["input_ids_of_lower"].tolist()
