"""The vocabulary of the original demo as a tokenizer."""

import json
from pathlib import Path

from builder.models.precomputed.model import load_precomputed
from builder.models.precomputed.pieces import read_tokenizer
from builder.spec.models import ModelSpec
from tests.models.original_demo import replace_text, write_original_demo
from tests.shared import OFFICIAL_DEMO, needs


@needs(OFFICIAL_DEMO)
def test_the_genuine_vocabulary_makes_tokens():
    vocabulary = OFFICIAL_DEMO / "data" / "models" / "tiny" / "vocabulary.json"
    pieces = [piece for piece, _ in json.loads(vocabulary.read_bytes())]
    tokenizer = read_tokenizer(vocabulary, algorithm="BPE", max_length=16, pad_id=1)
    (row,) = tokenizer(["A cat  in Zürich"])
    assert [pieces[token] for token in row[:8]] == [
        *("▁a", "▁cat", "▁in", "▁z", "ü", "rich"),
        *("</s>", "</s>"),
    ]


def test_a_unigram_vocabulary_is_one(tmp_path: Path):
    folder = write_original_demo(tmp_path, "plain") / "data" / "models" / "nano"
    replace_text('"BPE"', '"UNIGRAM"')(folder / "def.json")
    tokenizer = load_precomputed(ModelSpec(precomputed=folder)).tokenizer
    assert tokenizer is not None
    assert tokenizer.to_manifest().algorithm == "unigram"
