"""Folders of text towers that nobody had to train, and a small model that they are made for."""

from pathlib import Path
from typing import cast

import jax
import jax.numpy as jnp

from builder.model import ImageTextModel, Params
from builder.models.load import load_model
from builder.spec.demo import load_spec
from builder.towers.text_transformer import TextTransformer
from builder.tuning.student import load_tokenizer, train_tokenizer
from builder.tuning.tower_folder import MadeTower, finish_files, pack_tower, write_tower
from tests.conftest import gradient
from tests.towers.checkpoints import LIT, VOCABULARY, write_checkpoint

DEMO = """\
title = "A small model"
description = "Random."
{models}
[[images]]
file = "red.png"
description = "A red square."
prompts = ["a red square", "a blue circle"]

[[images]]
file = "blue.png"
description = "A blue square."
prompts = ["a blue square", "a red square"]
"""

MODEL = """
[[models]]
id = "{id}"
checkpoint = "lit.npz"
resolution = 64
quantization = "none"
{more}
[models.tokenizer]
vocabulary = {vocabulary}
"""


def describe_model(id: str = "lit", more: str = "") -> str:
    """A table of `demo.toml`."""
    return MODEL.format(id=id, more=more, vocabulary=repr(str(VOCABULARY)))


def write_demo(folder: Path, *models: str) -> Path:
    """A demo of two pictures and a small LiT with random weights, or tables of it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_checkpoint(folder / "lit.npz", LIT)
    for seed, name in enumerate(("red", "blue")):
        gradient(80, 70, seed).save(folder / f"{name}.png")
    path = folder / "demo.toml"
    path.write_text(DEMO.format(models="".join(models) or describe_model()), encoding="utf-8")
    return path


def load_small(folder: Path) -> ImageTextModel:
    """The model of `write_demo`."""
    return load_model(load_spec(write_demo(folder)).models[0])


TEXTS = [
    f"a {colour} {thing} {place}"
    for colour in ("red", "blue", "green", "old")
    for thing in ("cat", "dog", "boat", "house", "tree")
    for place in ("in the garden", "by the river", "on a table", "at night")
]


def make_tower(model: ImageTextModel, length: int = 8) -> MadeTower:
    """A random text tower for the model."""
    vocabulary = train_tokenizer(TEXTS, 300)
    size = len(load_tokenizer(vocabulary))
    tower = TextTransformer(model.dim, 24, 1, 32, 2, size)
    params = tower.init(jax.random.key(0), jnp.zeros((1, length), jnp.int32))["params"]
    return MadeTower(model, tower, cast("Params", params), vocabulary, length)


def write_random_tower(folder: Path, model: ImageTextModel) -> MadeTower:
    """A folder as `lit-demo distil` writes it."""
    made = make_tower(model)
    files = pack_tower(made)
    history = [{"step": 1.0, "loss": 1.0}]
    write_tower(folder, finish_files(made, "distilled", files, "# A card\n", "<svg/>", history))
    return made
