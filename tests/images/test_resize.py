"""TensorFlow's bilinear kernel, against pixels that TensorFlow itself made."""

from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from PIL import Image

from builder.images.preprocess import preprocess
from builder.images.resize import resize_tf_bilinear
from builder.model import Preprocessing
from tests.shared import SHARED, needs

GOLDENS = SHARED / "goldens" / "preprocess"


@pytest.mark.parametrize("fit", ["crop", "squash"])
@pytest.mark.parametrize("name", ["wide", "tall", "small", "square"])
def test_small_pictures_become_what_tensorflow_makes_of_them(
    name: str, fit: Literal["crop", "squash"]
):
    with np.load(Path(__file__).parents[1] / "golden" / "resize.npz") as goldens:
        picture, expected = goldens[f"{name}/picture"], goldens[f"{name}/{fit}"]
    size = len(expected)
    found = preprocess(Image.fromarray(picture), Preprocessing(size, "tf-bilinear", fit))
    np.testing.assert_array_equal(np.asarray(found), expected)


@needs(GOLDENS)
@pytest.mark.parametrize("fit", ["crop", "squash"])
@pytest.mark.parametrize("name", ["cat", "koala", "cup"])
def test_pixels_equal_those_of_vit_jax(name: str, fit: Literal["crop", "squash"]):
    picture = Image.open(GOLDENS / f"{name}.png").convert("RGB")
    with np.load(GOLDENS / "expected_uint8.npz") as goldens:
        expected = goldens[f"{name}/{fit}"]
    found = preprocess(picture, Preprocessing(resize="tf-bilinear", fit=fit))
    np.testing.assert_array_equal(np.asarray(found), expected)


def test_pixels_between_two_are_weighed_and_fractions_cut_off():
    row = np.array([[[0, 0, 0], [10, 100, 255]]], np.uint8)
    # Twice as wide, the new centres lie at -1/4, 1/4, 3/4 and 5/4; outside, the edge goes on.
    np.testing.assert_array_equal(
        resize_tf_bilinear(row, 4, 1),
        [[[0, 0, 0], [2, 25, 63], [7, 75, 191], [10, 100, 255]]],
    )


def test_pixels_are_skipped_where_a_picture_shrinks():
    column = np.array([[0], [255], [0], [255], [0], [255]], np.uint8)[..., None].repeat(3, axis=2)
    # Of every three pixels the middle one counts, and the others not at all.
    np.testing.assert_array_equal(resize_tf_bilinear(column, 1, 2)[:, 0, 0], [255, 0])


def test_a_part_is_that_part_of_the_whole():
    pixels = np.random.default_rng(0).integers(0, 256, (37, 53, 3), np.uint8)
    whole = resize_tf_bilinear(pixels, 29, 61)
    part = resize_tf_bilinear(pixels, 29, 61, slice(5, 44), slice(3, 20))
    np.testing.assert_array_equal(part, whole[5:44, 3:20])
