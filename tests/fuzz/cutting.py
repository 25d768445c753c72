"""Vocabularies cut by chance, and the texts that they should tokenize as before."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from builder.text.cutting.closures import Kept
from builder.text.cutting.inventory import require_cuttable, take_inventory
from builder.text.cutting.tokenizer import CutTokenizer, cut_tokenizer
from builder.text.tokenizer import CuttableTokenizer, Tokenizer

_MORE = 0.3
"""How many of the other pieces stay as well."""


@dataclass(frozen=True)
class Cut:
    """A tokenizer before and after."""

    whole: CuttableTokenizer
    tokenizer: CutTokenizer
    kept: Kept


def cut_by_chance(tokenizer: Tokenizer, texts: Sequence[str], seed: int) -> Cut:
    """Keep what the texts need, and some other pieces."""
    whole = require_cuttable(tokenizer)
    inventory = take_inventory(whole)
    wanted = {index for ids in whole.segment(texts) for index in ids}
    # What nothing is known about cannot be kept.
    wanted &= {*inventory.needed, *inventory.ranked}
    chance = random.Random(seed)
    wanted |= {index for index in inventory.ranked if chance.random() < _MORE}
    kept = inventory.close(wanted | inventory.needed)
    return Cut(whole, cut_tokenizer(whole, inventory, kept), kept)


def find_changed(cut: Cut, texts: Sequence[str]) -> tuple[list[str], int]:
    """Which texts have only kept pieces, but others than before; and how many have only such."""
    places = {index: place for place, index in enumerate(cut.kept.rows)}
    whole, smaller = cut.whole(texts), cut.tokenizer(texts)
    changed: list[str] = []
    count = 0
    for text, before, after in zip(texts, whole.tolist(), smaller.tolist(), strict=True):
        if all(index in places for index in before):
            count += 1
            if [places[index] for index in before] != after:
                changed.append(
                    f"{text[:100]!a}: {[i for i in after if i != after[-1]][:12]}, expected"
                    f" {[places[i] for i in before if i != before[-1]][:12]}"
                )
    return changed, count
