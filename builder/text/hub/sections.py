"""SentencePiece as transformers' tokenizers in Python use it: on what is between special tokens."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.manifest import CompressibleRef, PipelineRef, RowLayout
from builder.text.hub.cleaning import list_spaces
from builder.text.hub.patterns import PatternWriter, quote
from builder.text.hub.steps import make_python_lower
from builder.text.sentencepiece import SentencePieceTokenizer
from builder.text.sentencepiece_model import check_model, keep_pieces, parse_model
from builder.text.tokenizer import canonicalize_all, make_rows, number, renumber_layout
from builder.vocabulary import (
    AddedToken,
    PipelineModel,
    ReplaceStep,
    SentencePieceSegmenter,
    TextStep,
)

MARK = "\u2581"
"""What SentencePiece writes for a space."""
_PUNCTUATION = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""


@dataclass(frozen=True)
class SectionRules:
    """What is done to the whole text, to what is between special tokens, and what is put before it.

    `before` keeps SentencePiece from taking the mark away that a text begins with; its pieces are
    left out again.
    """

    clean: Callable[[str], str] = str
    canonicalize: Callable[[str], str] = str
    clean_steps: Sequence[TextStep] = ()
    describe: Callable[[PatternWriter], Sequence[TextStep]] = lambda _: ()
    before: str = ""


def make_siglip_rules(*, lower: bool, unknown: str) -> SectionRules:
    """Those of `SiglipTokenizer`: lower case, no ASCII punctuation, single spaces."""

    def canonicalize(text: str) -> str:
        text = text.lower() if lower else text
        text = text.translate(dict.fromkeys(map(ord, _PUNCTUATION)))
        return re.sub(r"\s+", " ", text).strip()

    def describe(patterns: PatternWriter) -> Sequence[TextStep]:
        white = f"[{patterns.name_class('space', list_spaces())}]"
        return [
            *(make_python_lower() if lower else ()),
            ReplaceStep(pattern=f"[{quote(_PUNCTUATION)}]", content=""),
            ReplaceStep(pattern=f"{white}+", content=" "),
            ReplaceStep(pattern="^ | $", content=""),
        ]

    return SectionRules(
        clean=lambda text: MARK + text.replace(MARK, " "),
        canonicalize=canonicalize,
        clean_steps=(
            ReplaceStep(pattern=MARK, content=" "),
            ReplaceStep(pattern="^", content=MARK),
        ),
        describe=describe,
        before=unknown,
    )


def renumber_as_fairseq(data: bytes) -> bytes:
    """XLM-R's model with the ids that its tower has: four of fairseq's own, and a mask at the end.

    Raises:
        ModelError: if the bytes are not a SentencePiece model.
    """
    model = parse_model(check_model(data))
    pieces = list(model.pieces)
    kinds = type(pieces[0]).Type
    del model.pieces[:]
    for piece in ("<s>", "<pad>", "</s>"):
        model.pieces.add(piece=piece, score=0.0, type=kinds.CONTROL)
    model.pieces.add(piece="<unk>", score=0.0, type=kinds.UNKNOWN)
    model.pieces.extend(pieces[3:])
    model.pieces.add(piece="<mask>", score=0.0, type=kinds.CONTROL)
    model.trainer_spec.unk_id, model.trainer_spec.bos_id = 3, 0
    model.trainer_spec.eos_id, model.trainer_spec.pad_id = 2, 1
    return model.SerializeToString()


class SectionTokenizer:
    """Texts to rows of exactly `layout.max_length` token ids."""

    def __init__(
        self, model: bytes, layout: RowLayout, added: Sequence[AddedToken], rules: SectionRules
    ):
        """Raises ModelError if `model`, the content of a `.model` file, is not one."""
        self.layout = layout
        self._inner = SentencePieceTokenizer(model, layout)
        self._rules = rules
        self._added = {token.content: token for token in added}
        longest_first = sorted(map(re.escape, self._added), key=len, reverse=True)
        self._special = re.compile(f"({'|'.join(longest_first)})") if added else None
        self._skipped = len(self._inner.encode([rules.before])[0]) if rules.before else 0
        self._model = self._describe()

    def __len__(self) -> int:
        """How many ids there are."""
        return max(len(self._inner), *(token.id + 1 for token in self._added.values()), 0)

    def __call__(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Token rows int32[n, layout.max_length]."""
        return make_rows(texts, self._segment, self.layout)

    @property
    def merges(self) -> Sequence[tuple[str, str]]:
        """None: scores tell what merges."""
        return ()

    def segment(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text's pieces, without marks or padding."""
        return self._segment(canonicalize_all(texts, self.layout))

    def keep(self, kept: Sequence[int], merging: Sequence[int] = ()) -> "SectionTokenizer":
        """The same with these pieces alone; those that only merge are marked as unused."""
        places = number(kept)
        added = [t.model_copy(update={"id": places[t.id]}) for t in self._added.values()]
        layout = renumber_layout(self.layout, places)
        model = keep_pieces(self._inner.model, [i for i in kept if i < len(self._inner)], merging)
        return SectionTokenizer(model, layout, added, self._rules)

    def to_ref(self, file: CompressibleRef) -> PipelineRef:
        """The manifest's entry, given the file of the vocabulary."""
        return PipelineRef(file=file, **self.layout.model_dump())

    def to_manifest(self) -> PipelineModel:
        """What the browser needs to make the same rows."""
        return self._model

    def _describe(self) -> PipelineModel:
        patterns = PatternWriter()
        patterns.name_class("strip", list_spaces())
        inner = self._inner.to_manifest()
        return PipelineModel(
            clean=tuple(self._rules.clean_steps),
            html=None,
            added=tuple(self._added.values()),
            normalizer=tuple(self._rules.describe(patterns)),
            added_normalized=(),
            pre_tokenizer=(),
            pieces=inner.pieces,
            segmenter=SentencePieceSegmenter(
                model=inner.model_copy(update={"pieces": ()}),
                before=self._rules.before,
                skipped=self._skipped,
            ),
            classes=patterns.classes,
        )

    def _segment(self, texts: Sequence[str]) -> list[list[int]]:
        return [
            [index for part in self._cut(self._rules.clean(text)) for index in self._encode(part)]
            for text in texts
        ]

    def _encode(self, part: str | AddedToken) -> list[int]:
        if isinstance(part, AddedToken):
            return [part.id]
        return self._inner.encode([self._rules.before + self._rules.canonicalize(part)])[0][
            self._skipped :
        ]

    def _cut(self, text: str) -> Iterator[str | AddedToken]:
        """Special tokens and what is between them; a token may take spaces beside it away."""
        parts = self._special.split(text) if self._special else [text]
        for index, part in enumerate(parts):
            if index % 2:
                yield self._added[part]
                continue
            if index > 0 and self._added[parts[index - 1]].right_strip:
                part = part.lstrip()
            if index + 1 < len(parts) and self._added[parts[index + 1]].left_strip:
                part = part.rstrip()
            if part:
                yield part
