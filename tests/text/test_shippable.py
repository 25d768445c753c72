from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.errors import ModelError
from builder.manifest import CompressibleRef, RowLayout, SentencePieceRef
from builder.text.sentencepiece import SentencePieceTokenizer
from builder.text.shippable import check_shippable

VOCABULARY = Path(__file__).parents[2] / "data/models/mini/tokenizer.model"
INNER = SentencePieceTokenizer.load(VOCABULARY, RowLayout(max_length=8, end_id=1, pad_id=1))


class Own:
    """A tokenizer of an author's own, whose parts a test may replace or take away."""

    def __init__(self, **parts: Any):
        self.layout = INNER.layout
        self.to_manifest = INNER.to_manifest
        self.to_ref = INNER.to_ref
        self.rows = INNER
        for name, part in parts.items():
            setattr(self, name, part)

    def __call__(self, texts: Any) -> Any:
        return self.rows(texts)


class WithoutCall:
    layout = INNER.layout


def fail(*_: Any) -> Any:
    raise ValueError("no idea")


def give_back(given: Any) -> Any:
    return given


def make_wrong_rows(texts: Any) -> Any:
    return np.zeros((len(texts), 5))


def test_a_tokenizer_that_hands_on_to_one_of_ours_is_accepted():
    check_shippable(INNER)
    check_shippable(Own())


@pytest.mark.parametrize(
    ("tokenizer", "message"),
    [
        (WithoutCall(), "WithoutCall has no method __call__"),
        (Own(to_manifest=None), "Own has no method to_manifest"),
        (Own(to_ref=None), "Own has no method to_ref"),
        (Own(layout={"max_length": 8}), "Own.layout is dict, not a builder RowLayout"),
        (Own(to_manifest=fail), "Own.to_manifest failed: ValueError: no idea"),
        (Own(to_manifest=dict), "Own.to_manifest gives dict, which is none of SentencePieceM"),
        (Own(to_ref=fail), "Own.to_ref failed: ValueError: no idea"),
        (Own(to_ref=give_back), "Own.to_ref gives CompressibleRef, not SentencePieceRef"),
        (Own(rows=make_wrong_rows), r"float64\[2, 5\] of 2 texts, not int"),
        (Own(rows=fail), "Own failed: ValueError: no idea"),
    ],
)
def test_what_is_missing_is_named_with_the_remedy(tokenizer: Any, message: str):
    with pytest.raises(ModelError, match=message) as error:
        check_shippable(tokenizer)
    assert "builder.load_tokenizer" in error.value.remedy


def test_a_file_reference_is_what_to_ref_is_given():
    seen: list[CompressibleRef] = []

    def to_ref(file: CompressibleRef) -> SentencePieceRef:
        seen.append(file)
        return INNER.to_ref(file)

    check_shippable(Own(to_ref=to_ref))
    assert [file.url for file in seen] == ["vocabulary.json"]
