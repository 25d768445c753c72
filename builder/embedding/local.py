"""The engine for this machine: threads read pictures while all of its devices compute."""

import functools
from collections.abc import Generator, Iterable
from contextlib import closing
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from builder.embedding.pictures import (
    EmbeddedPicture,
    Numbered,
    PictureRecord,
    check_readable,
    see_picture,
)
from builder.embedding.stream import BatchRunner, load_ahead
from builder.model import ImageTextModel
from builder.progress import Progress

_Batch = tuple[list[PictureRecord], NDArray[np.uint8]]


def embed_locally(
    model: ImageTextModel,
    pictures: Iterable[Numbered],
    *,
    thumbnails: bool = True,
    progress: Progress,
) -> Generator[EmbeddedPicture]:
    """The rows of pictures, in order; about four batches of them are in memory.

    Raises:
        ModelError: if the tower returns rows of the wrong size or that are not finite.
    """
    from builder.embedding.devices import BATCH_LIMITS, place_tower, see_bytes

    tower, fast = see_bytes(model.load_image())
    size = model.preprocessing.size
    placed = place_tower(tower, (size, size, 3), np.uint8, None, BATCH_LIMITS["images"])
    runner = BatchRunner(placed, fast, progress.say)
    with closing(_load_batches(model, pictures, thumbnails, runner.batch_size)) as batches:
        for records, rows in runner.run(batches):
            check_readable(records, rows, model.id, model.dim)
            yield from zip(records, rows, strict=True)


def _load_batches(
    model: ImageTextModel, pictures: Iterable[Numbered], thumbnails: bool, size: int
) -> Generator[_Batch]:
    """Batches of `size` pictures, the last perhaps smaller, while the next two are being loaded."""
    see = functools.partial(see_picture, preprocessing=model.preprocessing, thumbnails=thumbnails)
    loading = load_ahead(pictures, see, 2 * size)
    with closing(loading):
        loaded = (seen for _, seen in loading)
        while batch := list(islice(loaded, size)):
            yield [record for record, _ in batch], np.stack([pixels for _, pixels in batch])
