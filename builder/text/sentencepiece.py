"""SentencePiece vocabularies: token rows for the towers, and the file the web app tokenizes with.

Kudo and Richardson 2018, https://arxiv.org/abs/1808.06226; file format: sentencepiece_model.proto.
"""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import sentencepiece
from numpy.typing import NDArray

from builder.errors import ModelError, naming
from builder.input_file import read_input
from builder.manifest import CompressibleRef, RowLayout, SentencePieceRef
from builder.text.sentencepiece_model import check_model, keep_pieces, open_model, parse_model
from builder.text.tokenizer import canonicalize_all, make_rows, number, renumber_layout
from builder.vocabulary import SentencePieceModel

_ALGORITHMS: dict[int, Literal["unigram", "bpe"]] = {1: "unigram", 2: "bpe"}
_UNKNOWN = 2
_USER_DEFINED = 4
_OWN_PIECES_WIN = (0, 2, 3)
"""The first release of sentencepiece in which user-defined pieces win whatever their score."""


def _version() -> tuple[int, ...]:
    return tuple(int(part) for part in sentencepiece.__version__.split(".")[:3])


class SentencePieceTokenizer:
    """Texts to rows of exactly `layout.max_length` token ids.

    A row is as many pieces as fit, the end token, and padding (see `RowLayout`). No published
    family has a start token: LiT and SigLIP pad with the end token, 1; SigLIP 2, whose vocabulary
    is Gemma's, with 0. All end with 1.
    """

    def __init__(self, model: bytes, layout: RowLayout):
        """Raises ModelError if `model`, the content of a `.model` file, is not one."""
        self.model = check_model(model)
        self.layout = layout
        self._processor = open_model(self.model)

    @classmethod
    def load(cls, path: Path, layout: RowLayout) -> "SentencePieceTokenizer":
        """Read a `.model` file.

        Raises:
            ModelError: if the file is absent or not a SentencePiece model.
        """
        data = read_input(path, "Name a SentencePiece model.", ModelError)
        with naming(path):
            return cls(data, layout)

    def __len__(self) -> int:
        """How many pieces there are."""
        return self._processor.vocab_size()

    def __call__(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Token rows int32[n, layout.max_length]."""
        return make_rows(texts, self.encode, self.layout)

    @property
    def merges(self) -> Sequence[tuple[str, str]]:
        """None: scores tell what merges."""
        return ()

    def segment(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text's pieces, without end token or padding."""
        return self.encode(canonicalize_all(texts, self.layout))

    def keep(self, kept: Sequence[int], merging: Sequence[int] = ()) -> "SentencePieceTokenizer":
        """The same with these pieces alone; those that only merge are marked as unused."""
        layout = renumber_layout(self.layout, number(kept))
        return SentencePieceTokenizer(keep_pieces(self.model, kept, merging), layout)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The same for texts in canonical form."""
        return self._processor.encode(list(texts))

    def to_ref(self, file: CompressibleRef) -> SentencePieceRef:
        """The manifest's entry, given the file of the vocabulary."""
        return SentencePieceRef(file=file, **self.layout.model_dump())

    def to_manifest(self) -> SentencePieceModel:
        """What the browser needs to make the same rows.

        Raises:
            ModelError: for a model type or an option that the web app does not implement.
        """
        model = parse_model(self.model)
        trainer, normalizer = model.trainer_spec, model.normalizer_spec
        algorithm = _ALGORITHMS.get(trainer.model_type)
        if algorithm is None:
            kind = trainer.ModelType.Name(trainer.model_type)
            raise ModelError(
                f"SentencePiece model type {kind} is not supported; use BPE or UNIGRAM."
            )
        if trainer.treat_whitespace_as_suffix:
            raise ModelError("SentencePiece option treat_whitespace_as_suffix is not supported.")
        types = tuple(p.type for p in model.pieces)
        if algorithm == "unigram" and _USER_DEFINED in types and _version() < _OWN_PIECES_WIN:
            raise ModelError(
                f"sentencepiece {sentencepiece.__version__} scores the user-defined pieces of this"
                " vocabulary differently from later versions and the web app. Update it:"
                " pip install 'sentencepiece>=0.2.3'."
            )
        return SentencePieceModel(
            algorithm=algorithm,
            pieces=tuple(p.piece for p in model.pieces),
            scores=tuple(p.score for p in model.pieces),
            types=types,
            unknown_id=types.index(_UNKNOWN),
            byte_fallback=trainer.byte_fallback,
            add_dummy_prefix=normalizer.add_dummy_prefix,
            remove_extra_whitespaces=normalizer.remove_extra_whitespaces,
            escape_whitespaces=normalizer.escape_whitespaces,
            precompiled_charsmap=base64.b64encode(normalizer.precompiled_charsmap).decode(),
        )


def end_of_text(data: bytes) -> int:
    """The id of the end token that the content of a `.model` file names.

    Raises:
        ModelError: if it names none, or is not such a model.
    """
    if (end_id := open_model(check_model(data)).eos_id()) < 0:
        raise ModelError("does not name an end token. Give its id as end_id.")
    return end_id
