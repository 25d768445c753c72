"""How far what a model saw is from what the page shows."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from builder.embedding import fidelity
from builder.embedding.embed import Input
from builder.embedding.fidelity import COMPARED_IMAGES, measure_fidelity
from builder.images.prepare import PreparedImage, prepare_image
from builder.model import Preprocessing
from builder.spec.images import ImageSpec
from tests.conftest import gradient

SHOWN = Preprocessing(32)
OTHER = Preprocessing(16, "tf-bilinear")


@pytest.fixture
def image(tmp_path: Path) -> PreparedImage:
    gradient(60, 50).save(tmp_path / "a.png")
    table = {"file": "a.png", "description": "A picture.", "prompts": ["a"]}
    return prepare_image(ImageSpec.model_validate(table, context=tmp_path), (SHOWN, OTHER))


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[Input]:
    """What is embedded, instead of embedding it: every row is [0.6, 0.8]."""
    seen: list[Input] = []

    def embed(model: object, inputs: Sequence[Input], **tools: object) -> np.ndarray:
        seen.extend(inputs)
        return np.tile(np.array([[0.6, 0.8]], np.float32), (len(inputs), 1))

    monkeypatch.setattr(fidelity, "embed_images", embed)
    return seen


def measure(preprocessing: Preprocessing, images: list[PreparedImage], zimg: Any) -> float | None:
    model: Any = SimpleNamespace(preprocessing=preprocessing)
    tools: Any = {"cache": None, "progress": None}
    return measure_fidelity(model, images, np.asarray(zimg, np.float32), **tools)


def test_a_model_that_saw_what_is_shown_is_not_measured(
    image: PreparedImage, embedded: list[Input]
):
    assert measure(SHOWN, [image], [[1, 0]]) is None
    assert embedded == []


def test_the_picture_of_the_page_is_embedded_as_the_model_would_see_it(
    image: PreparedImage, embedded: list[Input]
):
    assert measure(OTHER, [image], [[0.6, 0.8]]) == pytest.approx(1)
    (shown,) = embedded
    assert shown.load().shape == (16, 16, 3)
    assert "a.png, as shown" in shown.name
    assert not np.array_equal(shown.load(), image.views[OTHER].pixels)


def test_the_least_cosine_of_the_first_images_counts(image: PreparedImage, embedded: list[Input]):
    zimg = [[0.6, 0.8]] * COMPARED_IMAGES + [[-1, 0]]
    zimg[3] = [1, 0]
    assert measure(OTHER, [image] * len(zimg), zimg) == pytest.approx(0.6)
    assert len(embedded) == COMPARED_IMAGES
