"""WordPiece vocabularies like BERT's: token rows for the towers, and the file for the web app.

Devlin et al. 2018, https://arxiv.org/abs/1810.04805; a `vocab.txt` has one piece per line.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from builder.errors import ModelError
from builder.input_file import read_input_text
from builder.manifest import CompressibleRef, RowLayout, WordPieceRef
from builder.text.tokenizer import canonicalize_all, make_rows, number, renumber_layout
from builder.vocabulary import WordPieceModel

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_START, _UNKNOWN = "[CLS]", "[UNK]"
_PREFIX = "##"
_MAX_WORD_LENGTH = 100


class WordPieceTokenizer:
    """Texts to rows of exactly `layout.max_length` token ids, in lower case and without accents.

    A row is the start token `[CLS]`, as many pieces as fit, the end token if the layout has one,
    and padding. LiT's models have no end token. Words are split as Hugging Face's `tokenizers` does
    for BERT. TensorFlow Text, which LiT was trained with, differs only in rare characters (there, ß
    is ss, and control characters split words).
    """

    def __init__(self, pieces: Sequence[str], layout: RowLayout):
        """Raises ModelError if `[CLS]` or `[UNK]` is not among the pieces."""
        self.pieces = tuple(pieces)
        # If a piece is listed twice, the last one counts, as in all readers of vocab.txt.
        self._ids = {piece: index for index, piece in enumerate(self.pieces)}
        for piece in (_START, _UNKNOWN):
            if piece not in self._ids:
                raise ModelError(f"the WordPiece vocabulary has no piece {piece}.")
        self.layout = layout.model_copy(update={"start_id": self._ids[_START]})

    @classmethod
    def load(cls, path: Path, layout: RowLayout) -> "WordPieceTokenizer":
        """Read a `vocab.txt`.

        Raises:
            ModelError: if the file is absent or not a WordPiece vocabulary.
        """
        text = read_input_text(path, "Name a WordPiece vocabulary.", ModelError)
        # Some pieces are line separators of Unicode, so only LF ends a line.
        lines = text.removesuffix("\n").split("\n")
        try:
            return cls([line.rstrip() for line in lines], layout)
        except ModelError as error:
            raise ModelError(f"{path}: not a WordPiece vocabulary: {error}") from None

    def __call__(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Token rows int32[n, layout.max_length]."""
        return make_rows(texts, self._segment, self.layout)

    def __len__(self) -> int:
        """How many pieces there are."""
        return len(self.pieces)

    @property
    def merges(self) -> Sequence[tuple[str, str]]:
        """None: the longest pieces win."""
        return ()

    def segment(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text's pieces, without marks or padding."""
        return self._segment(canonicalize_all(texts, self.layout))

    def keep(self, kept: Sequence[int], _: Sequence[int] = ()) -> "WordPieceTokenizer":
        """The same with these pieces alone; nothing merges here."""
        layout = renumber_layout(self.layout, number(kept))
        return WordPieceTokenizer([self.pieces[i] for i in kept], layout)

    def to_ref(self, file: CompressibleRef) -> WordPieceRef:
        """The manifest's entry, given the file of the vocabulary."""
        return WordPieceRef(file=file, **self.layout.model_dump())

    def to_manifest(self) -> WordPieceModel:
        """What the browser needs to make the same rows."""
        from builder.text.bert_characters import try_all_characters

        return WordPieceModel(
            pieces=self.pieces,
            unknown_id=self._ids[_UNKNOWN],
            prefix=_PREFIX,
            max_word_length=_MAX_WORD_LENGTH,
            characters=try_all_characters(),
        )

    def _segment(self, texts: Sequence[str]) -> list[list[int]]:
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

        tokenizer = Tokenizer(
            models.WordPiece(
                vocab=self._ids,
                unk_token=_UNKNOWN,
                continuing_subword_prefix=_PREFIX,
                max_input_chars_per_word=_MAX_WORD_LENGTH,
            )
        )
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        return tokenizer
