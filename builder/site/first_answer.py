"""What a page shows before its script has started: the answer for the first picture."""

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
    """A caption with its probability, between 0 and 1."""

    text: str
    probability: float


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
    zimg = _read(bundle, model.image_embeddings)[image.id]
    ztxt = _read(bundle, model.prompt_embeddings)
    cosines = np.array([ztxt[prompt.id] @ zimg for prompt in image.prompts], np.float64)
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
        Share(prompt.text, float(probability))
        for prompt, probability in zip(image.prompts, probabilities, strict=True)
    ]
    return FirstAnswer(
        tuple(sorted(shares, key=lambda share: -share.probability)), fits_none=fits_none
    )


def _read(bundle: Bundle[SiteManifest], ref: MatrixRef) -> dict[str, Rows]:
    n, d = ref.shape
    content = decompress(ref, bundle.files[ref.url])
    stored = StoredMatrix(content, ref.dtype, (n, d), ref.scale)
    return dict(zip(ref.rows, decode_matrix(stored), strict=True))
