"""Arrays as pictures, and arrays that are none."""

import re

import numpy as np
import pytest

from builder.errors import ImageError
from builder.images.arrays import to_picture

SQUARE = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)


@pytest.mark.parametrize(
    ("array", "mode"),
    [(SQUARE[..., 0], "L"), (SQUARE, "RGB"), (np.zeros((2, 5, 4), np.uint8), "RGBA")],
)
def test_bytes_are_the_picture(array: np.ndarray, mode: str):
    picture = to_picture(array)
    assert picture.mode == mode
    assert picture.size == (array.shape[1], array.shape[0])
    np.testing.assert_array_equal(np.asarray(picture), array)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_from_0_to_1_are_rounded_to_bytes(dtype: type):
    picture = to_picture(np.array([[0, 0.5, 1], [0.001, 0.003, 0.999]], dtype))
    np.testing.assert_array_equal(np.asarray(picture), [[0, 128, 255], [0, 1, 255]])


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros(3, np.uint8), "an array of shape (3,)"),
        (np.zeros((2, 2, 2), np.uint8), "an array of shape (2, 2, 2)"),
        (np.zeros((1, 2, 2, 3), np.uint8), "an array of shape (1, 2, 2, 3)"),
        (np.zeros((0, 2, 3), np.uint8), "an array of shape (0, 2, 3)"),
        (np.full((2, 2), 1.01), "0 to 1"),
        (np.full((2, 2), -0.01), "0 to 1"),
        (np.full((2, 2), np.nan), "0 to 1"),
        (np.full((2, 2), np.inf), "0 to 1"),
        (np.zeros((2, 2), np.int64), "an array of int64"),
        (np.zeros((2, 2), bool), "an array of bool"),
    ],
)
def test_other_arrays_are_refused(array: np.ndarray, message: str):
    with pytest.raises(ImageError, match=rf"add_image: .*{re.escape(message)}"):
        to_picture(array)
