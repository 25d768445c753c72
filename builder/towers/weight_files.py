"""Files of weights as hubs have them, by their kind."""

from pathlib import Path

from builder.towers.msgpack_file import MsgpackFile
from builder.towers.safetensors_files import SafetensorsFiles


def open_weights(path: Path) -> SafetensorsFiles | MsgpackFile:
    """The weights in a safetensors file, in those of an index, or in Flax's msgpack.

    Names and axes are those of PyTorch in all of them.

    Raises:
        ModelError: if a file cannot be read, or is damaged.
    """
    return MsgpackFile(path) if path.suffix == ".msgpack" else SafetensorsFiles(path)
