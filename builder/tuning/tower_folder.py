"""Writes the folder of a text tower, which `builder.models.text_tower` reads."""

import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from builder.errors import BuilderError, ModelError
from builder.input_file import find_folder_fault
from builder.manifest import Scoring
from builder.model import ImageTextModel
from builder.models.text_tower import (
    CONFIG,
    VOCABULARY,
    WEIGHTS,
    Method,
    SourceModel,
    TextTowerConfig,
    read_text_tower_config,
)
from builder.params import Params, flatten_params
from builder.replacement import Kept, replace_folder
from builder.text.load import TokenizerSettings
from builder.towers.text_transformer import TextTransformer
from builder.tuning.checkpoints import History
from builder.tuning.student import END
from builder.version import NAME, __version__

CARD = "README.md"
CURVES = "curves.svg"
HISTORY = "history.json"


@dataclass(frozen=True)
class MadeTower:
    """A text tower in the joint space of a model; `scoring` if it is not that of the model."""

    model: ImageTextModel
    tower: TextTransformer
    params: Params
    vocabulary: bytes
    length: int
    scoring: Scoring | None = None


def pack_tower(made: MadeTower) -> dict[str, bytes]:
    """The files that say what the tower computes, by name."""
    flat = {f"txt/{k}": leaf.astype(np.float16) for k, leaf in flatten_params(made.params).items()}
    weights = io.BytesIO()
    np.savez_compressed(weights, **flat)  # pyright: ignore[reportArgumentType]
    return {WEIGHTS: weights.getvalue(), VOCABULARY: made.vocabulary}


def pack_config(made: MadeTower, method: Method, files: Mapping[str, bytes]) -> bytes:
    """The `config.json` of a folder with these other files."""
    tower = made.tower
    sizes = ("width", "depth", "mlp_dim", "num_heads", "vocab_size", "pool_type")
    settings: dict[str, Any] = {
        "generator": f"{NAME} {__version__}",
        "method": method,
        "source": SourceModel(id=made.model.id, space=made.model.space, dim=made.model.dim),
        "text": {name: getattr(tower, name) for name in sizes},
        "tokenizer": TokenizerSettings(
            kind="sentencepiece", max_length=made.length, end_id=END, pad_id=END
        ),
        "scoring": made.scoring,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    content = TextTowerConfig(**settings).model_dump(mode="json")
    return f"{json.dumps(content, indent=2)}\n".encode()


def stage_tower(folder: Path, made: MadeTower, method: Method, files: Mapping[str, bytes]) -> Path:
    """The tower in a folder of its own, so that it is scored as it will be read."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in {**files, CONFIG: pack_config(made, method, files)}.items():
        (folder / name).write_bytes(data)
    return folder


def finish_files(
    made: MadeTower,
    method: Method,
    files: Mapping[str, bytes],
    card: str,
    curves: str,
    history: History,
) -> dict[str, bytes]:
    """All files of the folder, by name."""
    reports = json.dumps(history, indent=1)
    whole = {
        **files,
        CARD: card.encode(),
        CURVES: curves.encode(),
        HISTORY: f"{reports}\n".encode(),
    }
    return {**whole, CONFIG: pack_config(made, method, whole)}


def check_tower_target(out: Path) -> None:
    """Refuse, before anything slow begins, to write where something else is.

    Raises:
        BuilderError: if `out` is a file, or a folder with other files of these names.
    """
    if not out.exists():
        return
    if fault := find_folder_fault(out):
        raise BuilderError(f"{out}: {fault}. Name another folder with -o.")
    own = find_own_files(out)
    for name in (CONFIG, WEIGHTS, VOCABULARY, CARD, CURVES, HISTORY):
        if name not in own and os.path.lexists(out / name):
            raise BuilderError(
                f"{out / name}: was not written by this program and would be replaced. Name another"
                " folder with -o."
            )


def write_tower(out: Path, files: Mapping[str, bytes]) -> Kept:
    """Put the files of a tower into a folder, in place of those of an older one, in one step."""
    return replace_folder(out, files, find_own_files)


def find_own_files(folder: Path) -> dict[str, str | None]:
    """The files of the tower in a folder: their SHA-256 by name, None where it is not known."""
    try:
        config = read_text_tower_config(folder)
    except ModelError:
        return {}
    return {**config.files, CONFIG: None}
