"""The page's own tokenizers, run by Node, give the rows that Python gives; see tests/fuzz."""

from pathlib import Path

import pytest

from builder.text.sentencepiece import SentencePieceTokenizer
from tests.fuzz.browser import build, run
from tests.fuzz.compare import differences
from tests.fuzz.texts import make_texts
from tests.fuzz.vocabularies import MINI, OFFICIAL, VOCABULARIES

COUNT = 5000


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("tokenize"))


@pytest.mark.parametrize("name", VOCABULARIES)
def test_the_browser_gives_pythons_tokens(script: Path, name: str):
    if name == "official" and not OFFICIAL.is_file():
        pytest.skip("the original demo's data is not here")
    tokenizer = VOCABULARIES[name]()
    texts = make_texts(COUNT, 0, tokenizer.to_manifest().pieces)
    with run(script, tokenizer) as browser:
        assert list(map(str, differences(tokenizer, browser, texts))) == []


def test_a_difference_is_told(script: Path):
    tokenizer, other = (
        SentencePieceTokenizer.load(MINI, max_length=9, end_id=1, pad_id=pad_id)
        for pad_id in (1, 0)
    )
    with run(script, other) as browser:
        told = list(map(str, differences(tokenizer, browser, ["a kitten"])))
    # The pad token itself is left off, and here that is the end token too.
    assert told == [
        "'a kitten': from token 2 on, Python has [259, 3788], the browser [259, 3788, 1]"
    ]
