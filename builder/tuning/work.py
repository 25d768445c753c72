"""Files of the work folder, which appear whole or not at all, so that any step can be resumed."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np


@contextmanager
def write_atomically(path: Path) -> Generator[BinaryIO]:
    """A file to write that takes the name `path` only once it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as file:
        yield file
    partial.replace(path)


def remember(path: Path, make: Callable[[], bytes]) -> bytes:
    """The bytes at `path`, made first if they are missing."""
    if not path.is_file():
        with write_atomically(path) as file:
            file.write(make())
    return path.read_bytes()


def remember_array(path: Path, make: Callable[[], np.ndarray]) -> np.ndarray:
    """The array in the `.npy` file at `path`, made first if it is missing."""
    if not path.is_file():
        with write_atomically(path) as file:
            np.save(file, make())
    return np.load(path, allow_pickle=False)
