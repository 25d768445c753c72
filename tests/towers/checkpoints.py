"""Small checkpoints with random weights, in big_vision's layout."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from flax.traverse_util import flatten_dict

from builder.towers.architecture import read_architecture
from builder.towers.two_towers import build_image_tower, build_text_tower

VOCABULARY = Path(__file__).parents[2] / "data/models/mini/tokenizer.model"

_SMALL: dict[str, Any] = {"width": 32, "depth": 2, "mlp_dim": 64, "num_heads": 2}
_TEXT: dict[str, Any] = {**_SMALL, "vocab_size": 10_000}

LIT: dict[str, Any] = {
    "image": {**_SMALL, "pool_type": "tok"},
    "text": _TEXT,
    "out_dim": [None, 32],
}
SIGLIP: dict[str, Any] = {
    "image": {**_SMALL, "pool_type": "map"},
    "text": _TEXT,
    "out_dim": [None, 32],
    "bias_init": -10.0,
}


def write_checkpoint(
    path: Path,
    config: Mapping[str, Any],
    *,
    max_length: int = 16,
    resolution: int = 64,
    scale: float = 10.0,
    bias: float = -3.0,
) -> Path:
    """Write both towers; rows of different inputs differ."""
    architecture = read_architecture(config)
    assert architecture.image
    picture = jax.ShapeDtypeStruct((1, resolution, resolution, 3), jnp.float32)
    tokens = jax.ShapeDtypeStruct((1, max_length), jnp.int32)
    params = {
        **_draw("img/", build_image_tower(architecture.image, None), picture),
        **_draw("txt/", build_text_tower(architecture.text), tokens),
    }
    params["t"] = np.log([scale])
    if architecture.has_bias:
        params["b"] = np.array([bias])
    arrays = {f"params/{name}": np.asarray(leaf, np.float32) for name, leaf in params.items()}
    np.savez(path, **arrays)  # pyright: ignore[reportArgumentType]
    return path


def _draw(prefix: str, module: nn.Module, inputs: jax.ShapeDtypeStruct) -> dict[str, Any]:
    variables: Any = jax.eval_shape(module.init, jax.random.key(0), inputs)
    rng = np.random.default_rng(len(prefix))
    flat: Any = flatten_dict(variables["params"], sep="/")
    return {
        f"{prefix}{name}": rng.normal(
            float(name.endswith("scale")), _deviation(name, leaf.shape), leaf.shape
        )
        for name, leaf in flat.items()
    }


def _deviation(name: str, shape: tuple[int, ...]) -> float:
    """So large that tokens and pixels count, and not so large that rounding does."""
    return math.prod(shape[:-1]) ** -0.5 if name.endswith("kernel") else 0.2
