"""The `vocabulary.json` of the original demo as a SentencePiece model."""

import re
from pathlib import Path
from typing import Any

import sentencepiece
from pydantic import FiniteFloat, TypeAdapter, ValidationError
from sentencepiece import sentencepiece_model_pb2 as proto

from builder.errors import ModelError, NumberError, naming
from builder.input_file import read_input
from builder.manifest import RowLayout
from builder.text.sentencepiece import SentencePieceTokenizer

_ALGORITHMS = {"UNIGRAM": 1, "BPE": 2}
_UNKNOWN = "<unk>"
_CONTROLS = ("<pad>", "<s>", "</s>")
_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
_REMEDY = "Name a data folder of the original LiT demo."
_PIECES = TypeAdapter(list[tuple[str, FiniteFloat]])


def read_tokenizer(
    path: Path, *, algorithm: str, max_length: int, pad_id: int
) -> SentencePieceTokenizer:
    """Make a tokenizer from a list of pieces and scores.

    The file does not say how texts were normalized and lower-cased. This does what big_vision
    trained these towers with: SentencePiece's own `nmt_nfkc`, after `tf.strings.lower`. A text ends
    with the token that it is padded with.

    Raises:
        NumberError: if a score is NaN or infinite.
        ModelError: if the file is absent, or is not such a list.
    """
    if algorithm not in _ALGORITHMS:
        known = " or ".join(_ALGORITHMS)
        raise ModelError(
            f"{path.parent / 'def.json'}: tokenizer_type is {algorithm!r}, not {known}."
        )
    try:
        pieces = _PIECES.validate_json(read_input(path, _REMEDY, ModelError))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = "".join(f"[{part}]" for part in first["loc"])
        kind = NumberError if first["type"] == "finite_number" else ModelError
        raise kind(f"{path}: is not a list of pieces and scores: {place} {first['msg']}.") from None
    if not 0 <= pad_id < len(pieces):
        raise ModelError(f"{path}: has {len(pieces)} pieces, so none is the pad_value, {pad_id}.")
    model: Any = proto.ModelProto()  # pyright: ignore[reportAttributeAccessIssue]
    kinds = proto.ModelProto.SentencePiece  # pyright: ignore[reportAttributeAccessIssue]
    for text, score in pieces:
        kind = kinds.NORMAL
        if text == _UNKNOWN:
            kind = kinds.UNKNOWN
        elif text in _CONTROLS:
            kind = kinds.CONTROL
        elif _BYTE.fullmatch(text):
            kind = kinds.BYTE
        model.pieces.add(piece=text, score=score, type=kind)
    model.trainer_spec.model_type = _ALGORITHMS[algorithm]
    model.trainer_spec.vocab_size = len(pieces)
    model.trainer_spec.unk_id = next((i for i, (p, _) in enumerate(pieces) if p == _UNKNOWN), 0)
    model.trainer_spec.byte_fallback = any(_BYTE.fullmatch(text) for text, _ in pieces)
    normalizer = sentencepiece.SentencePieceNormalizer(rule_name="nmt_nfkc")
    rules: Any = proto.ModelProto.FromString(  # pyright: ignore[reportAttributeAccessIssue]
        normalizer.serialized_model_proto()
    )
    model.normalizer_spec.name = "nmt_nfkc"
    model.normalizer_spec.precompiled_charsmap = rules.normalizer_spec.precompiled_charsmap
    layout = RowLayout(
        max_length=max_length, end_id=pad_id, pad_id=pad_id, canonicalization=("lower-ascii",)
    )
    with naming(path):
        return SentencePieceTokenizer(model.SerializeToString(), layout)
