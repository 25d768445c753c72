"""Published models by name: what they are, where their files are, and where they go when fetched.

The facts are in published.toml. Nothing here imports JAX.
"""

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from builder.cache import default_cache_folder
from builder.download.record import ChangedFileError, check_download
from builder.errors import ModelError
from builder.model import Preprocessing
from builder.models.hub.published import hub_models
from builder.spec.hub_name import EXAMPLE
from builder.spec.mistaken import (
    explain_architecture,
    find_repository,
    is_architecture,
    is_file_name,
)
from builder.spec.models import ScoringKind, with_none
from builder.text.load import TokenizerSettings
from builder.towers.architecture import read_architecture
from builder.towers.parameter_counts import (
    count_image_params,
    count_text_params,
    encoder_bytes,
)

_FLOAT32_BYTES = 4
_BERT_NAMES = ("base", "large")
_MARGIN = 2
"""Sizes are computed from the towers; no download is larger than this many times that."""
_SHORTEST_KEY = 4
"""Letters and digits that two names must share to be alike."""
_MAX_VOCABULARY_BYTES = 100_000_000


@dataclass(frozen=True)
class RemoteFile:
    """A file on the web, its name in the cache, and its SHA-256 if that is known.

    It has at most `max_bytes`.
    """

    url: str
    name: str
    sha256: str | None
    max_bytes: int


@dataclass(frozen=True)
class Scores:
    """In percent, as published: ImageNet zero-shot accuracy, and recall at 1 on COCO."""

    imagenet_zero_shot: float
    coco_text_to_image: float
    coco_image_to_text: float


@dataclass(frozen=True)
class PublishedModel:
    """A model as its authors publish it; `config` holds the arguments of big_vision's two towers.

    `*_params` count the parameters of a tower.
    """

    name: str
    family: str
    description: str
    license: str
    source: str
    languages: tuple[str, ...]
    checkpoint: RemoteFile
    checkpoint_bytes: int
    config: Mapping[str, Any]
    image_params: int
    text_params: int
    preprocessing: Preprocessing
    vocabulary: RemoteFile
    tokenizer: TokenizerSettings
    scoring: ScoringKind
    scores: Scores | None

    @property
    def text_encoder_bytes(self) -> int:
        """What a visitor downloads of the text encoder, with float16 weights."""
        return encoder_bytes(self.text_params)

    @property
    def files(self) -> tuple[RemoteFile, ...]:
        """The checkpoint and the vocabulary."""
        return (self.checkpoint, self.vocabulary)


def checkpoint_folder(cache_folder: Path | None = None) -> Path:
    """Where fetched files are in a cache folder, by default the user's."""
    return (cache_folder or default_cache_folder()) / "checkpoints"


@cache
def published_models() -> Mapping[str, PublishedModel]:
    """All models by name, in the order of published.toml."""
    with Path(__file__).with_name("published.toml").open("rb") as file:
        table = with_none(tomllib.load(file))
    models = [
        _read_model(entry, family, table["tokenizers"])
        for family in table["families"]
        for entry in family["models"]
    ]
    return {model.name: model for model in models}


def find_published(name: str) -> PublishedModel | None:
    """The model of that name, or of that checkpoint file, however it is punctuated.

    `LiT-L16Ti`, `SigLIP B/16 224` and `siglip2_b16_224` are all understood.
    """
    wanted = _key(name)
    for model in published_models().values():
        if wanted in (_key(model.name), _key(Path(model.checkpoint.name).stem)):
            return model
    return None


def require_published(name: str) -> PublishedModel:
    """The model of that name.

    Raises:
        ModelError: if there is none.
    """
    model = find_published(name)
    if model is None:
        raise ModelError(f"there is no published model '{name}'. {suggest(name)}")
    return model


def find_file(file: RemoteFile, name: str, cache_folder: Path | None = None) -> Path:
    """Where a file of the published model `name` is.

    Raises:
        ModelError: if it has not been fetched, or has changed since.
    """
    path = checkpoint_folder(cache_folder) / file.name
    given = f" --cache-dir {cache_folder}" if cache_folder else ""
    fetch = f"lit-demo models fetch {name}{given}"
    if not path.is_file():
        raise ModelError(f"{name}: {path} is missing. Fetch it: {fetch}")
    try:
        check_download(path, file.sha256)
    except ChangedFileError as error:
        if not error.is_ours:
            raise
        raise ModelError(f"{name}: {error.message} Fetch it again: {fetch}") from None
    return path


