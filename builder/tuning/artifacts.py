"""Writes the default model as `builder.towers.mini` reads it."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from builder.params import Params, save_params
from builder.towers.text_transformer import TextTransformer
from builder.tuning.recipe import SEED, TOWERS
from builder.tuning.student import SEQ_LEN
from builder.tuning.teacher import DIM, PROBABILITY_FLOOR

SCALE = 14.0
"""Softmax scale, calibrated on captioned photographs; see the model card."""


def write_artifacts(
    folder: Path, image_projection: np.ndarray, tokenizer: bytes, students: Mapping[str, Params]
) -> None:
    """Everything but the image tower's own weights, which `convert_efficientnet` writes."""
    save_params(folder / "head.npz", {"projection": image_projection})
    for name, params in students.items():
        save_params(folder / f"text_{name}.npz", params)
    (folder / "tokenizer.model").write_bytes(tokenizer)
    config = {
        "dim": DIM,
        "seq_len": SEQ_LEN,
        "scale": SCALE,
        "probability_floor": PROBABILITY_FLOOR,
        "seed": SEED,
        "text": {name: _describe_tower(tower) for name, tower in TOWERS.items()},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")


def _describe_tower(tower: TextTransformer) -> dict[str, int | str]:
    words = ("width", "depth", "mlp_dim", "num_heads", "vocab_size", "pool_type")
    return {word: getattr(tower, word) for word in words}
