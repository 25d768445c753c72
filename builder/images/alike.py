"""Pictures that look the same, such as one that was saved twice."""

import io
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

from builder.images.prepare import PreparedImage

_SIDE = 16
_SAME = 0.98
"""Correlation of two pictures, at 16 x 16 grey pixels, from which they look the same."""
_MOST = 5_000
"""Pictures that are compared, each with each."""


def find_alike(images: Sequence[PreparedImage]) -> Iterator[tuple[str, str]]:
    """Pairs of ids, each with the first picture that looks like it."""
    compared = images[:_MOST]
    if len(compared) < 2:
        return
    rows = np.stack([_blur(image) for image in compared])
    for i in range(1, len(rows)):
        correlations = rows[:i] @ rows[i]
        first = int(np.argmax(correlations > _SAME))
        if correlations[first] > _SAME:
            yield compared[first].spec.id, compared[i].spec.id


def _blur(image: PreparedImage) -> np.ndarray:
    """float32[256]: the grey picture, with mean 0 and length 1; zeros where it is all one grey."""
    with Image.open(io.BytesIO(image.thumbnail.jpeg)) as thumbnail:
        grey = thumbnail.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    pixels = np.asarray(grey, np.float32).reshape(-1)
    pixels -= pixels.mean()
    return pixels / max(float(np.linalg.norm(pixels)), 1.0)
