from pathlib import Path
from typing import Any

import pytest

from builder.errors import ModelError
from builder.text.load import load_tokenizer

SENTENCEPIECE = Path(__file__).parents[2] / "data/models/mini/tokenizer.model"


@pytest.fixture
def wordpiece(tmp_path: Path) -> Path:
    path = tmp_path / "vocabulary.txt"
    path.write_text("[PAD]\n[CLS]\n[UNK]\n[SEP]\na\nkitten\n", encoding="utf-8")
    return path


def test_a_sentencepiece_row_ends_and_is_filled_with_the_end_token_of_its_file():
    rows = load_tokenizer(SENTENCEPIECE, max_length=8)(["a kitten"])
    assert list(rows[0, -4:]) == [1, 1, 1, 1]
    rows = load_tokenizer(SENTENCEPIECE, max_length=8, pad_id=0)(["a kitten"])
    assert list(rows[0, -4:]) == [0, 0, 0, 0]


def test_a_text_file_is_a_wordpiece_vocabulary(wordpiece: Path):
    tokenizer = load_tokenizer(wordpiece, max_length=5)
    assert tokenizer(["A kitten"]).tolist() == [[1, 4, 5, 0, 0]]
    tokenizer = load_tokenizer(wordpiece, max_length=5, end_id=3)
    assert tokenizer(["A kitten"]).tolist() == [[1, 4, 5, 3, 0]]


def test_the_kind_may_be_given(tmp_path: Path, wordpiece: Path):
    other = wordpiece.rename(tmp_path / "vocabulary")
    tokenizer = load_tokenizer(other, kind="wordpiece", max_length=3)
    assert tokenizer(["a"]).tolist() == [[1, 4, 0]]


def test_capitals_can_be_taken_away_first():
    upper = load_tokenizer(SENTENCEPIECE, max_length=8, canonicalization=("lower-ascii",))
    assert (upper(["A KITTEN"]) == load_tokenizer(SENTENCEPIECE, max_length=8)(["a kitten"])).all()


@pytest.mark.parametrize("name", ["none.model", "none.txt"])
def test_a_missing_or_foreign_file_is_named(tmp_path: Path, name: str):
    with pytest.raises(ModelError, match=name):
        load_tokenizer(tmp_path / name, max_length=8)
    (tmp_path / name).write_bytes(b"\xff\x00 no vocabulary")
    with pytest.raises(ModelError, match=name):
        load_tokenizer(tmp_path / name, max_length=8)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_length": 10**9}, "max_length: input should be less than or equal to 65536, not 100"),
        ({"max_length": 1}, "max_length: input should be greater than 1, not 1"),
        ({"max_length": 8, "kind": "bpe"}, "kind: input should be 'sentencepiece' or 'wordpiece'"),
        ({"max_length": 8, "end_id": -1}, "end_id: "),
        ({"max_length": 8, "end_id": 10**12}, "so none is the end_id, 1000000000000"),
        ({"max_length": 8, "pad_id": 99_999}, r"has [\d,]+ pieces, so none is the pad_id, 99999"),
    ],
)
def test_settings_that_no_row_can_have_are_refused(options: dict[str, Any], message: str):
    with pytest.raises(ModelError, match=message):
        load_tokenizer(SENTENCEPIECE, **options)


def test_ids_beyond_a_word_list_are_refused(wordpiece: Path):
    with pytest.raises(ModelError, match=r"has \d+ pieces, so none is the end_id, 99"):
        load_tokenizer(wordpiece, max_length=8, end_id=99)
