"""A folder as `save_pretrained`, open_clip or a download from a hub leaves it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.errors import ModelError, naming
from builder.input_file import read_input_object
from builder.model import Tower, Towers
from builder.models.hub.design import Design
from builder.models.hub.heads import UNKNOWN, Heads, Side
from builder.models.hub.open_clip_design import design_open_clip_model
from builder.models.hub.other_folder import explain_folder
from builder.models.hub.preprocessing import (
    PixelRule,
    read_open_clip_pixels,
    read_transformers_pixels,
)
from builder.models.hub.transformers_design import design_transformers_model
from builder.options import Library
from builder.towers.safetensors_files import list_weight_files
from builder.towers.weight_files import open_weights

CONFIG = "config.json"
OPEN_CLIP_CONFIG = "open_clip_config.json"
PREPROCESSOR_CONFIG = "preprocessor_config.json"
PROCESSOR_CONFIG = "processor_config.json"
"""transformers 5 writes the image processor's settings into this one."""
_CONFIGS = (CONFIG, OPEN_CLIP_CONFIG)

_WEIGHTS = (
    "model.safetensors",
    "model.safetensors.index.json",
    "open_clip_model.safetensors",
    "open_clip_model.safetensors.index.json",
    "flax_model.msgpack",
)
_PICKLES = ("pytorch_model.bin", "pytorch_model.bin.index.json", "open_clip_pytorch_model.bin")


def is_hub_folder(path: Path) -> bool:
    """Whether a folder has the config of transformers or of open_clip."""
    return any((path / name).is_file() for name in _CONFIGS)


@dataclass(frozen=True)
class HubModel:
    """A model in a folder, of which only the config and the shapes of parameters have been read.

    `config` and `weights` are the files that were read: of the weights, the index if there are
    several. `library` wrote them.
    """

    design: Design
    library: Library
    config: Path
    weights: Path

    @property
    def family(self) -> str:
        """What people call such models, for example "CLIP"."""
        return self.design.family

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that hold the weights: one, or an index and its shards."""
        return list_weight_files(self.weights)

    def read(self) -> Towers:
        """Both towers with their weights, and the factor and bias of cosines.

        Pictures are float32[n, h, w, 3] as the folder's own preprocessing makes them.

        Raises:
            ModelError: if the files do not hold the model that the config describes, naming every
                parameter that is missing, left over or of the wrong shape.
        """
        with naming(self.weights), open_weights(self.weights) as file:
            return self.design.read(file)

    def read_tower(self, side: Side) -> Tower:
        """One of the towers with its weights; see `read`."""
        with naming(self.weights), open_weights(self.weights) as file:
            return self.design.read_tower(file, side)

    def read_scoring(self) -> tuple[float, float | None]:
        """The factor of cosines, and the bias if the model has one; see `read`."""
        with naming(self.weights), open_weights(self.weights) as file:
            return self.design.read_scoring(file)


def open_hub_model(folder: Path, heads: Heads = UNKNOWN) -> HubModel:
    """The model in a folder that transformers or open_clip wrote, without reading its weights.

    `heads` are those of towers that the config only names, where their names do not tell.

    Raises:
        ModelError: if the config describes no model that can be read, or has other heads.
    """
    if not is_hub_folder(folder):
        raise explain_folder(folder, _CONFIGS)
    weights = _find_weights(folder)
    with naming(weights), open_weights(weights) as file:
        shapes = dict(file.shapes)
    # Folders that are for both libraries have two configs.
    library: Library = "open_clip" if _is_open_clip(shapes) else "transformers"
    path = folder / (OPEN_CLIP_CONFIG if library == "open_clip" else CONFIG)
    config = _read(path)
    with naming(path):
        if library == "open_clip":
            design = design_open_clip_model(config, shapes, heads)
        else:
            design = design_transformers_model(config, frozenset(shapes))
        heads.check("image", design.image)
        heads.check("text", design.text)
    return HubModel(design, library, path, weights)


def _is_open_clip(names: Iterable[str]) -> bool:
    return any(name.startswith("visual.") for name in names)


def read_pixels(model: HubModel) -> PixelRule:
    """How the folder of a model says that its pictures are to be prepared.

    Raises:
        ModelError: if it does not say so, or says something that is not possible.
    """
    resolution = model.design.resolution
    if model.library == "open_clip":
        with naming(model.config):
            return read_open_clip_pixels(_read(model.config), resolution)
    folder = model.config.parent
    path = folder / PREPROCESSOR_CONFIG
    config = _read(path) if path.exists() else {}
    if not config and (folder / PROCESSOR_CONFIG).exists():
        path = folder / PROCESSOR_CONFIG
        config = _read(path).get("image_processor") or {}
    if not config:
        raise ModelError(
            f"{path}: is missing, so nothing says how pictures are to be prepared.",
            "Take it from where the model comes from, or let its processor write it:"
            " processor.save_pretrained(FOLDER).",
        )
    with naming(path):
        return read_transformers_pixels(config, resolution)


def load_hub_towers(folder: Path, heads: Heads = UNKNOWN) -> Towers:
    """Both towers of the model in a folder; see `open_hub_model` and `HubModel.read`."""
    return open_hub_model(folder, heads).read()


def _find_weights(folder: Path) -> Path:
    for name in _WEIGHTS:
        if (folder / name).is_file():
            return folder / name
    for name in _PICKLES:
        if (folder / name).is_file():
            raise ModelError(
                f"{folder / name}: is a pickle, which can run any code when it is read, so it is"
                " not.",
                "Take the same model's model.safetensors, or let its own library write one:"
                " model.save_pretrained(FOLDER).",
            )
    raise explain_folder(folder, _CONFIGS)


def _read(path: Path) -> Mapping[str, Any]:
    return read_input_object(path, "Download the model again.", ModelError)
