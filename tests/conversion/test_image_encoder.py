"""The image tower for devices: exported, compared on pictures, kept, and chosen anew if need be."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from rich.console import Console

from builder.cache import Cache
from builder.conversion import image_encoder
from builder.conversion.image_encoder import (
    INPUT,
    MODEL,
    OUTPUT,
    ExportedImageEncoder,
    export_image_encoder,
    make_pattern,
)
from builder.model import ImageTextModel, PageTower, Preprocessing, Tower
from builder.progress import Progress
from builder.tfjs.runtime import Runtime
from tests.embedding.test_embed import DIM, SIZE, make_inputs, make_model, random_pixels

RNG = np.random.default_rng(0)
PARAMS = {
    "filters": RNG.normal(size=(3, 3, 3, 64)).astype(np.float32),
    "head": RNG.normal(size=(64, DIM)).astype(np.float32),
}
TEXTS = np.eye(2, DIM, dtype=np.float32)


def _apply(params: Any, images: Any) -> Any:
    dims = ("NHWC", "HWIO", "NHWC")
    x = jax.lax.conv_general_dilated(images, params["filters"], (2, 2), "SAME", None, None, dims)
    x = jax.nn.relu(x).mean((1, 2)) @ params["head"]
    return x / jnp.linalg.norm(x, axis=1, keepdims=True)


TOWER = Tower(_apply, PARAMS)
MODEL_OF_TEST = make_model(lambda: TOWER)
PIXELS = random_pixels(3)


def export(
    folder: Path,
    model: ImageTextModel = MODEL_OF_TEST,
    choices: Sequence[Sequence[int]] = ((),) * 3,
) -> ExportedImageEncoder:
    return export_image_encoder(
        model,
        make_inputs(PIXELS),
        TEXTS,
        choices=choices,
        cache=Cache(folder / "cache"),
        progress=Progress(Console(quiet=True)),
    )


def test_devices_compute_the_rows_of_the_tower_from_pixels(tmp_path: Path):
    encoder = export(tmp_path)
    assert (encoder.quantization, encoder.pictures) == ("int8", 3)
    assert 0.9995 <= encoder.min_cosine < 1
    with Runtime() as runtime:
        runtime.load({MODEL: encoder.model, **encoder.weights})
        found = runtime.predict({INPUT: PIXELS.astype(np.float32)})[OUTPUT]
    expected = TOWER(PIXELS.astype(np.float32) / 127.5 - 1)
    assert (found * expected).sum(1).min() >= 0.9995
    pattern = make_pattern(SIZE)[None].astype(np.float32)
    np.testing.assert_allclose(encoder.golden, TOWER(pattern / 127.5 - 1), atol=1e-6)


def test_what_was_exported_is_kept_until_it_loses_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    first = export(tmp_path)
    made: list[str] = []
    original = image_encoder._export  # pyright: ignore[reportPrivateUsage]

    def note(model: ImageTextModel, *others: Any) -> bytes:
        made.append(model.id)
        return original(model, *others)

    def lose(*_: object) -> np.ndarray:
        return np.array([0])

    monkeypatch.setattr(image_encoder, "_export", note)
    again = export(tmp_path)
    assert (again.model, again.weights, again.min_cosine) == (
        first.model, first.weights, first.min_cosine,
    )  # fmt: skip
    assert made == []
    monkeypatch.setattr(image_encoder.PictureAnswers, "find_lost", lose)
    assert export(tmp_path).quantization == "float16", "no weight keeps every answer"
    assert len(made) == 1


def test_a_model_may_have_another_tower_for_devices():
    small = PageTower(Preprocessing(SIZE // 2), "small", lambda: TOWER)
    model = replace(MODEL_OF_TEST, page_tower=small)
    assert MODEL_OF_TEST.on_device is MODEL_OF_TEST
    assert model.on_device.preprocessing.size == SIZE // 2
    assert model.on_device.image_fingerprint == "small"
    assert model.on_device.load_image() is TOWER
    assert model.preprocessing.size == SIZE


def test_the_pattern_is_a_formula_of_whole_numbers():
    pattern = make_pattern(224)
    assert pattern.shape == (224, 224, 3)
    assert [int(v) for v in pattern[3, 2]] == [(2 * 3) ^ (3 * 5), (2 * 4) ^ (3 * 4), (2 * 5) ^ 9]
    assert pattern[223, 223].tolist() == [(223 * 3 ^ 223 * 5) % 256, 0, (223 * 5 ^ 223 * 3) % 256]
