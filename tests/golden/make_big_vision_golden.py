"""Records what big_vision's own towers compute from random parameters.

Run as `PYTHONPATH=BIG_VISION:. python tests/golden/make_big_vision_golden.py`, where BIG_VISION is
a checkout of https://github.com/google-research/big_vision. It rewrites big_vision/NAME.npz beside
it for each model of `CONFIGS`: `params/...` under the names that big_vision gave, the inputs
`image` and `tokens`, and the outputs `zimg` and `ztxt`. The outputs of the first model with kernels
and embeddings rounded to bfloat16 are in `bfloat16/zimg` and `bfloat16/ztxt`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import numpy as np
from big_vision.models.proj.image_text import two_towers  # pyright: ignore[reportMissingImports]
from flax.traverse_util import flatten_dict, unflatten_dict

from tests.towers.big_vision_params import Flat, as_void16, round_to_bfloat16

HERE = Path(__file__).parent / "big_vision"

_TOWER = {"width": 16, "depth": 2, "mlp_dim": 24, "num_heads": 2}
_IMAGE = {**_TOWER, "patch_size": [8, 8]}
_TEXT = {**_TOWER, "vocab_size": 40}

CONFIGS: Mapping[str, dict[str, Any]] = {
    "lit_text_head": {
        "image": {**_IMAGE, "pool_type": "tok"},
        "text": _TEXT,
        "out_dim": [None, 16],
    },
    "lit_both_heads": {
        "image": {**_IMAGE, "pool_type": "tok", "head_zeroinit": False},
        "text": _TEXT,
        "out_dim": [20, 20],
    },
    "siglip": {
        "image": {**_IMAGE, "pool_type": "map"},
        "text": _TEXT,
        "out_dim": [None, 16],
        "bias_init": -10.0,
        "temperature_init": 10.0,
    },
    "siglip_scanned": {
        "image": {**_IMAGE, "pool_type": "map", "scan": True},
        "text": {**_TEXT, "scan": True},
        "out_dim": [None, 16],
        "bias_init": -10.0,
        "temperature_init": 10.0,
    },
    "text_map_pool": {
        "image": {**_IMAGE, "pool_type": "gap"},
        "text": {**_TEXT, "pool_type": "map"},
        "out_dim": [16, 16],
    },
    "sines_and_tanh": {
        "image": {**_IMAGE, "pool_type": "0", "posemb": "sincos2d", "rep_size": 12},
        "text": {**_TEXT, "pool_type": "max"},
        "out_dim": [10, 10],
    },
}


def main() -> None:
    """Write all goldens and their configs."""
    HERE.mkdir(exist_ok=True)
    for seed, (name, config) in enumerate(CONFIGS.items()):
        model = two_towers.Model(**{**config, "out_dim": tuple(config["out_dim"])})
        rng = np.random.default_rng(seed)
        image = rng.uniform(-1, 1, (2, 32, 32, 3)).astype(np.float32)
        tokens = rng.integers(1, _TEXT["vocab_size"], (3, 8)).astype(np.int32)
        tokens[1, 4:] = 1
        flat = draw_params(model, image, tokens, rng)
        arrays: Flat = {f"params/{key}": leaf for key, leaf in flat.items()}
        arrays |= {"image": image, "tokens": tokens, **run(model, flat, image, tokens)}
        if seed == 0:
            narrow = {key for key, leaf in as_void16(flat).items() if leaf.dtype.kind == "V"}
            rounded = {**flat, **round_to_bfloat16({key: flat[key] for key in narrow})}
            outputs = run(model, rounded, image, tokens)
            arrays |= {f"bfloat16/{key}": rows for key, rows in outputs.items()}
        np.savez_compressed(HERE / f"{name}.npz", **arrays)  # pyright: ignore[reportArgumentType]
    text = json.dumps(CONFIGS, indent=1) + "\n"
    (HERE / "configs.json").write_text(text, encoding="utf-8")


def draw_params(model: Any, image: Any, tokens: Any, rng: np.random.Generator) -> Flat:
    """Random leaves, none of them zero or one, in the names and shapes of the model itself."""
    shapes: Any = jax.eval_shape(model.init, jax.random.key(0), image, tokens)["params"]
    flat: Any = flatten_dict(shapes, sep="/")
    return {
        name: rng.normal("scale" in name, 0.3, leaf.shape).astype(np.float32)
        for name, leaf in flat.items()
    }


def run(model: Any, flat: Flat, image: Any, tokens: Any) -> Flat:
    """Zimg and ztxt, unit rows float32[n, d]."""
    params = unflatten_dict(flat, sep="/")
    zimg, ztxt, _ = model.apply({"params": params}, image, tokens)
    return {"zimg": np.asarray(zimg), "ztxt": np.asarray(ztxt)}


if __name__ == "__main__":
    main()
