"""What a tuning begins with: a random text tower, or one in a folder."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np

from builder.model import ImageTextModel, Params
from builder.models.text_tower import VOCABULARY, read_text_tower_config, replace_text_tower
from builder.text.sentencepiece import SentencePieceTokenizer
from builder.towers.architecture import TransformerArchitecture, read_architecture
from builder.towers.text_transformer import TextTransformer
from builder.tuning.losses import Kind
from builder.tuning.student import Size, load_tokenizer, make_tower, train_tokenizer

_SCALE = {"softmax": 1 / 0.07, "sigmoid": 10.0}
"""First factors of cosines: those of CLIP and of SigLIP."""
_BIAS = -10.0
"""SigLIP's first bias, since nearly all pairs of a batch are none."""


@dataclass(frozen=True)
class Beginning:
    """A tower, its parameters with `text`, `log_scale` and `bias`, and its vocabulary."""

    tower: TextTransformer
    params: Params
    vocabulary: bytes
    length: int

    @property
    def tokenizer(self) -> SentencePieceTokenizer:
        """Texts to rows of `length` tokens."""
        return load_tokenizer(self.vocabulary, self.length)


def begin_from_scratch(
    dim: int,
    texts: Sequence[str],
    *,
    size: Size,
    vocabulary: int,
    length: int,
    kind: Kind,
    seed: int,
) -> Beginning:
    """A random tower with a vocabulary trained on the captions."""
    model = train_tokenizer(texts, vocabulary)
    tower = make_tower(size, dim, len(load_tokenizer(model, length)))
    tokens = jnp.zeros((1, length), jnp.int32)
    text = cast("Params", tower.init(jax.random.key(seed), tokens)["params"])
    return Beginning(tower, _with_scoring(text, _SCALE[kind], _bias(kind)), model, length)


def begin_from_tower(folder: Path, model: ImageTextModel, kind: Kind) -> Beginning:
    """The tower in a folder, which must have been made for the model.

    Raises:
        ModelError: if it was not, or cannot be read.
    """
    config = read_text_tower_config(folder)
    begun = replace_text_tower(model, folder)
    architecture = read_architecture(config.architecture).text
    assert isinstance(architecture, TransformerArchitecture), "as replace_text_tower checks"
    scoring = begun.scoring
    bias = scoring.bias if scoring.kind == "sigmoid" else _bias(kind)
    return Beginning(
        TextTransformer(**architecture.model_dump()),
        _with_scoring(begun.text_tower.params, scoring.scale, bias),
        (folder / VOCABULARY).read_bytes(),
        config.tokenizer.max_length,
    )


def _bias(kind: Kind) -> float:
    return _BIAS if kind == "sigmoid" else 0.0


def _with_scoring(text: Params, scale: float, bias: float) -> Params:
    return {
        "text": jax.tree.map(np.asarray, text),
        "log_scale": np.asarray(math.log(scale), np.float32),
        "bias": np.asarray(bias, np.float32),
    }
