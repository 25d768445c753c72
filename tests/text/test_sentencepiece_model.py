"""Models of SentencePiece that do harm to its C++ library, refused before it sees them."""

import struct
from collections.abc import Callable
from typing import Any

import pytest

from builder.errors import ModelError, NumberError
from builder.text.sentencepiece_model import check_model, open_model, parse_model
from tests.text.test_sentencepiece import train


@pytest.fixture(scope="module")
def good() -> bytes:
    return train()


Change = Callable[[Any], None]


def rename(text: str) -> Change:
    def change(model: Any) -> None:
        model.pieces[300].piece = text

    return change


def rescore(score: float) -> Change:
    def change(model: Any) -> None:
        model.pieces[300].score = score

    return change


def retype(kind: int) -> Change:
    def change(model: Any) -> None:
        for piece in model.pieces:
            piece.type = kind

    return change


def shorten(model: Any) -> None:
    del model.pieces[:]


def test_a_good_model_is_as_it_was(good: bytes):
    checked = check_model(good)
    texts = ["a red kitten", "\N{SNOWMAN} ＡＢＣ"]
    assert open_model(checked).encode(texts) == open_model(good).encode(texts)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (rename(""), "piece 300 is ''"),
        (rename("a\0b"), r"piece 300 is 'a\\x00b': a piece is a text of 1 to 4,096 bytes without"),
        (rename("x" * 5000), "piece 300 is 'x{20}'"),
        (rename("</s>"), "not a SentencePiece model: .*already defined"),
        (retype(2), "has 0 ordinary pieces and 340 for the unknown"),
        (retype(1), "has 340 ordinary pieces and 0 for the unknown"),
        (shorten, "it has no pieces"),
    ],
)
def test_pieces_that_cannot_be_are_refused(good: bytes, change: Change, message: str):
    model = parse_model(good)
    change(model)
    with pytest.raises(ModelError, match=message):
        open_model(check_model(model.SerializeToString()))


@pytest.mark.parametrize("score", [float("nan"), float("inf"), float("-inf")])
def test_a_score_that_is_not_a_number_is_named_with_its_piece(good: bytes, score: float):
    model = parse_model(good)
    rescore(score)(model)
    with pytest.raises(NumberError, match=rf"piece 300, '.+', has the score {score}"):
        check_model(model.SerializeToString())


def test_a_piece_that_is_not_utf_8_is_refused(good: bytes):
    with pytest.raises(ModelError, match=r"piece 0 is not text in UTF-8"):
        check_model(good.replace(b"<pad>", b"\xffpad>", 1))


Spoil = Callable[[bytes], bytes]

_SPOILT: dict[str, Spoil] = {
    "cut": lambda blob: blob[:3],
    "open": lambda blob: blob[:-1],
    "unended": lambda blob: blob[:-1] + b"x",
    "huge": lambda blob: struct.pack("<I", 2**32 - 4) + blob[4:],
    "odd": lambda blob: struct.pack("<I", 7) + blob[4:],
    "offset": lambda blob: blob[:4] + b"\xff\xff\xff\x7f" + blob[8:],
    "leaf": lambda blob: blob[:4] + struct.pack("<I", (2**20 << 10) | (1 << 8)) + blob[8:],
    "text": lambda blob: blob.replace(b"\xe3\x82\xab", b"\xe3\x82\xff"),
}


@pytest.mark.parametrize("name", _SPOILT)
def test_a_normalizer_that_leads_out_of_its_table_is_refused(good: bytes, name: str):
    model = parse_model(good)
    blob = model.normalizer_spec.precompiled_charsmap
    model.normalizer_spec.precompiled_charsmap = _SPOILT[name](blob)
    with pytest.raises(ModelError, match=r"its normalizer is damaged"):
        check_model(model.SerializeToString())


def test_what_tokenizing_does_not_need_is_left_out(good: bytes):
    model = parse_model(good)
    model.denormalizer_spec.precompiled_charsmap = b"harm"
    # Field 4 holds texts that the library tokenizes when it loads a model.
    checked = check_model(model.SerializeToString() + b"\x22\x04harm")
    assert b"harm" not in checked


@pytest.mark.parametrize("data", [b"", b"not a model", b"\x0a\xff\xff\xff\xff\x0f"])
def test_what_is_no_model_is_refused(data: bytes):
    with pytest.raises(ModelError, match="not a SentencePiece model"):
        check_model(data)
