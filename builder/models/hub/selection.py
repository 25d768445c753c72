"""Which files of a repository a build needs: one library's, and never a pickle.

A repository may hold the same model for several libraries. A folder that holds one only is what
`builder.models.hub.folder` reads without a doubt, so the files of the others stay where they are.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from builder.errors import ModelError
from builder.input_file import read_input_json

_OTHERS = (
    *("preprocessor_config.json", "processor_config.json"),
    *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"),
    *("vocab.json", "merges.txt", "vocab.txt"),
    *("spiece.model", "sentencepiece.bpe.model", "tokenizer.model"),
    "README.md",
)
"""Preprocessing, tokenizers, and the card, which names the licence."""

_INDEX = ".safetensors.index.json"
_PICKLE = re.compile(r"(?:open_clip_)?pytorch_model.*\.bin|.*\.(?:bin|pt|pth|ckpt|pkl)")
_OTHER_WEIGHTS = re.compile(r"(?:flax_model.*\.msgpack|tf_model.*\.h5|.*\.(?:onnx|gguf))")
_SHARD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\.safetensors")


@dataclass(frozen=True)
class Library:
    """A library that writes models, and how it names their files, best first.

    `saving` is how it writes safetensors.
    """

    name: str
    config: str
    weights: tuple[str, ...]
    saving: str


LIBRARIES = (
    Library(
        "transformers",
        "config.json",
        ("model.safetensors", f"model{_INDEX}", "flax_model.msgpack"),
        "model.save_pretrained(FOLDER)",
    ),
    Library(
        "open_clip",
        "open_clip_config.json",
        ("open_clip_model.safetensors", f"open_clip_model{_INDEX}", "model.safetensors"),
        "open_clip.push_to_hf_hub.save_for_hf(model, tokenizer, config, FOLDER)",
    ),
)
"""transformers comes first: its folders have the tokenizer and the preprocessing in files."""


def choose_weights(library: Library, names: Collection[str]) -> str:
    """The file with a model's weights, or the index of several.

    Raises:
        ModelError: if there is none that can be read without running code.
    """
    for name in library.weights:
        if name in names:
            return name
    pickles = sorted(name for name in names if _PICKLE.fullmatch(name))
    others = sorted(name for name in names if _OTHER_WEIGHTS.fullmatch(name))
    if not pickles and not others:
        raise ModelError(
            f"has no weights of {library.name} ({' or '.join(library.weights)}).",
            "Take another model.",
        )
    why = "a pickle, which can run any code when it is read" if pickles else "which no build reads"
    raise ModelError(
        f"has its weights only in {(*pickles, *others)[0]}, {why}.",
        f"Ask its author for safetensors, or let {library.name} write them where you trust that"
        f" file: {library.saving}. Then set checkpoint to the folder.",
    )


def list_shards(index: Path, names: Collection[str]) -> list[str]:
    """The files that an index names.

    Raises:
        ModelError: if it is not an index, or the repository lacks one of them.
    """
    content = read_input_json(index, "Fetch the model again.", ModelError)
    shards = content.get("weight_map") if isinstance(content, dict) else None
    if not isinstance(shards, dict) or not shards:
        raise ModelError(f"{index.name}: has no weight_map.", "Take another revision of the model.")
    found = sorted({str(shard) for shard in shards.values()})
    for shard in found:
        if not _SHARD.fullmatch(shard) or shard not in names:
            raise ModelError(
                f"{index.name}: names {shard!r}, which is not in the repository.",
                "Take another revision of the model.",
            )
    return found


def choose_others(names: Collection[str]) -> list[str]:
    """The files for preprocessing and the tokenizer, and the card."""
    return [name for name in _OTHERS if name in names]


def check_config(library: Library, config: Path) -> None:
    """Refuse a model that no build could read before its weights are downloaded.

    Raises:
        ModelError: if it is of another family, or its pictures have no fixed size.
    """
    content = read_input_json(config, "Fetch the model again.", ModelError)
    if not isinstance(content, dict):
        raise ModelError(f"{config.name}: is not a table of settings.", "Take another model.")
    if library.name == "transformers":
        # It brings in JAX, which is quick beside a download.
        from builder.models.hub.transformers_design import design_transformers_model

        design_transformers_model(content, frozenset())
    elif not _is_image_text(content.get("model_cfg")):
        raise ModelError(
            f"{config.name}: does not describe an image and a text tower (model_cfg).",
            "Take another model.",
        )


def _is_image_text(model: object) -> bool:
    return isinstance(model, dict) and all(
        isinstance(cast("dict[str, Any]", model).get(key), dict)
        for key in ("vision_cfg", "text_cfg")
    )
