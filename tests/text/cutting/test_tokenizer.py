"""A text whose pieces were all kept has the same pieces in the cut vocabulary; see tests/fuzz."""

import pytest

from tests.fuzz.cutting import cut_by_chance, find_changed
from tests.fuzz.texts import make_texts
from tests.fuzz.vocabularies import OFFICIAL, VOCABULARIES

COUNT = 600
BRIEF = ("mini", "hub-bert-cased", "hub-xlmr", "sentencepiece-bpe-pruned")
"""`make test` tries all."""


@pytest.mark.parametrize(
    "name",
    [
        name if name in BRIEF else pytest.param(name, marks=pytest.mark.slow)
        for name in VOCABULARIES
    ],
)
def test_texts_of_kept_pieces_keep_their_tokens(name: str):
    if name == "official" and not OFFICIAL.is_file():
        pytest.skip("the original demo's data is not here")
    tokenizer = VOCABULARIES[name]()
    pieces = list(filter(None, tokenizer.to_manifest().pieces))
    cut = cut_by_chance(tokenizer, make_texts(60, 1, pieces), seed=2)
    texts = make_texts(COUNT, 3, pieces)
    changed, kept = find_changed(cut, texts)
    assert changed == []
    assert kept > COUNT / 20, "some texts must need only what was kept"
    assert len(cut.kept.rows) < len(pieces)
