"""Vocabularies cut by chance, and the texts that they should tokenize as before."""

import base64
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from builder.text.cutting.closures import Kept
from builder.text.cutting.cut_pieces import places_of
from builder.text.cutting.inventory import require_cuttable, take_inventory
from builder.text.cutting.tokenizer import CutTokenizer, cut_tokenizer
from builder.text.tokenizer import CuttableTokenizer, Tokenizer
from builder.vocabulary import (
    CutPieces,
    PipelineModel,
    SentencePieceModel,
    SentencePieceSegmenter,
    WordPieceModel,
)

_BYTE = re.compile("<0x[0-9A-F]{2}>")
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


def tell_cut_short(cut: Cut, texts: Sequence[str]) -> list[bool]:
    """What the page should say of each text; see `CutPieces` in `builder.vocabulary`."""
    model = cut.tokenizer.to_manifest()
    assert model.cut, "the vocabulary was cut"
    bits = np.unpackbits(
        np.frombuffer(base64.b64decode(model.cut.filter), np.uint8), bitorder="little"
    )
    unknown = _unknown_id(model)
    layout = cut.tokenizer.layout
    marks = sum(mark is not None for mark in (layout.start_id, layout.end_id))

    def is_short(ids: Sequence[int]) -> bool:
        names = [model.pieces[i] if i < len(model.pieces) else "" for i in ids]
        if unknown in ids or any(_BYTE.fullmatch(name) for name in names):
            return True
        return any(_is_cut_at(names[start:], model.cut, bits) for start in range(len(names)))

    segmented = cut.tokenizer.inner.segment(texts)
    return [is_short(ids[: layout.max_length - marks]) for ids in segmented]


def _is_cut_at(names: Sequence[str], cut: CutPieces | None, bits: NDArray[np.uint8]) -> bool:
    assert cut
    joined = names[0]
    for before, name in pairwise(names):
        begins = (cut.space and name.startswith(cut.space)) or not name.startswith(cut.prefix)
        if begins or (cut.suffix and before.endswith(cut.suffix)):
            return False
        joined += name.removeprefix(cut.prefix)
        if len(joined.encode("utf-16-le", "surrogatepass")) // 2 > cut.longest:
            return False
        if all(bits[place] for place in places_of(joined, cut.hashes, len(bits))):
            return True
    return False


def _unknown_id(model: SentencePieceModel | WordPieceModel | PipelineModel) -> int | None:
    if not isinstance(model, PipelineModel):
        return model.unknown_id
    segmenter = model.segmenter
    if isinstance(segmenter, SentencePieceSegmenter):
        return segmenter.model.unknown_id
    return segmenter.unknown_id
