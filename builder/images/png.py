"""What PNG files say that Pillow does not act on: long texts, and which colour is transparent."""

import io
import os
from pathlib import Path
from typing import IO, Any

from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_STEPS = {"1": 255, "L;2": 85, "L;4": 17}
"""What Pillow multiplies the values of fewer than 8 bits with."""


def read_without_texts(path: Path) -> io.BytesIO:
    """A PNG file without its text chunks.

    No text changes the picture, but Pillow refuses pictures with long ones. From a chunk on that is
    cut off, the file is left to Pillow as it is.
    """
    kept = io.BytesIO()
    with path.open("rb") as file:
        kept.write(file.read(len(SIGNATURE)))
        while len(head := file.read(8)) == 8:
            length = int.from_bytes(head[:4])
            if head[4:] in _TEXTS and length + 4 <= _left(file):
                file.seek(length + 4, os.SEEK_CUR)
            else:
                kept.write(head + file.read(length + 4))
    kept.seek(0)
    return kept


def scale_transparency(picture: Image.Image) -> None:
    """Give the transparent colour of a PNG in the 8 bits to which Pillow brings its pixels.

    Pillow leaves it as it is in the file. To be called before the pixels are loaded.
    """
    key: Any = picture.info.get("transparency")
    tiles: list[Any] = getattr(picture, "tile", [])
    if picture.format != "PNG" or not tiles or isinstance(key, bytes) or key is None:
        return
    raw_mode = str(tiles[0][3])
    if isinstance(key, tuple) and "16B" in raw_mode:
        picture.info["transparency"] = tuple(value >> 8 for value in key)
    elif isinstance(key, int) and raw_mode in _STEPS and picture.mode != "P":
        picture.info["transparency"] = min(key * _STEPS[raw_mode], 255)


def _left(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size - file.tell()
