"""The default model `mini`: a locked EfficientNet-Lite0 and text towers distilled to its classes.

See data/models/mini/README.md for what the joint space is, and `builder.tuning`
for how it was made.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal, cast

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from builder.errors import ModelError
from builder.towers.base import TowerFunctions
from builder.towers.efficientnet import EfficientNetLite0
from builder.towers.npz import Params, load_params
from builder.towers.text_transformer import TextTransformer, embed_tokens, l2_normalize

Variant = Literal["tiny", "small"]
Rows = NDArray[np.float32]


def load_mini(folder: Path, variant: Variant) -> TowerFunctions:
    """Reads `config.json` and the weights beside it.

    Raises `ModelError` if one of the files is missing or cannot be read.
    """
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        image = load_params(folder / "image.npz")
        head = load_params(folder / "head.npz")
        text_params = load_params(folder / f"text_{variant}.npz")
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder}: the files of mini cannot be read: {error}.") from error
    tower = TextTransformer(config["dim"], **config["text"][variant])
    return TowerFunctions(
        embed_images=_make_image_tower(image, head["projection"], config["probability_floor"]),
        text_apply=lambda params, tokens: embed_tokens(tower, params, tokens),
        text_params=text_params,
    )


def project_classes(logits: jax.Array, projection: jax.Array | Rows, floor: float) -> jax.Array:
    """zimg: unit rows `[n, dim]` of the classes' log-probabilities, centred and projected.

    `floor` is added to the probabilities, since below it they are mostly noise.
    """
    x = jnp.log(jax.nn.softmax(logits) + floor)
    return l2_normalize((x - x.mean(axis=1, keepdims=True)) @ projection)


def _make_image_tower(params: Params, projection: Rows, floor: float) -> Callable[[Rows], Rows]:
    tower = EfficientNetLite0()

    @jax.jit
    def embed(params: Params, images: Rows) -> jax.Array:
        _, logits = cast("tuple[jax.Array, jax.Array]", tower.apply({"params": params}, images))
        return project_classes(logits, projection, floor)

    return lambda images: np.asarray(embed(params, images))
