"""What a vocabulary consists of, as far as cutting it is concerned."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from builder.errors import ModelError
from builder.text.cutting.closures import Closure, ListedMerges, ScoredMerges, keep_wanted
from builder.text.cutting.spelling import Spelling
from builder.text.tokenizer import CuttableTokenizer, Tokenizer
from builder.vocabulary import (
    BpeSegmenter,
    BytesStep,
    PipelineModel,
    SentencePieceModel,
    SentencePieceSegmenter,
    UnigramSegmenter,
    WordPieceModel,
    WordPieceSegmenter,
)

_NORMAL, _UNUSED = 1, 5
_FIRST_IDS = 8
"""Towers know some of the first ids by number, such as that of padding."""

_BYTE = re.compile("<0x[0-9A-F]{2}>")

Model = SentencePieceModel | WordPieceModel | PipelineModel


@dataclass(frozen=True)
class Inventory:
    """The pieces of a vocabulary.

    `names` are by id, "" for an id without a piece. `needed` ids always stay. `ranked` are all
    others that may be in a result, the most useful first by the vocabulary's own order. `singles`
    are the characters that pieces of one character write.
    """

    names: tuple[str, ...]
    needed: frozenset[int]
    ranked: tuple[int, ...]
    singles: Mapping[int, str]
    spelling: Spelling
    close: Closure


def require_cuttable(tokenizer: Tokenizer) -> CuttableTokenizer:
    """The tokenizer, if it is one of ours.

    Raises:
        ModelError: if it is not.
    """
    if not isinstance(tokenizer, CuttableTokenizer):
        raise ModelError(
            f"the vocabulary of a {type(tokenizer).__name__} cannot be cut: only builder's own"
            " tokenizers can do with fewer pieces.",
            "Use builder.load_tokenizer, or remove [models.vocabulary].",
        )
    return tokenizer


def take_inventory(tokenizer: CuttableTokenizer) -> Inventory:
    """The pieces of a tokenizer.

    Raises:
        ModelError: if the web app could not use its vocabulary.
    """
    model = tokenizer.to_manifest()
    names = tuple(model.pieces)
    spelling = _spelling_of(model)
    layout = tokenizer.layout
    marks = {mark for mark in (layout.start_id, layout.end_id, layout.pad_id) if mark is not None}
    always = {*range(min(_FIRST_IDS, len(names))), *marks, *_always(model)}
    if isinstance(model, PipelineModel):
        always |= {token.id for token in (*model.added, *model.added_normalized)}
        always |= set(range(len(names), len(tokenizer)))
    ordinary = [i for i in _rank(model, tokenizer.merges) if names[i]]
    if spelling.prefix:
        ordinary = _leave_out_uncertain(ordinary, names, spelling)
    singles = {i: char for i in ordinary if (char := spelling.single(names[i])) is not None}
    ranked = [i for i in ordinary if i not in always]
    return Inventory(
        names, frozenset(always), tuple(ranked), singles, spelling, _closure_of(model, tokenizer)
    )


def _spelling_of(model: Model) -> Spelling:
    match model:
        case WordPieceModel(prefix=prefix):
            return Spelling(prefix=prefix)
        case PipelineModel(segmenter=WordPieceSegmenter(prefix=prefix)):
            return Spelling(prefix=prefix)
        case PipelineModel(segmenter=BpeSegmenter(suffix=suffix), pre_tokenizer=steps):
            is_bytes = any(isinstance(step, BytesStep) for step in steps)
            space = "" if suffix else "\u0120" if is_bytes else "\u2581"
            return Spelling(space=space, suffix=suffix, is_bytes=is_bytes)
        case _:
            return Spelling(space="\u2581")


def _always(model: Model) -> set[int]:
    names = model.pieces
    match model:
        case WordPieceModel(unknown_id=unknown):
            return {unknown}
        case SentencePieceModel():
            return _always_in_sentencepiece(model)
        case PipelineModel(segmenter=SentencePieceSegmenter(model=inner, before=before)):
            # What is put before a text may merge with it, and is left out again.
            ends = tuple(before[start:] for start in range(len(before)))
            found = {i for i, name in enumerate(names) if ends and name.startswith(ends)}
            whole = inner.model_copy(update={"pieces": names})
            return _always_in_sentencepiece(whole) | {i for i in found if inner.types[i] == _NORMAL}
        case PipelineModel(segmenter=WordPieceSegmenter(unknown_id=unknown)):
            return {unknown}
        case PipelineModel(segmenter=UnigramSegmenter() as unigram):
            lowest = min(range(len(names)), key=lambda i: unigram.scores[i])
            return {unigram.unknown_id, lowest, *_bytes(names)}
        case PipelineModel():
            return _always_in_bpe(model)


def _always_in_bpe(model: PipelineModel) -> set[int]:
    bpe = model.segmenter
    assert isinstance(bpe, BpeSegmenter), "all other segmenters have their own case"
    found = {*bpe.words.values(), *_bytes(model.pieces)}
    if bpe.unknown_id is not None:
        found.add(bpe.unknown_id)
    if any(isinstance(step, BytesStep) for step in model.pre_tokenizer):
        letters = (name.removesuffix(bpe.suffix) for name in model.pieces)
        found |= {i for i, letter in enumerate(letters) if len(letter) == 1}
    return found


def _always_in_sentencepiece(model: SentencePieceModel) -> set[int]:
    found = {i for i, kind in enumerate(model.types) if kind not in (_NORMAL, _UNUSED)}
    normal = [i for i, kind in enumerate(model.types) if kind == _NORMAL]
    if model.algorithm == "unigram":
        # An unknown character is so much worse than the worst piece.
        found.add(min(normal, key=lambda i: model.scores[i]))
    return found


def _bytes(names: Sequence[str]) -> set[int]:
    return {i for i, name in enumerate(names) if _BYTE.fullmatch(name)}


def _rank(model: Model, merges: Sequence[tuple[str, str]]) -> Sequence[int]:
    scores: Sequence[float] = ()
    types: Sequence[int] = ()
    match model:
        case SentencePieceModel():
            scores, types = model.scores, model.types
        case PipelineModel(segmenter=SentencePieceSegmenter(model=inner)):
            scores, types = inner.scores, inner.types
        case PipelineModel(segmenter=UnigramSegmenter(scores=scores)):
            pass
        case PipelineModel(segmenter=BpeSegmenter()):
            ranks = {"".join(merge): -rank for rank, merge in enumerate(merges)}
            scores = [ranks.get(name, 1) for name in model.pieces]
        case _:
            pass
    ids = [i for i in range(len(model.pieces)) if not types or types[i] == _NORMAL]
    return sorted(ids, key=lambda i: -scores[i]) if scores else ids


def _leave_out_uncertain(
    ranked: Sequence[int], names: Sequence[str], spelling: Spelling
) -> list[int]:
    """Without pieces that go on with a character that no piece goes on with alone.

    A word is unknown where no piece goes on. If longer pieces are gone that led to such a place,
    others might lead past it, but not where only whole characters do.
    """
    known = frozenset(names)

    def is_certain(index: int) -> bool:
        inner = names[index].removeprefix(spelling.prefix)[1:]
        return all(spelling.prefix + char in known for char in inner)

    return [index for index in ranked if is_certain(index)]


def _closure_of(model: Model, tokenizer: CuttableTokenizer) -> Closure:
    names = model.pieces
    inner = model
    if isinstance(model, PipelineModel):
        if isinstance(model.segmenter, BpeSegmenter):
            ids = {name: i for i, name in enumerate(names) if name}
            return ListedMerges(ids, names, tokenizer.merges, model.segmenter.suffix)
        if isinstance(model.segmenter, SentencePieceSegmenter):
            inner = model.segmenter.model
    if isinstance(inner, SentencePieceModel) and inner.algorithm == "bpe":
        types, scores = inner.types, inner.scores
        mergeable = [i for i, kind in enumerate(types) if kind in (_NORMAL, _UNUSED)]
        unused = frozenset(i for i in mergeable if types[i] == _UNUSED)
        ids = {names[i]: i for i in mergeable}
        return ScoredMerges(ids, names, lambda i: scores[i], unused)
    return keep_wanted
