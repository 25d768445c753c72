"""The names of cut pieces, as the page gets them; webapp_src/src/tokenizers/cut-pieces.test.ts."""

import base64

import numpy as np

from builder.manifest import RowLayout
from builder.text.cutting.cut_pieces import describe_cut, places_of
from builder.text.cutting.inventory import take_inventory
from builder.text.sentencepiece import SentencePieceTokenizer
from tests.fuzz.vocabularies import MINI


def test_a_filter_has_all_names_and_few_others():
    tokenizer = SentencePieceTokenizer.load(MINI, RowLayout(max_length=16, end_id=1, pad_id=1))
    inventory = take_inventory(tokenizer)
    rows = {*inventory.needed, *inventory.singles, *inventory.ranked[:1000]}
    cut = describe_cut(inventory, rows)
    bits = np.unpackbits(np.frombuffer(base64.b64decode(cut.filter), np.uint8), bitorder="little")

    def has(name: str) -> bool:
        return all(bits[place] for place in places_of(name, cut.hashes, len(bits)))

    gone = [inventory.names[i] for i in inventory.ranked if i not in rows]
    assert len(gone) > 5000
    assert all(map(has, gone))
    assert cut.longest == max(map(len, gone))
    assert (cut.space, cut.prefix, cut.suffix) == ("▁", "", "")
    others = [f"{name}{number}" for number in range(2) for name in gone]
    assert sum(map(has, others)) / len(others) < 0.01


def test_hashes_are_those_of_the_page():
    # FNV-1a of "a" is e40c292c, of which 1c818 | 1 is the step.
    assert places_of("a", 2, 1 << 32) == [0xE40C292C, 0xE40C292C + 0x1C819]
