"""What a model with a library's own preprocessing sees, and what the page shows of it."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from builder.cache import Cache
from builder.images.library import preprocess_as_library
from builder.images.prepare import prepare_image, prepare_images, see
from builder.model import Preprocessing
from tests.conftest import gradient, jpeg_bytes
from tests.images.pictures import save
from tests.images.test_prepare import image_spec

CLIP = Preprocessing(32, "bicubic", "crop", "transformers")
SQUASH = Preprocessing(32, "bilinear", "squash", "transformers")


@pytest.mark.parametrize(
    ("width", "height", "library", "left"),
    [
        # The longer side becomes 35 pixels: 1.5 are cut off before the middle.
        (70, 64, "transformers", 1),
        (70, 64, "open_clip", 2),
        # 33: half a pixel, to the even neighbour.
        (66, 64, "transformers", 0),
        (66, 64, "open_clip", 0),
    ],
)
def test_half_a_pixel_is_rounded_as_the_library_does(
    width: int, height: int, library: Any, left: int
):
    picture = gradient(width, height)
    preprocessing = Preprocessing(32, "bicubic", "crop", library)
    resized = picture.resize((width // 2, 32), Image.Resampling.BICUBIC)
    expected = np.asarray(resized)[:, left : left + 32]
    np.testing.assert_array_equal(see(picture, preprocessing), expected)


def test_the_middle_of_a_larger_picture_is_cut_out():
    picture = gradient(96, 64)
    seen = preprocess_as_library(picture, Preprocessing(24, "lanczos", "crop", "transformers", 32))
    resized = picture.resize((48, 32), Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(np.asarray(seen), np.asarray(resized)[4:28, 12:36])


@pytest.mark.parametrize("library", ["transformers", "open_clip"])
def test_what_is_outside_of_the_picture_is_black(library: Any):
    picture = Image.new("RGB", (64, 32), "white")
    seen = see(picture, Preprocessing(32, "bicubic", "pad", library))
    assert seen[8:24].min() == 255
    assert seen[:8].max() == seen[24:].max() == 0


def test_a_model_sees_the_whole_picture_and_the_page_shows_its_middle(tmp_path: Path):
    path = save(gradient(96, 64), tmp_path / "a.png")
    image = prepare_image(image_spec(path), (SQUASH,))
    view = image.views[SQUASH]
    np.testing.assert_array_equal(view.pixels, see(gradient(96, 64), SQUASH))
    middle = gradient(96, 64).crop((16, 0, 80, 64)).resize((32, 32), Image.Resampling.BICUBIC)
    difference = np.asarray(middle, int) - np.asarray(Image.open(io.BytesIO(image.photo.jpeg)))
    assert np.abs(difference).max() < 12, "the page shows the middle, in its proportions"


@pytest.mark.parametrize("fields", [{"crop": [16, 0, 80, 64]}, {"focal_point": [0.5, 0.5]}])
def test_a_picture_that_the_author_cut_is_seen_as_shown(tmp_path: Path, fields: dict[str, Any]):
    path = save(gradient(96, 64), tmp_path / "a.png")
    image = prepare_image(image_spec(path, **fields), (SQUASH,))
    middle = gradient(96, 64).crop((16, 0, 80, 64))
    np.testing.assert_array_equal(image.views[SQUASH].pixels, see(middle, SQUASH))


def test_a_jpeg_of_the_right_size_is_shown_as_it_is(tmp_path: Path):
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg_bytes(gradient(32, 32), quality=70))
    view = prepare_image(image_spec(path), (CLIP,)).views[CLIP]
    np.testing.assert_array_equal(view.pixels, np.asarray(Image.open(path)))
    np.testing.assert_array_equal(
        np.asarray(Image.open(io.BytesIO(view.photo.jpeg))), np.asarray(Image.open(path))
    )


def test_exact_pixels_come_back_from_the_cache(tmp_path: Path):
    cache = Cache(tmp_path / "cache")
    spec = image_spec(save(gradient(96, 64), tmp_path / "a.png"))
    kinds = (Preprocessing(32), CLIP, SQUASH)
    first, again = (prepare_images([spec], kinds, cache=cache).images[0] for _ in range(2))
    for kind in kinds:
        np.testing.assert_array_equal(again.views[kind].pixels, first.views[kind].pixels)
        assert again.views[kind].photo == first.views[kind].photo
    assert again.display == first.display
    assert again.thumbnail == first.thumbnail
