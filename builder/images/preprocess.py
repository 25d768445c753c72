"""The square of a picture that a model expects."""

from typing import TypeAlias

import numpy as np
from PIL import Image

from builder.images.library import preprocess_as_library
from builder.images.resize import resize_tf_bilinear
from builder.model import Preprocessing

Point: TypeAlias = tuple[float, float]
"""A place as fractions of a picture's width and height."""

CENTRE: Point = (0.5, 0.5)


def preprocess(
    picture: Image.Image, preprocessing: Preprocessing, focal_point: Point = CENTRE
) -> Image.Image:
    """The square of `preprocessing.size` pixels that a model expects, around the focal point.

    A library has no focal point. With "tf-bilinear" and the centre, this is what
    `vit_jax.preprocess` makes, with `crop=True` or, for "squash", without.
    """
    if preprocessing.library:
        return preprocess_as_library(picture, preprocessing)
    size = preprocessing.size
    if preprocessing.fit == "squash":
        if preprocessing.resize == "bicubic":
            return resize_bicubic(picture, size)
        return Image.fromarray(resize_tf_bilinear(np.asarray(picture), size, size))
    if preprocessing.resize == "bicubic":
        return resize_bicubic(crop_square(picture, focal_point), size)
    # vit_jax first brings the shorter side to `size`, then cuts off what is left of the longer one.
    scale = np.float32(size) / np.float32(min(picture.size))
    width, height = (round(float(np.float32(side) * scale)) for side in picture.size)
    left, top = map(int, _place_square(width, height, focal_point))
    rows, columns = slice(top, top + size), slice(left, left + size)
    return Image.fromarray(resize_tf_bilinear(np.asarray(picture), width, height, rows, columns))


def crop_square(picture: Image.Image, focal_point: Point = CENTRE) -> Image.Image:
    """The largest square whose centre is as near to the focal point as possible."""
    left, top = map(round, _place_square(picture.width, picture.height, focal_point))
    side = min(picture.size)
    return picture.crop((left, top, left + side, top + side))


def _place_square(width: int, height: int, focal_point: Point) -> tuple[float, float]:
    """Left and top of the largest square in a picture of that size."""
    side = min(width, height)
    left = min(max(focal_point[0] * width - side / 2, 0), width - side)
    top = min(max(focal_point[1] * height - side / 2, 0), height - side)
    return left, top


def resize_bicubic(picture: Image.Image, size: int) -> Image.Image:
    """A square of `size` pixels a side."""
    return picture.resize((size, size), Image.Resampling.BICUBIC)
