"""How rows of tokens are made, whatever splits the texts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from builder.manifest import RowLayout
from builder.text.tokenizer import make_rows


class Letters:
    """Every letter is a piece; keeps what it was asked."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, texts: Sequence[str]) -> list[list[int]]:
        self.texts += texts
        return [[10 + ord(char) - ord("a") for char in text] for text in texts]


@pytest.mark.parametrize(
    ("layout", "short", "long"),
    [
        ({"pad_id": 0}, [10, 11, 0, 0], [10, 11, 12, 13]),
        ({"pad_id": 0, "end_id": 1}, [10, 11, 1, 0], [10, 11, 12, 1]),
        ({"pad_id": 1, "end_id": 1}, [10, 11, 1, 1], [10, 11, 12, 1]),
        ({"pad_id": 0, "start_id": 2}, [2, 10, 11, 0], [2, 10, 11, 12]),
        ({"pad_id": 0, "start_id": 2, "end_id": 3}, [2, 10, 11, 3], [2, 10, 11, 3]),
    ],
)
def test_marks_survive_truncation_and_the_rest_is_padding(
    layout: dict[str, Any], short: list[int], long: list[int]
):
    rows = make_rows(["ab", "abcdef"], Letters(), RowLayout(max_length=4, **layout))
    assert rows.tolist() == [short, long]
    assert rows.dtype == np.int32


def test_an_empty_text_has_its_marks_only():
    layout = RowLayout(max_length=4, start_id=2, end_id=3, pad_id=0)
    assert make_rows([""], Letters(), layout).tolist() == [[2, 3, 0, 0]]


def test_no_texts_are_no_rows():
    assert make_rows([], Letters(), RowLayout(max_length=4, pad_id=0)).shape == (0, 4)


def test_texts_are_split_in_canonical_form():
    letters = Letters()
    layout = RowLayout(max_length=4, pad_id=0, canonicalization=("lower", "strip-punctuation"))
    make_rows(["A.B!"], letters, layout)
    assert letters.texts == ["ab"]
