"""Pictures wherever fsspec finds them, as an image tower sees them; what engines take and give.

An engine computes the rows of pictures that stream through it: on this machine
(`builder.embedding.local`) or on a cluster (`builder.embedding.on_ray`).
"""

import tempfile
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import fsspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from builder.addresses import mask_secrets
from builder.embedding.stream import check_rows
from builder.errors import ImageError, first_line
from builder.images.open import open_picture
from builder.images.prepare import make_thumbnail, see
from builder.images.preprocess import crop_square
from builder.input_file import find_fault
from builder.model import Preprocessing, Rows

_MOST_BYTES = 1 << 30
"""Of a picture's file."""
_REMEDY = "Restore it, or take it out of the gallery."


@dataclass(frozen=True)
class StoredPicture:
    """A picture's file: a path or an address, or `length` bytes from `offset` on in an archive.

    `version` changes when the file does, as far as that can be told without reading it.
    """

    id: str
    address: str
    version: str = ""
    offset: int = 0
    length: int | None = None

    @property
    def name(self) -> str:
        """What it is called in messages."""
        inner = f":{self.id}" if self.length is not None else ""
        return mask_secrets(f"{self.address}{inner}")


Place: TypeAlias = tuple[int, int]
"""The shard that a picture belongs to, and its place there, both from 0."""

Numbered: TypeAlias = tuple[Place, StoredPicture]


@dataclass(frozen=True)
class PictureRecord:
    """What is known of a picture beside its row; `name` is for messages.

    `size` is its own width and height in pixels, `jpeg` what a page of many pictures shows, if that
    was asked for. `error` says why there is no row.
    """

    place: Place
    id: str
    name: str
    size: tuple[int, int] | None = None
    error: str | None = None
    jpeg: bytes | None = None


EmbeddedPicture: TypeAlias = tuple[PictureRecord, NDArray[np.float32]]
"""A picture and its unit row, float32[d]; where there is an error, the row means nothing."""

Engine: TypeAlias = Callable[[Iterable[Numbered]], Generator[EmbeddedPicture]]
"""Gives each picture that it takes once, in any order."""

THUMBNAIL_SIZE = 256
"""Of thumbnails in pixels: three stand side by side on a phone with two pixels a point."""
_THUMBNAIL_QUALITY = 60
"""With it, photographs have 10 kB."""


def see_picture(
    numbered: Numbered, preprocessing: Preprocessing, *, thumbnails: bool
) -> tuple[PictureRecord, NDArray[np.uint8]]:
    """A picture, cropped around its centre, as a model sees it: uint8[size, size, 3].

    One that cannot be read is black, and its record has the error, so that all keep their places.
    """
    place, stored = numbered
    try:
        with _local_file(stored) as path:
            picture = open_picture(path)
            jpeg = _make_thumbnail(picture) if thumbnails else None
            pixels = see(picture, preprocessing)
    except ImageError as error:
        record = PictureRecord(place, stored.id, stored.name, error=error.message)
        return record, np.zeros((preprocessing.size, preprocessing.size, 3), np.uint8)
    return PictureRecord(place, stored.id, stored.name, picture.size, jpeg=jpeg), pixels


def _make_thumbnail(picture: Image.Image) -> bytes:
    square = crop_square(picture)
    return make_thumbnail(square, min(square.width, THUMBNAIL_SIZE), _THUMBNAIL_QUALITY).jpeg


def check_readable(records: Sequence[PictureRecord], rows: Rows, model_id: str, dim: int) -> None:
    """Refuse rows of the wrong size, and rows of readable pictures that are not finite.

    Raises:
        ModelError: naming the picture.
    """
    whole = [place for place, record in enumerate(records) if record.error is None]
    names = [records[place].name for place in whole]
    check_rows(rows[whole] if len(rows) == len(records) else rows, model_id, dim, names)


@contextmanager
def _local_file(stored: StoredPicture) -> Generator[Path]:
    """The picture's file, or a copy where it is not a file of this machine."""
    if "://" not in stored.address and stored.length is None:
        path = Path(stored.address)
        if fault := find_fault(path):
            raise ImageError(fault, _REMEDY)
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="lit-demo-picture-") as copy:
        copy.write(_read_bytes(stored))
        copy.flush()
        yield Path(copy.name)


def _read_bytes(stored: StoredPicture) -> bytes:
    whole = stored.length is None
    try:
        # Whole files are fetched as one; of an archive, no more than the picture is.
        opened: Any = fsspec.open(stored.address, "rb", cache_type="all" if whole else "none")
        with opened as file:
            file.seek(stored.offset)
            data: bytes = file.read(_MOST_BYTES + 1 if whole else stored.length)
    except Exception as error:  # of any type: each file system has its own
        raise ImageError(f"cannot be read: {mask_secrets(first_line(error))}", _REMEDY) from None
    if len(data) > _MOST_BYTES:
        raise ImageError(f"has more than {_MOST_BYTES:,} bytes", "Make it smaller first.")
    if not whole and len(data) < (stored.length or 0):
        raise ImageError("cut off: the archive ends in it", "Restore the archive.")
    return data
