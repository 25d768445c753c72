"""What every tokenizer does: token rows for a tower, and the same in the browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from builder.manifest import (
    CanonicalizationStep,
    FileRef,
    SentencePieceModel,
    SentencePieceRef,
    WordPieceModel,
    WordPieceRef,
)
from builder.text.canonicalization import canonicalize


class Tokenizer(Protocol):
    """Texts to rows of exactly `max_length` token ids."""

    @property
    def max_length(self) -> int:
        """Tokens in a row."""
        ...

    def __call__(self, texts: Sequence[str], /) -> NDArray[np.int32]:
        """Token rows int32[n, max_length]."""
        ...

    def to_manifest(self) -> SentencePieceModel | WordPieceModel:
        """The vocabulary, as a site's file holds it.

        Raises:
            ModelError: where the web app could not make the same rows.
        """
        ...

    def to_ref(self, file: FileRef, /) -> SentencePieceRef | WordPieceRef:
        """The manifest's entry, given where the vocabulary is."""
        ...


class Segmenter(Protocol):
    """Canonical texts to the ids of their pieces."""

    def __call__(self, texts: Sequence[str], /) -> list[list[int]]:
        """For each text its ids, as many as there are."""
        ...


@dataclass(frozen=True)
class RowLayout:
    """How a row is made: a start token, pieces, an end token, padding up to `max_length`.

    Both tokens, where there are any, survive truncation (big_vision's `eos="sticky"`), so that a
    tower may pool the first position or the last.
    """

    max_length: int
    pad_id: int
    start_id: int | None = None
    end_id: int | None = None
    canonicalization: tuple[CanonicalizationStep, ...] = ()

    def make_rows(self, texts: Sequence[str], segment: Segmenter) -> NDArray[np.int32]:
        """Token rows int32[n, max_length] of the texts in canonical form."""
        start = [] if self.start_id is None else [self.start_id]
        end = [] if self.end_id is None else [self.end_id]
        room = self.max_length - len(start) - len(end)
        rows = np.full((len(texts), self.max_length), self.pad_id, np.int32)
        pieces = segment([canonicalize(text, self.canonicalization) for text in texts])
        for row, ids in zip(rows, pieces, strict=True):
            tokens = [*start, *ids[:room], *end]
            row[: len(tokens)] = tokens
        return rows
