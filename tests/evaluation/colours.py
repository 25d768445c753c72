"""A toy model that knows three colours, and pictures of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from builder.manifest import SoftmaxScoring
from builder.model import ImageTextModel, ModelCard, Preprocessing, Tower

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}
"""What the toy model knows: a picture's mean colour, and the first of these in a text."""


class ColourTokenizer:
    """Which of the colours is in a text, the first of them if there are more, 3 (grey) if none."""

    max_length = 1

    def __call__(self, texts: Sequence[str]) -> NDArray[np.int32]:
        rows = [
            [next((i for i, name in enumerate(COLOURS) if name in text.split()), 3)]
            for text in texts
        ]
        return np.array(rows, np.int32)


def normalize(x: Any) -> Any:
    """Rows of length 1."""
    return x / jnp.linalg.norm(x, axis=1, keepdims=True)


def make_colour_model(name: str = "colours") -> ImageTextModel:
    """Knows red, green and blue."""
    table = np.concatenate([np.eye(3), np.ones((1, 3))]).astype(np.float32)
    return ImageTextModel(
        id=name,
        card=ModelCard(
            name=name,
            description="",
            image_tower="mean",
            text_tower="table",
            license="",
            source=None,
        ),
        dim=3,
        scoring=SoftmaxScoring(scale=1),
        tokenizer=ColourTokenizer(),  # pyright: ignore[reportArgumentType]
        preprocessing=Preprocessing(8),
        image_fingerprint="image",
        text_fingerprint=name,
        load_image=lambda: Tower(
            lambda params, x: normalize(x.mean((1, 2)) + params), np.full((1, 3), 1.01, np.float32)
        ),
        load_text=lambda: Tower(lambda params, tokens: normalize(params[tokens[:, 0]]), table),
    )


def paint(path: Path, colour: tuple[int, int, int]) -> None:
    """Save a picture of one colour."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (20, 16), colour).save(path)
