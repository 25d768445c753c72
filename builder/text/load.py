"""A tokenizer of whichever kind a vocabulary file is."""

from pathlib import Path
from typing import Literal

from builder.errors import ModelError
from builder.manifest import CanonicalizationStep
from builder.text.tokenizer import Tokenizer

TokenizerKind = Literal["sentencepiece", "wordpiece"]


def kind_of_vocabulary(path: Path) -> TokenizerKind:
    """`*.txt` is WordPiece, any other file SentencePiece."""
    return "wordpiece" if path.suffix == ".txt" else "sentencepiece"


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

    Without `kind`, the file's name says it. Without `end_id`, a SentencePiece row ends with the end
    token that the file names, and a WordPiece row with none; without `pad_id`, they are filled with
    that end token, as for LiT and SigLIP, and with 0.

    Raises:
        ModelError: if the file is absent, or not such a vocabulary.
    """
    path = Path(vocabulary)
    if (kind or kind_of_vocabulary(path)) == "wordpiece":
        from builder.text.wordpiece import WordPieceTokenizer

        return WordPieceTokenizer.load(
            path,
            max_length=max_length,
            end_id=end_id,
            pad_id=pad_id or 0,
            canonicalization=canonicalization,
        )
    from builder.text.sentencepiece import SentencePieceTokenizer

    end_id = _end_of_text(path) if end_id is None else end_id
    return SentencePieceTokenizer.load(
        path,
        max_length=max_length,
        end_id=end_id,
        pad_id=end_id if pad_id is None else pad_id,
        canonicalization=canonicalization,
    )


def _end_of_text(path: Path) -> int:
    import sentencepiece

    try:
        processor = sentencepiece.SentencePieceProcessor(model_file=str(path))  # pyright: ignore[reportCallIssue]
    except (OSError, RuntimeError) as error:
        raise ModelError(f"{path}: not a SentencePiece model: {error}") from None
    if (end_id := processor.eos_id()) < 0:
        raise ModelError(f"{path}: names no end token. Give end_id, the id of the one to end with.")
    return end_id
