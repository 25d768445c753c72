"""A folder as `save_pretrained`, open_clip or a download from a hub leaves it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from builder.errors import ModelError, naming
from builder.input_file import read_input_json
from builder.model import Towers
from builder.models.hub.open_clip_design import design_open_clip_model
from builder.models.hub.transformers_design import design_transformers_model
from builder.towers.safetensors_files import SafetensorsFiles

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


def load_hub_towers(folder: Path) -> Towers:
    """Both towers of the model in a folder that transformers or open_clip wrote.

    Pictures are float32[n, h, w, 3] as the folder's own preprocessing makes them.

    Raises:
        ModelError: if the config describes no model that can be read, or the files do not hold that
            model, naming every parameter that is missing, left over or of the wrong shape.
    """
    weights = _find_weights(folder)
    with naming(weights), SafetensorsFiles(weights) as file:
        if (folder / OPEN_CLIP_CONFIG).is_file():
            design = design_open_clip_model(_read(folder / OPEN_CLIP_CONFIG), file.shapes)
        else:
            config = _read(folder / CONFIG)
            design = design_transformers_model(config, frozenset(file.shapes))
        return design.read(file)


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
