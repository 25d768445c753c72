"""Loads the tokenizer of a vocabulary file, whichever kind it is."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from builder.errors import ModelError, naming
from builder.input_file import read_input
from builder.manifest import CanonicalizationStep, RowLayout
from builder.text.tokenizer import Tokenizer
from builder.validation import explain_errors

TokenizerKind = Literal["sentencepiece", "wordpiece"]


MAX_LENGTH = 1 << 16
"""Tokens in a row: more than any text tower reads, and few enough for any memory."""


class TokenizerSettings(BaseModel):
    """How texts become token rows, where the vocabulary file does not say."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )

    kind: TokenizerKind | None = None
    """By default WordPiece for a `*.txt`, and SentencePiece for any other file."""
    max_length: Annotated[int, Field(gt=1, le=MAX_LENGTH)] = 16
    """Ids in a row; longer texts are cut off."""
    canonicalization: Annotated[tuple[CanonicalizationStep, ...], Field(strict=False)] = ()
    """What is done to a text before it is tokenized, in this order."""
    end_id: Annotated[int | None, Field(ge=0)] = None
    """What a text ends with: by default the end token of a SentencePiece model, as in LiT and
    SigLIP, and nothing for WordPiece."""
    pad_id: Annotated[int | None, Field(ge=0)] = None
    """What a row is padded with: by default the end token, or 0 for WordPiece."""


def load_tokenizer(
    vocabulary: str | Path,
    *,
    max_length: int,
    kind: TokenizerKind | None = None,
    canonicalization: tuple[CanonicalizationStep, ...] = (),
    end_id: int | None = None,
    pad_id: int | None = None,
) -> Tokenizer:
    """A tokenizer that makes rows of `max_length` token ids.

    Without `kind`, the file's name decides. Without `end_id`, a SentencePiece row ends with the end
    token that the file names, and a WordPiece row has no end token. Without `pad_id`, a
    SentencePiece row is padded with that end token, as LiT and SigLIP do, and a WordPiece row with
    0.

    Raises:
        ModelError: if the file is absent, or not such a vocabulary; or for impossible arguments.
    """
    try:
        settings = TokenizerSettings(
            kind=kind,
            max_length=max_length,
            canonicalization=canonicalization,
            end_id=end_id,
            pad_id=pad_id,
        )
    except ValidationError as error:
        found = explain_errors(error.errors(include_url=False), lambda _: [])
        lines = (f"{'.'.join(map(str, f.location))}: {f.message}." for f in found)
        raise ModelError(f"{vocabulary}: {' '.join(lines)}") from None
    return read_tokenizer(Path(vocabulary), settings)


def read_tokenizer(path: Path, settings: TokenizerSettings) -> Tokenizer:
    """The tokenizer of a vocabulary file.

    Raises:
        ModelError: if the file is absent, or not such a vocabulary.
    """
    if (settings.kind or _kind_of(path)) == "wordpiece":
        from builder.text.wordpiece import WordPieceTokenizer

        layout = _make_layout(settings, settings.end_id, pad_id=0)
        wordpiece = WordPieceTokenizer.load(path, layout)
        _check_ids(path, layout, len(wordpiece.pieces))
        return wordpiece
    from builder.text.sentencepiece import SentencePieceTokenizer, end_of_text

    data = read_input(path, "Name a SentencePiece model.", ModelError)
    with naming(path):
        end_id = end_of_text(data) if settings.end_id is None else settings.end_id
        layout = _make_layout(settings, end_id, pad_id=end_id)
        sentencepiece = SentencePieceTokenizer(data, layout)
    _check_ids(path, layout, len(sentencepiece))
    return sentencepiece


def _kind_of(path: Path) -> TokenizerKind:
    return "wordpiece" if path.suffix == ".txt" else "sentencepiece"


def _make_layout(settings: TokenizerSettings, end_id: int | None, *, pad_id: int) -> RowLayout:
    """`pad_id` is what rows are padded with if the settings do not say."""
    return RowLayout(
        canonicalization=settings.canonicalization,
        max_length=settings.max_length,
        end_id=end_id,
        pad_id=pad_id if settings.pad_id is None else settings.pad_id,
    )


def _check_ids(path: Path, layout: RowLayout, pieces: int) -> None:
    for name, number in (("end_id", layout.end_id), ("pad_id", layout.pad_id)):
        if number is not None and number >= pieces:
            raise ModelError(f"{path}: has {pieces:,} pieces, so none is the {name}, {number}.")
