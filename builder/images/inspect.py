"""What is wrong with a picture, as far as that can be told without decoding it."""

import mmap
from pathlib import Path

from PIL import Image

from builder.images.colour import upright_size
from builder.images.jpeg.segments import END, SCAN
from builder.images.open import check_size, decoding, open_header, open_picture
from builder.spec.images import Box

_TAIL = 64


def inspect_picture(path: Path, crop: Box | None = None) -> None:
    """Refuse a file that `open_picture` would refuse too.

    Only the header is read, and the end; a picture that seems cut off, or smaller than its crop, is
    decoded to make sure. Damage in between is found when the picture is used.

    Raises:
        ImageError: as `open_picture` does.
    """
    with decoding(), open_header(path) as picture:
        check_size(picture, path)
        is_doubtful = not _seems_whole(path, picture.format) or not _holds(picture, crop)
    if is_doubtful:
        open_picture(path, crop)


def _holds(picture: Image.Image, crop: Box | None) -> bool:
    width, height = upright_size(picture)
    return crop is None or (crop[2] <= width and crop[3] <= height)


def _seems_whole(path: Path, format: str | None) -> bool:
    """Whether a file ends as its format says; formats that say nothing of it are taken as whole."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        match format:
            case "JPEG":
                return data.find(END, _find_scan(data)) >= 0
            case "PNG":
                return data.rfind(b"IEND", len(data) - min(len(data), _TAIL)) >= 0
            case "GIF":
                return data[-1:] == b";"
            case "WEBP":
                return int.from_bytes(data[4:8], "little") + 8 <= len(data)
            case "AVIF" | "HEIF":
                return _boxes_end(data)
            case _:
                return True


def _find_scan(data: mmap.mmap) -> int:
    """Where a JPEG's coded data begins: after its metadata, which may hold a whole small JPEG."""
    place = 2
    while data[place : place + 1] == b"\xff" and data[place + 1 : place + 2] != bytes([SCAN]):
        place += 2 + max(2, int.from_bytes(data[place + 2 : place + 4]))
    return place


def _boxes_end(data: mmap.mmap) -> bool:
    """Whether all boxes are there that an ISO base media file consists of (ISO/IEC 14496-12)."""
    place = 0
    while place + 8 <= len(data):
        size = int.from_bytes(data[place : place + 4])
        if size == 0:  # up to the end of the file
            return True
        if size == 1:
            size = int.from_bytes(data[place + 8 : place + 16])
        place += max(size, 8)
    return place == len(data)
