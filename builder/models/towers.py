"""The towers of a checkpoint, which is a file or the name of a published model."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.model import Towers
from builder.models.hub.folder import is_hub_folder, load_hub_towers
from builder.models.published import find_file, find_published, require_published
from builder.towers import two_towers
from builder.towers.inference import infer_checkpoint


def load_towers(checkpoint: str | Path, config: Mapping[str, Any] | None = None) -> Towers:
    """Both towers of a checkpoint: in any of big_vision's layouts, or a folder from a hub.

    A folder is one that transformers or open_clip wrote, with its config and safetensors; its
    pictures are as its own preprocessing makes them.

    `config` has the keyword arguments of big_vision's `two_towers.Model`; here, `image=None` leaves
    the image tower out. Without a config, `checkpoint` is the name of a published model that has
    been fetched, or a file, whose name or shapes tell its architecture.

    If pictures do not have the size used in training, position embeddings are resampled as by
    big_vision's `resample_posemb`.

    Raises:
        ModelError: if the config does not describe a model; if the file does not hold that model,
            naming every parameter that is missing, left over or of the wrong shape; or if the file
            could do harm.
    """
    if config is None and is_hub_folder(Path(checkpoint)):
        return load_hub_towers(Path(checkpoint))
    if config is not None:
        return two_towers.load_towers(Path(checkpoint), config)
    return two_towers.load_towers(*_find(checkpoint))


def _find(checkpoint: str | Path) -> tuple[Path, Mapping[str, Any]]:
    """A published model's file and config, by its name or its file; or any file and its config."""
    path = Path(checkpoint)
    if path.suffix != ".npz":
        published = require_published(str(checkpoint))
        return find_file(published.checkpoint, published.name), published.config
    if published := find_published(path.stem):
        return path, published.config
    return path, infer_checkpoint(path)
