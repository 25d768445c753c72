"""Pictures that are arrays, as in a notebook."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from builder.errors import ImageError


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
