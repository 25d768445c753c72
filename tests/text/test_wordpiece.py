from pathlib import Path

import pytest

from builder.errors import ModelError
from builder.manifest import RowLayout
from builder.text.wordpiece import WordPieceTokenizer

PIECES = (
    *(
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "a",
        "kit",
        "##ten",
        "##ty",
        "cafe",
        "!",
        "[",
        "]",
        "cls",
    ),
    *("猫", "犬", "ss", "ß"),
)


def pieces_of(text: str, max_length: int = 12) -> list[str]:
    (row,) = WordPieceTokenizer(PIECES, RowLayout(max_length=max_length, pad_id=0))([text])
    return [PIECES[token] for token in row if token]


def test_a_row_begins_with_cls_and_is_padded():
    (row,) = WordPieceTokenizer(PIECES, RowLayout(max_length=6, pad_id=0))(["a kitten"])
    assert row.tolist() == [2, 4, 5, 6, 0, 0]
    (row,) = WordPieceTokenizer(PIECES, RowLayout(max_length=6, pad_id=0))([""])
    assert row.tolist() == [2, 0, 0, 0, 0, 0]


def test_an_end_token_survives_truncation():
    tokenizer = WordPieceTokenizer(PIECES, RowLayout(max_length=5, end_id=3, pad_id=0))
    rows = tokenizer(["a", "a kitten kitten"])
    assert rows.tolist() == [[2, 4, 3, 0, 0], [2, 4, 5, 6, 3]]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("A KITTEN", ["a", "kit", "##ten"]),
        ("Café cafe\u0301", ["cafe", "cafe"]),
        ("kitty!!", ["kit", "##ty", "!", "!"]),
        ("猫犬", ["猫", "犬"]),
        ("a\tki\u0000tten\u200b", ["a", "kit", "##ten"]),
        ("ß", ["ß"]),
        ("kittens a", ["[UNK]", "a"]),
        ("[CLS]", ["[", "cls", "]"]),
    ],
)
def test_words_are_split_as_in_bert(text: str, pieces: list[str]):
    assert pieces_of(text) == ["[CLS]", *pieces]


def test_a_word_of_more_than_100_characters_is_unknown():
    tokenizer = WordPieceTokenizer(
        ("[UNK]", "[CLS]", "a", "##a"), RowLayout(max_length=200, pad_id=0)
    )
    rows = tokenizer(["a" * 100, "a" * 101])
    assert (rows > 1).sum(axis=1).tolist() == [100, 0]
    assert rows[1, :2].tolist() == [1, 0]


@pytest.mark.slow
def test_the_browser_is_told_what_becomes_of_every_character():
    vocabulary = WordPieceTokenizer(PIECES, RowLayout(max_length=6, pad_id=0)).to_manifest()
    characters = vocabulary.characters
    assert vocabulary.pieces == PIECES
    assert vocabulary.unknown_id == 1
    assert characters.removed[:4] == (0x00, 0x08, 0x0B, 0x0C)
    assert characters.spaced[0] == 0x3400
    assert characters.signs[:2] == (ord("!"), ord("/"))
    assert characters.lower["Ω"] == "ω"
    assert 0xAC00 in characters.normalized
    assert 0x300 in characters.stripped


def test_a_vocabulary_is_read_line_by_line(tmp_path: Path):
    path = tmp_path / "vocab.txt"
    path.write_bytes("[UNK]\r\n[CLS]\na\u2028b\n\na\n".encode())
    assert WordPieceTokenizer.load(path, RowLayout(max_length=4, pad_id=0)).pieces == (
        *("[UNK]", "[CLS]", "a\u2028b", "", "a"),
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[UNK]\na\n", r"vocab\.txt.* has no piece \[CLS\]"),
        (b"[CLS]\na\n", r"vocab\.txt.* has no piece \[UNK\]"),
        (b"\xff\xfe", r"vocab\.txt: is text in UTF-16"),
        (b"[UNK]\n[CLS]\n\xff", r"vocab\.txt:3: is not text in UTF-8"),
    ],
)
def test_a_file_that_is_no_vocabulary_is_refused_by_name(
    tmp_path: Path, content: bytes, message: str
):
    path = tmp_path / "vocab.txt"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=message):
        WordPieceTokenizer.load(path, RowLayout(max_length=4, pad_id=0))


def test_a_missing_file_is_refused_by_name(tmp_path: Path):
    with pytest.raises(ModelError, match=r"none\.txt"):
        WordPieceTokenizer.load(tmp_path / "none.txt", RowLayout(max_length=4, pad_id=0))
