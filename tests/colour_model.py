"""A model of an author's own that knows colours."""

from typing import Any

import jax.numpy as jnp
import numpy as np

import builder
from builder.manifest import RowLayout
from builder.text.sentencepiece import SentencePieceTokenizer
from tests.towers.checkpoints import VOCABULARY


def colour_model() -> builder.TwoTowerModel:
    """A model of four numbers: a picture's mean colour, and a text's mean of random rows."""
    tokenizer = SentencePieceTokenizer.load(VOCABULARY, RowLayout(max_length=8, end_id=1, pad_id=1))
    size = len(tokenizer.to_manifest().pieces)
    table = np.random.default_rng(0).normal(size=(size, 4)).astype(np.float32)

    def embed_images(params: Any, images: Any) -> Any:
        return jnp.mean(images, axis=(1, 2)) @ params

    def embed_texts(params: Any, tokens: Any) -> Any:
        return jnp.take(params, tokens, axis=0).mean(axis=1)

    return builder.TwoTowerModel(
        image=builder.Tower(embed_images, np.eye(3, 4, dtype=np.float32)),
        text=builder.Tower(embed_texts, table),
        tokenizer=tokenizer,
        scale=10.0,
        name="Colours",
    )
