"""TensorFlow's bilinear kernel, which published image towers were trained and scored with.

It skips pixels where Pillow would average them, so with another kernel a tower sees something else.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_ALL = slice(None)


def resize_tf_bilinear(
    pixels: NDArray[np.uint8], width: int, height: int, rows: slice = _ALL, columns: slice = _ALL
) -> NDArray[np.uint8]:
    """uint8[h, w, 3] to uint8[height, width, 3], bit for bit as `vit_jax.preprocess` does it.

    This is `tf.image.resize(method="bilinear")`: no antialiasing, pixels centred at one half,
    float32 throughout, first along rows and then between them; then a cast that cuts off fractions.
    Of the result, only the pixels in `rows` and `columns` are computed and returned.
    """
    upper, lower, down = _interpolate(pixels.shape[0], height, rows)
    left, right, across = _interpolate(pixels.shape[1], width, columns)

    top, bottom = (
        _between(pixels[np.ix_(lines, left)], pixels[np.ix_(lines, right)], across[:, None])
        for lines in (upper, lower)
    )
    return _between(top, bottom, down[:, None, None]).astype(np.uint8)


def _between(
    start: NDArray[Any], end: NDArray[Any], share: NDArray[np.float32]
) -> NDArray[np.float32]:
    """`start + (end - start) * share`, where both may still be uint8."""
    blend = end.astype(np.float32) - start
    blend *= share
    blend += start
    return blend


def _interpolate(
    length: int, target: int, wanted: slice
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """For each new pixel, the two old ones around it, and how far it is towards the second."""
    scale, half = np.float32(length) / np.float32(target), np.float32(0.5)
    place = (np.arange(target, dtype=np.float32)[wanted] + half) * scale - half
    floor = np.floor(place)
    first = np.maximum(floor, 0).astype(np.intp)
    second = np.minimum(np.ceil(place), length - 1).astype(np.intp)
    return first, second, (place - floor).astype(np.float32)
