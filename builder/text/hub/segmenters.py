"""The models of a `tokenizer.json`: vocabularies and merges, as the web app reads them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from builder.errors import ModelError, NumberError
from builder.text.sentencepiece_model import MAX_PIECES
from builder.vocabulary import BpeSegmenter, UnigramSegmenter, WordPieceSegmenter

Json = Mapping[str, Any]
Segmenter = BpeSegmenter | UnigramSegmenter | WordPieceSegmenter


def describe_model(model: Json) -> tuple[tuple[str, ...], Segmenter]:
    """The pieces in the order of their ids, and how words are made of them.

    Raises:
        ModelError: for a model or an option that the web app does not implement.
    """
    match model["type"]:
        case "BPE":
            _refuse_options(model, dropout=(None, 0.0), continuing_subword_prefix=(None, ""))
            pieces = list_pieces(model["vocab"])
            return pieces, _describe_bpe(model)
        case "Unigram":
            return _describe_unigram(model)
        case "WordPiece":
            pieces = list_pieces(model["vocab"])
            return pieces, WordPieceSegmenter(
                unknown_id=_find_unknown(model),
                prefix=model["continuing_subword_prefix"],
                max_word_length=model["max_input_chars_per_word"],
            )
        case other:
            raise ModelError(f"model: {other!r} is not supported; BPE, Unigram and WordPiece are.")


def list_pieces(vocabulary: Mapping[str, int]) -> tuple[str, ...]:
    """The pieces by id; an id without one is an empty text.

    Raises:
        ModelError: if an id is negative, double or far beyond the number of pieces.
    """
    if not vocabulary:
        raise ModelError("model: the vocabulary is empty.")
    top = max(vocabulary.values())
    if min(vocabulary.values()) < 0 or top >= MAX_PIECES:
        raise ModelError(f"model: ids go from 0 to {MAX_PIECES - 1:,}, not to {top:,}.")
    pieces = [""] * (top + 1)
    for piece, index in vocabulary.items():
        if pieces[index]:
            raise ModelError(f"model: {pieces[index]!r} and {piece!r} share the id {index}.")
        pieces[index] = piece
    return tuple(pieces)


def _refuse_options(model: Json, **accepted: Sequence[Any]) -> None:
    for name, values in accepted.items():
        if (value := model.get(name)) not in values:
            raise ModelError(f"model: {name} = {value!r} is not supported.")


def _describe_bpe(model: Json) -> BpeSegmenter:
    vocabulary: Mapping[str, int] = model["vocab"]
    merged, lefts = pack_merges(vocabulary, [tuple(merge) for merge in model["merges"]])
    return BpeSegmenter(
        merged=merged,
        lefts=lefts,
        unknown_id=None if model["unk_token"] is None else _find_unknown(model),
        fuse_unknown=model["fuse_unk"],
        byte_fallback=model["byte_fallback"],
        suffix=model["end_of_word_suffix"] or "",
        whole=model["ignore_merges"],
        words={},
    )


def _find_unknown(model: Json) -> int:
    unknown = model["unk_token"]
    if unknown not in model["vocab"]:
        raise ModelError(f"model: unk_token = {unknown!r} is not in the vocabulary.")
    return model["vocab"][unknown]


def pack_merges(
    vocabulary: Mapping[str, int], merges: Sequence[tuple[str, str]]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """`merged` and `lefts` of a `BpeSegmenter`."""
    merged: list[int] = []
    lefts: list[int] = []
    before, at = 0, 0
    while at < len(merges):
        whole = "".join(merges[at])
        cuts = [(whole[:end], whole[end:]) for end in range(len(whole) - 1, 0, -1)]
        known = [cut for cut in cuts if cut[0] in vocabulary and cut[1] in vocabulary]
        is_all = list(merges[at : at + len(known)]) == known
        lefts.append(0 if is_all else len(merges[at][0].encode("utf-16-le")) // 2)
        merged.append(vocabulary[whole] - before)
        before = vocabulary[whole]
        at += len(known) if is_all else 1
    return tuple(merged), tuple(lefts)


def _describe_unigram(model: Json) -> tuple[tuple[str, ...], UnigramSegmenter]:
    pieces, scores = zip(*model["vocab"], strict=True)
    if len(pieces) > MAX_PIECES:
        raise ModelError(f"model: has {len(pieces):,} pieces; at most {MAX_PIECES:,} are allowed.")
    if model["unk_id"] is None:
        raise ModelError("model: unk_id = None is not supported: no id stands for the unknown.")
    numbers = np.array(scores, np.float64)
    if not np.isfinite(numbers).all():
        raise NumberError("model: a score is not finite.")
    single = numbers.astype(np.float32)
    is_single = bool((single == numbers).all())
    return tuple(pieces), UnigramSegmenter(
        scores=tuple(_shortest(single) if is_single else scores),
        single_precision=is_single,
        unknown_id=model["unk_id"],
        byte_fallback=model["byte_fallback"],
    )


def _shortest(numbers: "np.ndarray[Any, np.dtype[np.float32]]") -> Iterator[float]:
    """The shortest decimals that are those numbers in single precision."""
    return (float(str(number)) for number in numbers)
