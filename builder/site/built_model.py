"""What was computed for one model of a site."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from builder.conversion.image_encoder import ExportedImageEncoder
from builder.conversion.text_encoder import ExportedEncoder
from builder.embedding.embed import Embeddings
from builder.embedding.matrix import Dtype
from builder.manifest import Golden, ModelCard, Scoring
from builder.models.cut import VocabularyReport
from builder.text.reading import find_unread
from builder.text.tokenizer import CuttableTokenizer, Tokenizer

_HASH_DIGITS = 10


class DescribedModel(Protocol):
    """What a site says about a model, wherever its rows come from."""

    @property
    def id(self) -> str:
        """Its id in links."""
        ...

    @property
    def card(self) -> ModelCard:
        """What a visitor is told."""
        ...

    @property
    def dim(self) -> int:
        """Columns of its rows."""
        ...

    @property
    def scoring(self) -> Scoring:
        """What turns cosines into probabilities."""
        ...

    @property
    def tokenizer(self) -> Tokenizer | None:
        """None for a model that answers only its example prompts."""
        ...


@dataclass(frozen=True)
class BuiltModel:
    """Everything that was computed for one model; `texts` are the rows of the text embeddings.

    `dtype` is how rows are shipped. `fidelity` is the least cosine between what the model saw and
    what the page shows, if they differ. `vocabulary` is what cutting it did, if it was cut.
    `problems` is what the author should know.
    """

    model: DescribedModel
    embeddings: Embeddings
    texts: tuple[str, ...]
    goldens: tuple[Golden, ...]
    encoder: ExportedEncoder | None
    image_encoder: ExportedImageEncoder | None = None
    dtype: Dtype = "float16"
    fidelity: float | None = None
    vocabulary: VocabularyReport | None = None
    problems: tuple[str, ...] = ()

    @cached_property
    def unread(self) -> Mapping[str, str]:
        """The ends of texts that do not fit the text tower, by the text."""
        tokenizer = self.model.tokenizer
        if not isinstance(tokenizer, CuttableTokenizer):
            return {}
        return find_unread(tokenizer, self.texts)


def row_id(text: str) -> str:
    """The id of a text's embedding row: the same text has the same id in every model."""
    return f"p-{hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]}"
