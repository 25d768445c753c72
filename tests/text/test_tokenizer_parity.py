"""The page's own tokenizers, run by Node, give the rows that Python gives; see tests/fuzz."""

from pathlib import Path
from typing import Any

import pytest
from sentencepiece import sentencepiece_model_pb2 as proto

from builder.manifest import RowLayout
from builder.text.sentencepiece import SentencePieceTokenizer
from tests.fuzz.browser import build, run
from tests.fuzz.compare import differences
from tests.fuzz.cutting import cut_by_chance, tell_cut_short
from tests.fuzz.texts import make_texts
from tests.fuzz.vocabularies import MINI, OFFICIAL, VOCABULARIES
from tests.shared import FIELD_CASES, needs

COUNT = 1000
CUT_COUNT = 250
"""`make fuzz` tries many more of both."""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("tokenize"))


@pytest.mark.slow
@pytest.mark.parametrize("name", VOCABULARIES)
def test_the_browser_gives_pythons_tokens(script: Path, name: str):
    if name == "official" and not OFFICIAL.is_file():
        pytest.skip("the original demo's data is not here")
    tokenizer = VOCABULARIES[name]()
    texts = make_texts(COUNT, 0, list(filter(None, tokenizer.to_manifest().pieces)))
    with run(script, tokenizer) as browser:
        assert list(map(str, differences(tokenizer, browser, texts))) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", VOCABULARIES)
def test_the_browser_gives_pythons_tokens_of_a_cut_vocabulary(script: Path, name: str):
    if name == "official" and not OFFICIAL.is_file():
        pytest.skip("the original demo's data is not here")
    tokenizer = VOCABULARIES[name]()
    pieces = list(filter(None, tokenizer.to_manifest().pieces))
    cut = cut_by_chance(tokenizer, make_texts(60, 1, pieces), seed=2)
    texts = make_texts(CUT_COUNT, 3, pieces)
    with run(script, cut.tokenizer) as browser:
        assert list(map(str, differences(cut.tokenizer, browser, texts))) == []
    with run(script, cut.tokenizer, cut=True) as browser:
        found = browser.cut_short(texts)
    assert found == tell_cut_short(cut, texts)
    assert 0 < sum(found) < len(texts)


def test_pieces_that_are_kept_whole_win_as_in_sentencepiece(script: Path):
    model: Any = proto.ModelProto()  # pyright: ignore[reportAttributeAccessIssue]
    types = model.SentencePiece.Type
    model.pieces.add(piece="<unk>", type=types.UNKNOWN)
    model.pieces.add(piece="</s>", type=types.CONTROL)
    model.pieces.add(piece="dog", type=types.USER_DEFINED)
    scores = {"▁": -2.57, "▁do": -7.58, "gle": -7.79, "le": -6.94, "e": -2.24}
    for piece, score in scores.items():
        model.pieces.add(piece=piece, score=score, type=types.NORMAL)
    tokenizer = SentencePieceTokenizer(
        model.SerializeToString(), RowLayout(max_length=5, end_id=1, pad_id=1)
    )
    assert tokenizer(["dogle"]).tolist() == [[3, 2, 6, 1, 1]]
    with run(script, tokenizer) as browser:
        assert not list(differences(tokenizer, browser, ["dogle", "dog", "dogs gledog"]))


def test_a_difference_is_told(script: Path):
    tokenizer, other = (
        SentencePieceTokenizer.load(MINI, RowLayout(max_length=9, end_id=1, pad_id=pad_id))
        for pad_id in (1, 0)
    )
    with run(script, other) as browser:
        told = list(map(str, differences(tokenizer, browser, ["a kitten"])))
    a, kitten = tokenizer(["a kitten"])[0, :2]
    # The pad token itself is left off, and here that is the end token too.
    assert told == [
        f"'a kitten': from token 2 on, Python has [{a}, {kitten}], the browser [{a}, {kitten}, 1]"
    ]


@needs(FIELD_CASES)
def test_the_field_case_with_an_unused_piece_is_tokenized_alike(script: Path):
    layout = RowLayout(max_length=16, end_id=1, pad_id=1)
    tokenizer = SentencePieceTokenizer.load(FIELD_CASES / "unused_e.model", layout)
    expected = {
        "eee": [262, 103, 103, 103],
        "the dog": [262, 261, 103, 258, 269],
        "bed": [262, 264, 103, 266],
    }
    rows = tokenizer(list(expected)).tolist()
    assert [row[: row.index(1)] for row in rows] == list(expected.values())
    with run(script, tokenizer) as browser:
        assert not list(differences(tokenizer, browser, list(expected)))
