"""What a tower reads of a text, which may be less than somebody wrote."""

import re
from collections.abc import Sequence

from builder.text.tokenizer import CuttableTokenizer
from builder.vocabulary import SentencePieceModel, WordPieceModel

_UNKNOWN, _BYTE = 2, 6
"""Types of pieces of SentencePiece."""

_NO_SPACES = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Characters of Thai, Lao, Khmer, Japanese and Chinese, which put no spaces between words."""
_WORD = re.compile(rf"[{_NO_SPACES}]|[^\s{_NO_SPACES}]+")


def find_unread(tokenizer: CuttableTokenizer, texts: Sequence[str]) -> dict[str, str]:
    """The ends of texts that do not fit a row, each from the first word that is not read whole."""
    layout = tokenizer.layout
    room = layout.max_length - (layout.start_id is not None) - (layout.end_id is not None)
    unread: dict[str, str] = {}
    for text, ids in zip(texts, tokenizer.segment(texts), strict=True):
        if len(ids) > room:
            words = list(_WORD.finditer(text))
            beginnings = [text[: word.end()] for word in words]
            fits = [len(pieces) <= room for pieces in tokenizer.segment(beginnings)]
            unread[text] = text[words[fits.index(False)].start() :] if False in fits else ""
    return unread


def find_unknown(tokenizer: CuttableTokenizer, texts: Sequence[str]) -> list[str]:
    """Texts with a piece that the vocabulary does not know, or has only as bytes.

    Vocabularies that consist of bytes know every text.
    """
    match tokenizer.to_manifest():
        case SentencePieceModel(types=types):
            odd = {i for i, kind in enumerate(types) if kind in (_UNKNOWN, _BYTE)}
        case WordPieceModel(unknown_id=unknown):
            odd = {unknown}
        case _:
            return []
    pieces = tokenizer.segment(texts)
    return [text for text, ids in zip(texts, pieces, strict=True) if odd.intersection(ids)]
