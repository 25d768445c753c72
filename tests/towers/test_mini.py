"""The default model, from its committed files."""

from pathlib import Path
from typing import get_args

import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

from builder.errors import ModelError
from builder.model import ImageTextModel
from builder.models.load import load_model
from builder.resources import data_folder
from builder.spec.models import ModelSpec
from builder.towers.efficientnet import SIZES
from builder.towers.efficientnet import Variant as ImageVariant
from builder.towers.mini import Variant, load_image_tower, load_text_tower, project_classes

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module", params=get_args(Variant))
def mini(request: pytest.FixtureRequest) -> ImageTextModel:
    return load_model(ModelSpec(name=f"mini-{request.param}"))


def embed_texts(mini: ImageTextModel, *texts: str) -> np.ndarray:
    return mini.text_tower(mini.tokenizer(texts))


def open_images(size: int, *names: str) -> np.ndarray:
    squares = [Image.open(DATA / "images" / n).convert("RGB").resize((size, size)) for n in names]
    return np.stack([np.asarray(s, np.float32) for s in squares]) / 127.5 - 1


def embed_images(mini: ImageTextModel, *names: str) -> np.ndarray:
    return mini.load_image()(open_images(mini.preprocessing.size, *names))


@pytest.mark.slow
def test_both_towers_give_unit_rows_of_one_space(mini: ImageTextModel) -> None:
    zimg = embed_images(mini, "panda.jpg", "dam.jpg")
    ztxt = embed_texts(mini, "a panda", "", "漢字")
    assert zimg.shape == (2, mini.dim)
    assert ztxt.shape == (3, mini.dim)
    np.testing.assert_allclose(np.linalg.norm(zimg, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(ztxt, axis=1), 1, atol=1e-5)


@pytest.mark.slow
def test_plain_captions_find_their_photographs(mini: ImageTextModel) -> None:
    ztxt = embed_texts(mini, "a giant panda", "a photo of a polar bear", "a hammer", "a castle")
    zimg = embed_images(mini, "panda.jpg", "polar-bear.jpg", "hammer.jpg", "castle.jpg")
    similarity = ztxt @ zimg.T
    assert similarity.argmax(axis=0).tolist() == [0, 1, 2, 3]
    assert similarity.argmax(axis=1).tolist() == [0, 1, 2, 3]


@pytest.mark.slow
def test_both_image_towers_place_a_picture_alike() -> None:
    names = ("panda.jpg", "dam.jpg", "hammer.jpg")
    variants: tuple[ImageVariant, ...] = get_args(ImageVariant)
    folder = data_folder() / "models/mini"
    lite0, lite2 = (load_image_tower(folder, v)(open_images(SIZES[v], *names)) for v in variants)
    similarity = lite0 @ lite2.T
    assert similarity.argmax(axis=1).tolist() == [0, 1, 2]
    assert similarity.diagonal().min() > 0.7


def test_improbable_classes_hardly_move_an_image() -> None:
    logits = jnp.array([[9.0, 0.0, -5.0], [9.0, -3.0, -8.0]])
    zimg = project_classes(logits, jnp.eye(3), floor=0.01)
    assert float(zimg[0] @ zimg[1]) > 0.999


def test_missing_files_are_reported_with_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=str(tmp_path)):
        load_text_tower(tmp_path, "tiny")
