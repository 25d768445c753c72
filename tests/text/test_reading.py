from pathlib import Path

import pytest

from builder.manifest import RowLayout
from builder.text.reading import find_unknown, find_unread
from builder.text.sentencepiece import SentencePieceTokenizer

VOCABULARY = Path(__file__).parents[2] / "data/models/mini/tokenizer.model"


def tokenizer(length: int) -> SentencePieceTokenizer:
    return SentencePieceTokenizer.load(VOCABULARY, RowLayout(max_length=length, end_id=1, pad_id=1))


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("a dog in the snow", "snow"),
        ("a dog in the  snow  .", "snow  ."),
        ("a dog in", None),
        ("", None),
        ("犬が雪の中にいる", "が雪の中にいる"),
    ],
)
def test_what_does_not_fit_begins_with_a_word(text: str, unread: str | None):
    assert find_unread(tokenizer(5), [text]) == ({} if unread is None else {text: unread})


def test_a_word_that_is_read_in_part_is_not_read():
    long = "a dog electroencephalographically"
    assert find_unread(tokenizer(6), [long, "a dog"]) == {long: "electroencephalographically"}


def test_characters_without_pieces_of_their_own_are_found():
    texts = ["a dog", "ein Hund", "ᚠᛇᚻ", "a dog 🐕"]
    assert find_unknown(tokenizer(16), texts) == texts[2:]
