"""What every tokenizer does: token rows for a tower, and the same in the browser."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from builder.manifest import CompressibleRef, PipelineRef, RowLayout, SentencePieceRef, WordPieceRef
from builder.text.canonicalization import canonicalize
from builder.vocabulary import PipelineModel, SentencePieceModel, WordPieceModel

_UNUSED = 100
"""Some vocabularies end with up to this many entries that no text uses and no tower knows."""


class Tokenizer(Protocol):
    """Texts to rows of exactly `max_length` token ids."""

    @property
    def layout(self) -> RowLayout:
        """How a row is made."""
        ...

    def __call__(self, texts: Sequence[str], /) -> NDArray[np.int32]:
        """Token rows int32[n, max_length]."""
        ...

    def to_manifest(self) -> SentencePieceModel | WordPieceModel | PipelineModel:
        """The vocabulary, as a site's file holds it.

        Raises:
            ModelError: if the web app could not make the same rows.
        """
        ...

    def to_ref(self, file: CompressibleRef, /) -> SentencePieceRef | WordPieceRef | PipelineRef:
        """The manifest's entry, given the file of the vocabulary."""
        ...


@runtime_checkable
class CuttableTokenizer(Tokenizer, Protocol):
    """A tokenizer that can do with fewer pieces: each of ours."""

    def __len__(self) -> int:
        """How many ids there are."""
        ...

    @property
    def merges(self) -> Sequence[tuple[str, str]]:
        """The merges of byte-pair encoding by rank, where the vocabulary lists them."""
        ...

    def segment(self, texts: Sequence[str], /) -> list[list[int]]:
        """The ids of each text's pieces, without marks, padding or an end."""
        ...

    def keep(self, kept: Sequence[int], merging: Sequence[int] = (), /) -> "CuttableTokenizer":
        """The same with these pieces alone, ascending; each id becomes its place among them.

        Pieces that are `merging` come after those: others are merged from them, but no text ends up
        with one. Only SentencePiece can have such.
        """
        ...


def count_excess_pieces(tokenizer: Tokenizer, known: int) -> int:
    """How many pieces a vocabulary has, if those are too many for a text tower; 0 if not.

    The tower has `known` rows in its table.
    """
    pieces = len(tokenizer.to_manifest().pieces)
    return pieces if pieces > known + _UNUSED else 0


class Segmenter(Protocol):
    """Canonical texts to the ids of their pieces."""

    def __call__(self, texts: Sequence[str], /) -> list[list[int]]:
        """The ids of each text, however many there are."""
        ...


def make_rows(texts: Sequence[str], segment: Segmenter, layout: RowLayout) -> NDArray[np.int32]:
    """Token rows int32[n, layout.max_length] of the texts in canonical form."""
    start = [] if layout.start_id is None else [layout.start_id]
    end = [] if layout.end_id is None else [layout.end_id]
    room = layout.max_length - len(start) - len(end)
    rows = np.full((len(texts), layout.max_length), layout.pad_id, np.int32)
    pieces = segment(canonicalize_all(texts, layout))
    for row, ids in zip(rows, pieces, strict=True):
        tokens = [*start, *ids[:room], *end]
        row[: len(tokens)] = tokens
    return rows


def canonicalize_all(texts: Sequence[str], layout: RowLayout) -> list[str]:
    """The texts in canonical form."""
    return [canonicalize(text, layout.canonicalization) for text in texts]


def renumber_layout(layout: RowLayout, places: Mapping[int, int]) -> RowLayout:
    """The layout with other ids for its marks."""
    marks = {"start_id": layout.start_id, "end_id": layout.end_id, "pad_id": layout.pad_id}
    return layout.model_copy(
        update={name: None if mark is None else places[mark] for name, mark in marks.items()}
    )


def number(kept: Sequence[int]) -> dict[int, int]:
    """The place of each id among those that are kept."""
    return {index: place for place, index in enumerate(kept)}
