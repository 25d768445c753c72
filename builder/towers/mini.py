"""The default model `mini`: a locked EfficientNet-Lite2 and text towers distilled to its classes.

See data/models/mini/README.md for what the joint space is, and `builder.tuning`
for how it was made.
"""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, cast

import jax
import jax.numpy as jnp

from builder.errors import ModelError
from builder.model import Tower
from builder.params import Params, load_params
from builder.towers.efficientnet import EfficientNetLite
from builder.towers.efficientnet import Variant as ImageVariant
from builder.towers.layers import l2_normalize
from builder.towers.modules import unit_tower
from builder.towers.text_transformer import TextTransformer

Variant = Literal["tiny", "small"]


def load_image_tower(folder: Path, variant: ImageVariant = "lite2") -> Tower:
    """Reads `config.json` and the weights of one image tower beside it.

    Both classify the same 1000 classes, so one projection places their rows in one space. "lite2"
    knows more, and "lite0" is smaller and faster.

    Raises `ModelError` if one of the files is missing or cannot be read.
    """
    with _reading(folder):
        floor = _read_config(folder)["probability_floor"]
        image = load_params(folder / f"image_{variant}.npz")
        projection = load_params(folder / "head.npz")["projection"]
    tower = EfficientNetLite(variant)

    def apply(params: Params, images: Any) -> jax.Array:
        variables = {"params": params["image"]}
        _, logits = cast("tuple[jax.Array, jax.Array]", tower.apply(variables, images))
        return project_classes(logits, params["projection"], floor)

    return Tower(apply, {"image": image, "projection": projection})


def load_text_tower(folder: Path, variant: Variant) -> Tower:
    """Reads `config.json` and the weights of one text tower beside it.

    Raises `ModelError` if one of the files is missing or cannot be read.
    """
    with _reading(folder):
        config = _read_config(folder)
        params = load_params(folder / f"text_{variant}.npz")
    tower = TextTransformer(config["dim"], **config["text"][variant])
    return unit_tower(tower, params)


def project_classes(logits: jax.Array, projection: jax.Array, floor: float) -> jax.Array:
    """zimg: unit rows `[n, dim]` of the classes' log-probabilities, centred and projected.

    `floor` is added to the probabilities, since below it they are mostly noise.
    """
    x = jnp.log(jax.nn.softmax(logits) + floor)
    return l2_normalize((x - x.mean(axis=1, keepdims=True)) @ projection)


def _read_config(folder: Path) -> Mapping[str, Any]:
    return json.loads((folder / "config.json").read_text("utf-8"))


@contextmanager
def _reading(folder: Path) -> Generator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder}: the files of mini cannot be read: {error}.") from error
