"""What the pipeline needs of a model, whichever family it comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from builder.manifest import Scoring
from builder.text.sentencepiece import SentencePieceTokenizer

Params = Any
"""A pytree of arrays."""


class TextApply(Protocol):
    """The text tower as a JAX function: int32[n, l] token rows to float32[n, d] unit rows."""

    def __call__(self, params: Params, tokens: Any, /) -> Any:
        """Parameters and token rows to unit rows."""
        ...


@dataclass(frozen=True)
class TowerFunctions:
    """The two towers, ready to run.

    `embed_images` takes float32[n, 224, 224, 3] in [-1, 1] to float32[n, d] unit rows.
    """

    embed_images: Callable[[NDArray[np.float32]], NDArray[np.float32]]
    text_apply: TextApply
    text_params: Params


@dataclass(frozen=True)
class ModelCard:
    """What a visitor is told about a model."""

    name: str
    description: str
    image_tower: str
    text_tower: str
    license: str
    source: str | None


@dataclass(frozen=True)
class Towers:
    """A two-tower model. Weights are read when they are first needed.

    The fingerprints are hashes of everything an embedding depends on, so that results can be kept.
    """

    id: str
    card: ModelCard
    dim: int
    scoring: Scoring
    tokenizer: SentencePieceTokenizer
    image_fingerprint: str
    text_fingerprint: str
    load: Callable[[], TowerFunctions]

    @cached_property
    def functions(self) -> TowerFunctions:
        """The towers with their weights."""
        return self.load()

    def embed_images(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """zimg, float32[n, d] unit rows, of float32[n, 224, 224, 3] in [-1, 1]."""
        return np.asarray(self.functions.embed_images(images))

    def embed_tokens(self, tokens: NDArray[np.int32]) -> NDArray[np.float32]:
        """ztxt, float32[n, d] unit rows, of token rows int32[n, l]."""
        return np.asarray(self._jitted_text(self.functions.text_params, tokens))

    @cached_property
    def _jitted_text(self) -> TextApply:
        import jax

        return jax.jit(self.functions.text_apply)
