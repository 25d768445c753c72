"""What a build says about a text encoder that is large, or not all in eight bits."""

from dataclasses import replace
from typing import Any

import pytest

from builder.models.cut import VocabularyReport
from builder.site.advice import LARGE, advise
from tests.site.builds import built_model

CUT = VocabularyReport(5000, 10_000, 5000, 90_000, {"en": 0.99}, 1.0)


def advice(count: int, vocabulary: VocabularyReport | None = None, **fields: Any) -> list[str]:
    built = built_model()
    assert built.encoder
    encoder = replace(built.encoder, **fields)
    return advise(replace(built, encoder=encoder, vocabulary=vocabulary), count)


def test_a_small_encoder_needs_no_advice():
    assert advice(LARGE) == []
    assert advise(built_model(with_encoder=False), 0) == []


@pytest.mark.parametrize(
    ("quantization", "table", "vocabulary", "ways"),
    [
        ("float16", 0.1, None, ["quantization", "distil"]),
        ("float16", 0.6, None, ["quantization", "vocabulary", "distil"]),
        ("int8", 0.6, None, ["vocabulary", "distil"]),
        ("int8", 0.6, CUT, ["distil"]),
    ],
)
def test_a_large_one_is_told_what_would_help(
    quantization: str, table: float, vocabulary: VocabularyReport | None, ways: list[str]
):
    count = 2 * LARGE
    (note,) = advice(
        count,
        vocabulary,
        quantization=quantization,
        weights={"a.bin": bytes(60), "b.bin": bytes(40)},
        table_bytes=round(table * 100),
    )
    assert note.startswith("visitors download 40.00 MB of text encoder. ")
    known = ("Remove quantization", "[models.vocabulary]", "lit-demo distil")
    assert [way in note for way in known] == [
        any(part in way for part in ways) for way in ("quantization", "vocabulary", "distil")
    ]
    assert ("About 60% of it is a row for each piece" in note) == ("vocabulary" in ways)


def test_what_is_not_in_eight_bits_is_named():
    (note,) = advice(1, quantization="int8", in_float32=("head/kernel",))
    assert note.endswith("from weights of eight bits: head/kernel")
    (note,) = advice(1, quantization="int8", in_float16=tuple("abcde"))
    assert note.endswith("so in float16: a, b, c and 2 more")
    assert advice(1, in_float16=("a",)) == [
        "eight bits would change answers, so its weights are in float16"
    ]
