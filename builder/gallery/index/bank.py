"""Sentences that an index is made for and measured with: those that visitors may type.

They are a demo's prompts and captions of the built-in grammar, which needs no download.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.cache import Cache
from builder.embedding.corpus import embed_corpus
from builder.model import ImageTextModel
from builder.progress import Progress
from builder.text.captions import draw_captions

_LEAST = 8000
_PER_ROOT = 48
"""Sentences to learn from: so many times the square root of the number of pictures, which is how
many lists these will be in, and at least `_LEAST`."""

_HELD_OUT = 1000
_SEED = 0


@dataclass(frozen=True)
class Bank:
    """Unit rows of sentences: float32[n, dim] to learn from, float32[m, dim] to measure with."""

    training: NDArray[np.float32]
    held_out: NDArray[np.float32]


def make_bank(
    model: ImageTextModel,
    prompts: Sequence[str],
    pictures: int,
    *,
    cache: Cache,
    progress: Progress,
) -> Bank:
    """Embed sentences with the text tower of a model, more for more pictures.

    Of the prompts, too, a share is only measured with.
    """
    texts = draw_captions(max(_LEAST, round(_PER_ROOT * math.sqrt(pictures))) + _HELD_OUT)
    drawn = frozenset(texts)
    distinct = [text for text in dict.fromkeys(prompts) if text not in drawn]
    random.Random(_SEED).shuffle(distinct)
    share = len(distinct) * _HELD_OUT // len(texts)
    ordered = [*distinct[:share], *texts, *distinct[share:]]
    rows = embed_corpus(model, ordered, cache=cache, progress=progress).astype(np.float32)
    held_out = _HELD_OUT + share
    return Bank(rows[held_out:], rows[:held_out])
