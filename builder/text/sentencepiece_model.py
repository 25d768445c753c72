"""SentencePiece models that nobody has vouched for, checked before C++ gets to see them.

The C++ library trusts a model: it follows the offsets of the normalizer's trie without looking, and
ends the process where its trie of pieces cannot be built. What it takes at its word is checked
here, and fields that tokenizing does not need are left out.
"""

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as proto

from builder.errors import ModelError, NumberError, first_line

MAX_PIECES = 1 << 22
"""Four times the largest vocabulary that is known."""
_MAX_PIECE_BYTES = 1 << 12

_NORMAL, _UNKNOWN = 1, 2
_LEAF = 1 << 31
_HAS_LEAF = 1 << 8


def check_model(data: bytes) -> bytes:
    """The model in the bytes of a `.model` file, without what tokenizing does not need.

    Raises:
        ModelError: if it is not such a model, or one of its fields could do harm.
    """
    model = parse_model(data)
    _check_pieces(model)
    if model.normalizer_spec.precompiled_charsmap:
        check_charsmap(model.normalizer_spec.precompiled_charsmap)
    model.ClearField("denormalizer_spec")
    model.DiscardUnknownFields()
    return model.SerializeToString()


def parse_model(data: bytes) -> Any:
    """The protobuf message in the bytes of a `.model` file.

    Raises:
        ModelError: if there is none.
    """
    try:
        model: Any = proto.ModelProto.FromString(data)  # pyright: ignore[reportAttributeAccessIssue]
    except Exception as error:  # protobuf's own class differs between its implementations
        raise ModelError(f"not a SentencePiece model: {first_line(error)}.") from None
    if not model.pieces:
        raise ModelError("not a SentencePiece model: it has no pieces.")
    return model


def keep_pieces(data: bytes, kept: Sequence[int], merging: Sequence[int] = ()) -> bytes:
    """The model with only those of its pieces, in that order; the second ones only merge."""
    model = parse_model(data)
    unused = type(model.pieces[0]).Type.UNUSED
    pieces = [(model.pieces[i].piece, model.pieces[i].score, model.pieces[i].type) for i in kept]
    pieces += [(model.pieces[i].piece, model.pieces[i].score, unused) for i in merging]
    del model.pieces[:]
    for piece, score, kind in pieces:
        model.pieces.add(piece=piece, score=score, type=kind)
    model.trainer_spec.vocab_size = len(pieces)
    return model.SerializeToString()


def open_model(model: bytes) -> sentencepiece.SentencePieceProcessor:
    """The C++ library's reader of a checked model.

    Raises:
        ModelError: if the library refuses it.
    """
    try:
        return sentencepiece.SentencePieceProcessor(model_proto=model)  # pyright: ignore[reportCallIssue]
    except Exception as error:
        raise ModelError(f"not a SentencePiece model: {first_line(error)}.") from None


def _check_pieces(model: Any) -> None:
    if len(model.pieces) > MAX_PIECES:
        raise ModelError(f"has {len(model.pieces):,} pieces; at most {MAX_PIECES:,} are allowed.")
    for index, piece in enumerate(model.pieces):
        if not isinstance(piece.piece, str):  # protobuf gives bytes that are not UTF-8 as they are
            raise ModelError(f"piece {index} is not text in UTF-8.")
        text = piece.piece.encode()
        if not text or b"\0" in text or len(text) > _MAX_PIECE_BYTES:
            raise ModelError(
                f"piece {index} is {piece.piece[:20]!r}: a piece is a text of 1 to"
                f" {_MAX_PIECE_BYTES:,} bytes without NUL."
            )
        if not np.isfinite(piece.score):
            raise NumberError(f"piece {index}, {piece.piece!r}, has the score {piece.score}.")
    kinds = [piece.type for piece in model.pieces]
    if kinds.count(_UNKNOWN) != 1 or _NORMAL not in kinds:
        raise ModelError(
            f"has {kinds.count(_NORMAL)} ordinary pieces and {kinds.count(_UNKNOWN)} for the"
            " unknown; a model has many and one."
        )


def check_charsmap(blob: bytes) -> None:
    """Follow every offset of the trie (darts-clone's double array) and of the replacements.

    The blob is the trie's size in bytes, its units, and NUL-terminated replacements. A child of
    unit i is at i ^ offset ^ label for a label of 8 bits, so within a block of 256 units.
    """
    refused = ModelError("its normalizer is damaged: a rule leads out of its table.")
    size = struct.unpack_from("<I", blob)[0] if len(blob) > 4 else 0
    texts = blob[4 + size :]
    if not size or size % 4 or not texts.endswith(b"\0"):
        raise refused
    units = np.frombuffer(blob, "<u4", size // 4, offset=4)
    offsets = (units >> 10) << ((units & 0x200) >> 6)
    places = np.arange(len(units), dtype=np.uint32) ^ offsets
    is_inner = units & _LEAF == 0
    if (places[is_inner] | 0xFF).max(initial=0) >= len(units):
        raise refused
    values = units[places[is_inner & (units & _HAS_LEAF != 0)]] & (_LEAF - 1)
    if values.max(initial=0) >= len(texts):
        raise refused
    starts = np.frombuffer(texts, np.uint8)[values]
    try:
        texts.decode()
    except UnicodeDecodeError:
        raise refused from None
    if ((starts & 0xC0) == 0x80).any():  # within a character
        raise refused
