"""Parameters in safetensors files, in one or in shards with an index, as hubs have them.

Format: https://github.com/huggingface/safetensors. Nothing in such a file is executed.
"""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from safetensors import SafetensorError, safe_open

from builder.errors import ModelError, NumberError, reading
from builder.input_file import read_input_json
from builder.towers.checkpoint import Weights

if TYPE_CHECKING:
    from collections.abc import Mapping

_INDEX = ".index.json"
_FLOATS = ("F64", "F32", "F16", "BF16")


class SafetensorsFiles:
    """Open files: shapes are known at once, arrays are read on request.

    Raises:
        ModelError: if a file cannot be read, is damaged, or a shard of the index is missing.
    """

    def __init__(self, path: Path):
        self.path = path
        self._opened = ExitStack()
        self._file_of: dict[str, Any] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}
        try:
            for shard in _list_shards(path):
                self._add(shard)
        except BaseException:
            self._opened.close()
            raise

    def __enter__(self) -> "SafetensorsFiles":
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def _add(self, path: Path) -> None:
        try:
            file = self._opened.enter_context(safe_open(path, "flax"))
        except (OSError, SafetensorError) as error:
            raise ModelError(f"{path}: cannot be read: {error}. Download it again.") from None
        for name in file.keys():  # noqa: SIM118 (it is not a mapping)
            if name in self.shapes:
                raise ModelError(f"{path}: has {name}, as another file of this model has.")
            self._file_of[name] = file
            self.shapes[name] = tuple(file.get_slice(name).get_shape())

    def read(self, name: str) -> Weights:
        """An array as float32, whatever kind of floating point numbers the file holds.

        Raises:
            ModelError: if it does not hold floating point numbers.
            NumberError: if one of them is NaN or infinite.
        """
        file = self._file_of[name]
        kind = file.get_slice(name).get_dtype()
        if kind not in _FLOATS:
            raise ModelError(f"{name} holds {kind}, not floating point numbers.")
        array = np.asarray(file.get_tensor(name), np.float32)
        if not np.isfinite(array).all():
            raise NumberError(f"{name} holds NaN or infinity. Download the model again.")
        return array


def list_weight_files(path: Path) -> tuple[Path, ...]:
    """A file of weights alone, or an index and the shards that it names.

    Raises:
        ModelError: if the index cannot be read, or a shard is missing.
    """
    shards = _list_shards(path)
    return tuple(shards) if path in shards else (path, *shards)


def _list_shards(path: Path) -> list[Path]:
    if not path.name.endswith(_INDEX):
        return [path]
    remedy = "Download the model again."
    index = read_input_json(path, remedy, ModelError)
    with reading(path, remedy, ModelError):
        table: Mapping[str, str] = index["weight_map"]
        shards = sorted({str(name) for name in table.values()})
    for name in shards:
        if Path(name).name != name or not (path.parent / name).is_file():
            raise ModelError(f"{path}: {name} is missing. Download the model again.")
    return [path.parent / name for name in shards]