def suggest(name: str, others: tuple[str, ...] = ()) -> str:
    """What the author may have meant by `name`."""
    alike = _find_on_hub(_key(name))
    if is_architecture(name):
        return explain_architecture(alike or EXAMPLE)
    if repository := find_repository(name):
        return f"If you mean the one of the Hugging Face hub, write hf:{repository}."
    if is_file_name(name):
        return f'A file of yours is not a name: write checkpoint = "{name}".'
    known = {_key(model): model for model in (*others, *published_models())}
    close = difflib.get_close_matches(_key(name), known, n=1)
    meant = known[close[0]] if close else alike
    hint = f"Did you mean '{meant}'? " if meant else ""
    return (
        f"{hint}`lit-demo models` lists all that have a name; a file or folder of yours is given as"
        " checkpoint."
    )


def _find_on_hub(key: str) -> str | None:
    """A model of the hub whose name holds the key, or the longest beginning of it."""
    for end in range(len(key), _SHORTEST_KEY - 1, -1):
        for model in hub_models():
            if key[:end] in _key(model.name):
                return model.name
    return None


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _read_model(
    entry: Mapping[str, Any], family: Mapping[str, Any], tokenizers: Mapping[str, Any]
) -> PublishedModel:
    config = _read_config(entry, family)
    url = family["folder"] + entry["file"]
    resolution, tokenizer = entry["resolution"], tokenizers[entry["tokenizer"]]
    max_length = entry.get("max_length", family["max_length"])
    image, text = _count_params(config, resolution, max_length)
    megabytes = entry.get("megabytes")
    size = megabytes * 1_000_000 if megabytes else (image + text) * _FLOAT32_BYTES
    return PublishedModel(
        name=entry["name"],
        family=family["name"],
        description=family["description"],
        license=family["license"],
        source=family["source"],
        languages=tuple(entry.get("languages", family["languages"])),
        checkpoint=RemoteFile(url, entry["file"], entry.get("sha256"), _MARGIN * size),
        checkpoint_bytes=size,
        config=config,
        image_params=image,
        text_params=text,
        # vit_jax and big_vision both evaluate with tf.image.resize to a square, which is bilinear.
        preprocessing=Preprocessing(resolution, "tf-bilinear", "squash"),
        vocabulary=RemoteFile(
            tokenizer["url"], tokenizer["file"], tokenizer.get("sha256"), _MAX_VOCABULARY_BYTES
        ),
        tokenizer=TokenizerSettings(
            kind=tokenizer["kind"],
            max_length=max_length,
            canonicalization=tuple(tokenizer.get("canonicalization", ())),
            end_id=tokenizer.get("end_id"),
            pad_id=tokenizer.get("pad_id"),
        ),
        scoring="sigmoid" if "bias_init" in config else "softmax",
        scores=Scores(*entry["scores"]) if "scores" in entry else None,
    )


def _read_config(entry: Mapping[str, Any], family: Mapping[str, Any]) -> Mapping[str, Any]:
    config: dict[str, Any] = {
        "image": {"variant": entry["image"], **family["image"]},
        "out_dim": tuple(entry["out_dim"]),
    }
    if entry["text"] in _BERT_NAMES:
        config |= {"text_model": "proj.flaxformer.bert", "text": {"config": entry["text"]}}
    else:
        text = {"variant": entry["text"], "vocab_size": entry["vocab_size"]}
        config["text"] = text | family.get("text", {})
    if "bias_init" in family:
        config["bias_init"] = family["bias_init"]
    return config


def _count_params(config: Mapping[str, Any], resolution: int, max_length: int) -> tuple[int, int]:
    architecture = read_architecture(config)
    assert architecture.image, "all published models have an image tower"
    image = count_image_params(architecture.image, resolution)
    return image, count_text_params(architecture.text, max_length)
