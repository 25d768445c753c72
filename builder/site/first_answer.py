"""What a page shows before its script has started: the answer for the first picture."""

from dataclasses import dataclass

import numpy as np

from builder.embedding.embed import Rows
from builder.embedding.matrix import StoredMatrix, decode_matrix
from builder.manifest import MatrixRef, SigmoidScoring, SiteManifest
from builder.site.bundle import Bundle
from builder.site.compression import decompress


@dataclass(frozen=True)
class Share:
    """A caption with its probability, between 0 and 1, also as a person reads it."""

    text: str
    probability: float

    @property
    def percent(self) -> str:
        """As the web app writes it (`formatPercent`)."""
        percent = 100 * self.probability
        if 0 < percent < 0.1:
            return "<0.1%"
        if 99.5 <= percent < 100:
            return ">99%"
        return f"{percent:.1f}%" if 0 < percent < 0.95 else f"{percent:.0f}%"


def answer_first_picture(bundle: Bundle[SiteManifest]) -> tuple[Share, ...]:
    """The first model's answer to the first picture's example prompts, the best first."""
    model, image = bundle.manifest.models[0], bundle.manifest.images[0]
    zimg = _read(bundle, model.image_embeddings)[image.id]
    ztxt = _read(bundle, model.prompt_embeddings)
    logits = model.scoring.scale * np.array(
        [ztxt[prompt.id] @ zimg for prompt in image.prompts], np.float64
    )
    if isinstance(model.scoring, SigmoidScoring):
        probabilities = 1 / (1 + np.exp(-(logits + model.scoring.bias)))
    else:
        weights = np.exp(logits - logits.max())
        probabilities = weights / weights.sum()
    shares = [
        Share(prompt.text, float(probability))
        for prompt, probability in zip(image.prompts, probabilities, strict=True)
    ]
    return tuple(sorted(shares, key=lambda share: -share.probability))


def _read(bundle: Bundle[SiteManifest], ref: MatrixRef) -> dict[str, Rows]:
    n, d = ref.shape
    content = decompress(ref, bundle.files[ref.url])
    stored = StoredMatrix(content, ref.dtype, (n, d), ref.scale)
    return dict(zip(ref.rows, decode_matrix(stored), strict=True))
