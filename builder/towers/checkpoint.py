"""Parameters in `.npz` files, as float32."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.cache import digest
from builder.errors import ModelError
from builder.npz import NpzFile, index_npz

Weights = NDArray[np.float32]

_FLOAT32 = np.dtype(np.float32)


class Checkpoint(NpzFile):
    """An open checkpoint: the entries are read at once, the arrays on request.

    Raises:
        ModelError: if the file cannot be read, is not what it says, or could do harm.
    """

    def __init__(self, path: Path):
        super().__init__(path, ModelError)

    def __enter__(self) -> "Checkpoint":
        return self

    def read(self, name: str) -> Weights:
        """The array of that name, widened to float32.

        Raises:
            ModelError: if it holds anything but finite floating point numbers, or the file is
                damaged.
        """
        entry = self.entries[name]
        if not entry.is_float:
            raise self._refuse(name, f"holds {entry.dtype}, not floating point numbers")
        return self.read_as(name, _FLOAT32)


def checkpoint_fingerprint(path: Path) -> str:
    """A hash of the arrays' names, sizes and checksums, which takes milliseconds for any file.

    Raises:
        ModelError: if the file cannot be read or could do harm.
    """
    members = index_npz(path, ModelError)
    return digest(*(f"{name} {m.file_size} {m.CRC}" for name, m in sorted(members.items())))
