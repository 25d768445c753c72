"""Arrays as pictures, and arrays that are none."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from builder.errors import ImageError
from builder.images.arrays import take_picture, to_picture
from builder.images.open import open_picture
from tests.conftest import gradient
from tests.images.pictures import mean_colour, save

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


MODES = {
    "1": 200,
    "L": 200,
    "LA": 255,
    "La": 255,
    "P": 200,
    "PA": 255,
    "RGB": 200,
    "RGBA": 255,
    "RGBa": 255,
    "RGBX": 200,
    "CMYK": 200,
    "YCbCr": 200,
    "HSV": 200,
    "F": 200,
    "I": 200,
    "I;16": 200,
}
"""What a grey of 200, or a transparent picture, becomes in the first channel."""


@pytest.mark.parametrize("mode", MODES)
def test_pillow_images_of_every_mode_are_taken(mode: str):
    if mode == "I;16":
        picture = Image.fromarray(np.full((20, 20), 200 * 257, np.uint16))
    elif mode in ("La", "RGBa", "PA", "LA", "RGBA"):
        picture = Image.new({"La": "LA", "RGBa": "RGBA"}.get(mode, mode), (20, 20))
        picture = picture.convert(mode) if picture.mode != mode else picture
    else:
        picture = Image.new("RGB", (20, 20), (200, 200, 200))
        picture = picture.convert("L").convert(mode) if mode in "1FI" else picture.convert(mode)
    taken = take_picture(picture)
    assert taken.mode == "RGB"
    assert abs(mean_colour(taken)[0] - MODES[mode]) <= 4


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_pillow_image_takes_the_way_of_a_file(tmp_path: Path, orientation: int):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(gradient(120, 80), tmp_path / "a.png", exif=exif)
    with Image.open(path) as picture:
        taken = take_picture(picture)
        again = take_picture(picture)
    np.testing.assert_array_equal(np.asarray(taken), np.asarray(open_picture(path)))
    np.testing.assert_array_equal(np.asarray(again), np.asarray(taken))


def test_a_pillow_image_whose_file_is_cut_off_is_refused(tmp_path: Path):
    path = save(gradient(300, 300), tmp_path / "a.jpg")
    path.write_bytes(path.read_bytes()[:2000])
    with (
        Image.open(path) as picture,
        pytest.raises(ImageError, match="add_image: a picture of mode RGB: cut off or damaged"),
    ):
        take_picture(picture)


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (0, 5)),
        Image.fromarray(np.full((9, 9), 3.7, np.float32)),
        np.array(["a"]),
        np.array(None),
        np.full((4, 4, 3), 1j),
    ],
    ids=["empty", "floats", "texts", "None", "complex"],
)
def test_what_has_no_colours_is_refused(picture: Image.Image | np.ndarray):
    with pytest.raises(ImageError, match="add_image"):
        take_picture(picture)
