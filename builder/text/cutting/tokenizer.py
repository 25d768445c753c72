"""A tokenizer whose vocabulary was cut."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from builder.manifest import CompressibleRef, PipelineRef, RowLayout, SentencePieceRef, WordPieceRef
from builder.text.cutting.closures import Kept
from builder.text.cutting.cut_pieces import describe_cut
from builder.text.cutting.inventory import Inventory
from builder.text.tokenizer import CuttableTokenizer
from builder.vocabulary import CutPieces, PipelineModel, SentencePieceModel, WordPieceModel


class CutTokenizer:
    """A tokenizer of fewer pieces, which says in the site's file what was cut."""

    def __init__(self, inner: CuttableTokenizer, cut: CutPieces):
        self.inner = inner
        self._cut = cut

    @property
    def layout(self) -> RowLayout:
        """How a row is made."""
        return self.inner.layout

    def __call__(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Token rows int32[n, layout.max_length]."""
        return self.inner(texts)

    def to_manifest(self) -> SentencePieceModel | WordPieceModel | PipelineModel:
        """The vocabulary, with what it lacks."""
        return self.inner.to_manifest().model_copy(update={"cut": self._cut})

    def to_ref(self, file: CompressibleRef) -> SentencePieceRef | WordPieceRef | PipelineRef:
        """The manifest's entry, given the file of the vocabulary."""
        return self.inner.to_ref(file)


def cut_tokenizer(tokenizer: CuttableTokenizer, inventory: Inventory, kept: Kept) -> CutTokenizer:
    """The tokenizer with the pieces that are kept; the id of each is its place among the rows."""
    smaller = tokenizer.keep(kept.rows, kept.merging)
    return CutTokenizer(smaller, describe_cut(inventory, frozenset(kept.rows)))
