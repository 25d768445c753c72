"""A tokenizer that Hugging Face's `tokenizers` runs here, and the web app in steps of its own."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from builder.errors import ModelError, first_line
from builder.manifest import CompressibleRef, PipelineRef, RowLayout
from builder.text.hub.components import (
    describe_marks,
    describe_normalizer,
    describe_pre_tokenizer,
)
from builder.text.hub.patterns import PatternWriter, known_spans
from builder.text.hub.renumbering import renumber_spec
from builder.text.hub.segmenters import describe_model
from builder.text.sentencepiece_model import check_charsmap
from builder.text.tokenizer import canonicalize_all, make_rows, number, renumber_layout
from builder.vocabulary import AddedToken, HtmlReferences, PipelineModel, TextStep

Clean = Callable[[str], str]
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Cleaning:
    """What is done to the whole text first: here, and as steps for the web app."""

    apply: Clean = str
    describe: Callable[[PatternWriter], Sequence[TextStep]] = field(default=lambda _: ())
    html: HtmlReferences | None = None


class PipelineTokenizer:
    """Texts to rows of exactly `layout.max_length` token ids, as a `tokenizer.json` says.

    A row is a start token, as many pieces as fit, an end token and padding, as far as the layout
    has them. `replaced` ids become others in the end.
    """

    def __init__(
        self,
        spec: Json,
        layout: RowLayout,
        *,
        cleaning: Cleaning | None = None,
        replaced: Mapping[int, int] | None = None,
    ):
        """Read the content of a `tokenizer.json`.

        Raises:
            ModelError: if `tokenizers` refuses it, or the web app could not make the same rows.
        """
        self._cleaning = cleaning or Cleaning()
        self._replaced = dict(replaced or {})
        self._tokenizer, self._spec = open_spec(spec)
        start, end = describe_marks(self._spec["post_processor"])
        self.layout = layout.model_copy(
            update={"start_id": self._replace(start), "end_id": self._replace(end)}
        )
        # Now, so that what cannot be shipped is refused before anything is built.
        self._model = self._describe()

    def __len__(self) -> int:
        """How many ids there are."""
        return self._tokenizer.get_vocab_size(with_added_tokens=True)

    def __call__(self, texts: Sequence[str]) -> NDArray[np.int32]:
        """Token rows int32[n, layout.max_length]."""
        return make_rows(texts, self._segment, self.layout)

    @property
    def merges(self) -> Sequence[tuple[str, str]]:
        """Those of byte-pair encoding, by rank."""
        return [(left, right) for left, right in self._spec["model"].get("merges", ())]

    def segment(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text's pieces, without marks or padding."""
        return self._segment(canonicalize_all(texts, self.layout))

    def keep(self, kept: Sequence[int], _: Sequence[int] = ()) -> "PipelineTokenizer":
        """The same with these pieces alone; what others are merged from is among them."""
        places = number(kept)
        return PipelineTokenizer(
            renumber_spec(self._spec, places),
            renumber_layout(self.layout, places),
            cleaning=self._cleaning,
            replaced={places[a]: places[b] for a, b in self._replaced.items()},
        )

    def to_ref(self, file: CompressibleRef) -> PipelineRef:
        """The manifest's entry, given the file of the vocabulary."""
        return PipelineRef(file=file, **self.layout.model_dump())

    def to_manifest(self) -> PipelineModel:
        """What the browser needs to make the same rows."""
        return self._model

    def _segment(self, texts: Sequence[str]) -> list[list[int]]:
        cleaned = [self._cleaning.apply(text) for text in texts]
        encodings = self._tokenizer.encode_batch(cleaned, add_special_tokens=False)
        if not self._replaced:
            return [encoding.ids for encoding in encodings]
        return [[self._replaced.get(i, i) for i in encoding.ids] for encoding in encodings]

    def _replace(self, index: int | None) -> int | None:
        return None if index is None else self._replaced.get(index, index)

    def _describe(self) -> PipelineModel:
        patterns = PatternWriter()
        patterns.name_class("strip", known_spans()["white"])
        pieces, segmenter = describe_model(self._spec["model"])
        tokens = self._spec["added_tokens"]
        return PipelineModel(
            html=self._cleaning.html,
            clean=tuple(self._cleaning.describe(patterns)),
            normalizer=tuple(describe_normalizer(self._spec["normalizer"], patterns)),
            pre_tokenizer=tuple(describe_pre_tokenizer(self._spec["pre_tokenizer"], patterns)),
            added=self._describe_added([t for t in tokens if not t["normalized"]]),
            added_normalized=self._describe_added([t for t in tokens if t["normalized"]]),
            pieces=pieces,
            segmenter=segmenter,
            classes=patterns.classes,
        )

    def _describe_added(self, tokens: Sequence[Json]) -> tuple[AddedToken, ...]:
        normalizer = self._tokenizer.normalizer
        added: list[AddedToken] = []
        for token in tokens:
            if token["single_word"]:
                raise ModelError(
                    f"added_tokens: single_word of {token['content']!r} is not supported."
                )
            content, index = token["content"], int(token["id"])
            if token["normalized"] and normalizer:
                content = normalizer.normalize_str(content)
            added.append(
                AddedToken(
                    content=content,
                    id=self._replaced.get(index, index),
                    left_strip=token["lstrip"],
                    right_strip=token["rstrip"],
                )
            )
        return tuple(added)


def open_spec(spec: Json) -> tuple[Tokenizer, Json]:
    """The library's reader, and what it understood, in the form that its present version writes.

    Raises:
        ModelError: if it is not a tokenizer that the library reads.
    """
    _check_charsmaps(spec.get("normalizer"))
    try:
        tokenizer = Tokenizer.from_str(json.dumps({**spec, "truncation": None, "padding": None}))
    except Exception as error:  # the library has no class of its own
        raise ModelError(f"not a tokenizer of Hugging Face's: {first_line(error)}.") from None
    return tokenizer, json.loads(tokenizer.to_str())


def _check_charsmaps(normalizer: Any) -> None:
    """Follow the offsets of charsmaps, which the library trusts."""
    match normalizer:
        case {"type": "Sequence", "normalizers": [*children]}:
            for child in children:
                _check_charsmaps(child)
        case {"type": "Precompiled", "precompiled_charsmap": str() as charsmap}:
            try:
                blob = base64.b64decode(charsmap, validate=True)
            except binascii.Error:
                raise ModelError("normalizer: its precompiled_charsmap is not Base64.") from None
            check_charsmap(blob)
        case _:
            pass
