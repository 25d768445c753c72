"""How far what a model saw is from what the page shows."""

import functools
from collections.abc import Sequence

import numpy as np
from PIL import Image

from builder.cache import Cache, digest
from builder.embedding.embed import Input, embed_images
from builder.images.prepare import PreparedImage
from builder.images.preprocess import preprocess
from builder.model import ImageTextModel, Rows
from builder.progress import Progress

COMPARED_IMAGES = 8
"""Enough to tell; each one runs the tower once more."""


def measure_fidelity(
    model: ImageTextModel,
    images: Sequence[PreparedImage],
    zimg: Rows,
    *,
    cache: Cache,
    progress: Progress,
) -> float | None:
    """The least cosine between rows of what the model saw and of the JPEGs that the page shows.

    The page shows what its first model saw. The result is None for that model, and for all with the
    same preprocessing, if they saw exactly those pixels, or there are no images. `zimg` is
    float32[images, dim]; the first few images are compared.
    """
    compared = images[:COMPARED_IMAGES]
    if not compared:
        return None
    inputs: list[Input] = []
    for image in compared:
        if image.views[model.preprocessing].content == image.photo.jpeg:
            return None
        shown = preprocess(Image.fromarray(image.pixels), model.preprocessing)
        pixels = np.asarray(shown)
        load = functools.partial(np.asarray, shown)
        inputs.append(Input(f"{image.spec.file}, as shown", digest(pixels.tobytes()), load))
    rows = embed_images(model, inputs, cache=cache, progress=progress)
    return float(np.sum(rows * zimg[: len(compared)], axis=1).min())
