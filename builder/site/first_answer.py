"""What a page shows before its script has started: the answer for the first picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from builder.embedding.embed import Rows
from builder.embedding.matrix import StoredMatrix, decode_matrix
from builder.manifest import MatrixRef, SigmoidScoring, SiteManifest
from builder.site.bundle import Bundle
from builder.site.compression import decompress

_CHANCE = 95
"""As in the web app (`fitsNone`)."""


@dataclass(frozen=True)
class Share:
    """A caption with its probability, between 0 and 1, and the end of it that was not read."""

    text: str
    probability: float
    unread: str = ""


@dataclass(frozen=True)
class FirstAnswer:
    """Shares of captions, the best first.

    `fits_none` says that all fit no better than captions of other pictures do.
    """

    shares: tuple[Share, ...]
    fits_none: bool


def answer_first_picture(bundle: Bundle[SiteManifest]) -> FirstAnswer:
    """The first model's answer to the first picture's example prompts."""
    model, image = bundle.manifest.models[0], bundle.manifest.images[0]
    (zimg,) = _read(bundle, model.image_embeddings, [image.id])
    ztxt = _read(bundle, model.prompt_embeddings, [prompt.id for prompt in image.prompts])
    cosines = np.array([row @ zimg for row in ztxt], np.float64)
    logits = model.scoring.scale * cosines
    fits_none = False
    if isinstance(model.scoring, SigmoidScoring):
        probabilities = 1 / (1 + np.exp(-(logits + model.scoring.bias)))
    else:
        weights = np.exp(logits - logits.max())
        probabilities = weights / weights.sum()
        below = np.sum(np.array(model.chance)[:, None] < cosines, axis=0)
        fits_none = bool(model.chance) and len(cosines) > 1 and bool(np.all(below < _CHANCE))
    shares = [
        Share(prompt.text, float(probability), model.unread.get(prompt.id, ""))
        for prompt, probability in zip(image.prompts, probabilities, strict=True)
    ]
    return FirstAnswer(
        tuple(sorted(shares, key=lambda share: -share.probability)), fits_none=fits_none
    )


def _read(bundle: Bundle[SiteManifest], ref: MatrixRef, ids: Sequence[str]) -> list[Rows]:
    """The rows of these ids; a matrix may have many thousands of others."""
    n, d = ref.shape
    content = decompress(ref, bundle.files[ref.url])
    size = len(content) // n
    places = [size * ref.rows.index(row) for row in ids]
    stored = [content[place : place + size] for place in places]
    return [decode_matrix(StoredMatrix(row, ref.dtype, (1, d), ref.scale))[0] for row in stored]
