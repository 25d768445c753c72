"""A folder as `save_pretrained`, open_clip or a download from a hub leaves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.errors import ModelError, naming
from builder.input_file import read_input_json
from builder.model import Towers
from builder.models.hub.design import Design
from builder.models.hub.heads import UNKNOWN, Heads
from builder.models.hub.open_clip_design import design_open_clip_model
from builder.models.hub.transformers_design import design_transformers_model
from builder.towers.safetensors_files import SafetensorsFiles, list_weight_files

CONFIG = "config.json"
OPEN_CLIP_CONFIG = "open_clip_config.json"

_WEIGHTS = (
    "model.safetensors",
    "model.safetensors.index.json",
    "open_clip_model.safetensors",
)
_PICKLES = ("pytorch_model.bin", "pytorch_model.bin.index.json", "open_clip_pytorch_model.bin")


def is_hub_folder(path: Path) -> bool:
    """Whether a folder has the config of transformers or of open_clip."""
    return any((path / name).is_file() for name in (CONFIG, OPEN_CLIP_CONFIG))


@dataclass(frozen=True)
class HubModel:
    """A model in a folder, of which only the config and the shapes of parameters have been read.

    `weights` is the file of its weights, or the index of several.
    """

    design: Design
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
        with naming(self.weights), SafetensorsFiles(self.weights) as file:
            return self.design.read(file)


def open_hub_model(folder: Path, heads: Heads = UNKNOWN) -> HubModel:
    """The model in a folder that transformers or open_clip wrote, without reading its weights.

    `heads` are those of towers that the config only names, where their names do not tell.

    Raises:
        ModelError: if the config describes no model that can be read, or has other heads.
    """
    weights = _find_weights(folder)
    with naming(weights), SafetensorsFiles(weights) as file:
        shapes = dict(file.shapes)
    if (folder / OPEN_CLIP_CONFIG).is_file():
        path = folder / OPEN_CLIP_CONFIG
        with naming(path):
            design = design_open_clip_model(_read(path), shapes, heads)
    else:
        path = folder / CONFIG
        with naming(path):
            design = design_transformers_model(_read(path), frozenset(shapes))
    with naming(path):
        heads.check("image", design.image)
        heads.check("text", design.text)
    return HubModel(design, weights)


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
    raise ModelError(f"{folder}: holds no weights ({' or '.join(_WEIGHTS)}). Download it again.")


def _read(path: Path) -> Mapping[str, Any]:
    content = read_input_json(path, "Download the model again.", ModelError)
    if not isinstance(content, dict):
        raise ModelError(f"{path}: is not a table of settings. Download the model again.")
    return content
