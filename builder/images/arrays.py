"""Pictures that are objects in Python, as in a notebook."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from builder.errors import ImageError
from builder.images.colour import to_upright_rgb
from builder.images.open import decoding


def take_picture(given: Image.Image | NDArray[Any]) -> Image.Image:
    """A Pillow image or an array as `open_picture` would give it from a file: upright RGB in sRGB.

    Raises:
        ImageError: if it cannot be used; it begins with "add_image".
    """
    picture = given if isinstance(given, Image.Image) else to_picture(np.asarray(given))
    try:
        with decoding():
            return to_upright_rgb(picture)
    except ImageError as error:
        message = f"add_image: a picture of mode {picture.mode}: {error.message}"
        raise ImageError(message, error.remedy) from None


def to_picture(array: NDArray[Any]) -> Image.Image:
    """The picture in an array [height, width] or [height, width, 3 or 4], uint8 or floats 0 to 1.

    Raises:
        ImageError: if its shape or its numbers are not like that.
    """
    shape_fits = array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))
    if not shape_fits or array.size == 0:
        raise ImageError(
            f"add_image: an array of shape {array.shape} is not a picture; expected [height, width]"
            " or [height, width, 3 or 4]."
        )
    if np.issubdtype(array.dtype, np.floating):
        # Written so that NaN, which is neither within nor beyond a limit, fails.
        if not (array.min() >= 0 and array.max() <= 1):
            raise ImageError(
                "add_image: a picture's floats must all be from 0 to 1; these are not."
            )
        array = np.rint(array * 255).astype(np.uint8)
    if array.dtype != np.uint8:
        raise ImageError(
            f"add_image: an array of {array.dtype} is not a picture; expected uint8 or floats."
        )
    return Image.fromarray(array)
