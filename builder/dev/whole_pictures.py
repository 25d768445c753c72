"""Pictures before they are cropped, as an author's page shows them."""

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from builder.images.colour import upright_size
from builder.images.open import decoding, open_header, open_picture

_LARGEST_SIDE = 1024
_KEPT = 256


@dataclass(frozen=True)
class Version:
    """A file as it is now, by which what was made of it can be kept."""

    path: Path
    bytes: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> "Version":
        """Raises OSError if it is not there."""
        found = path.stat()
        return cls(path, found.st_size, found.st_mtime_ns)


@lru_cache(_KEPT * 8)
def measure(version: Version) -> tuple[int, int]:
    """Width and height of the whole upright picture, in pixels.

    Raises:
        ImageError: if it is none.
    """
    with decoding(), open_header(version.path) as picture:
        return upright_size(picture)


@lru_cache(_KEPT)
def draw(version: Version) -> bytes:
    """The whole upright picture as a JPEG, for a screen.

    Raises:
        ImageError: if it is none.
    """
    picture = open_picture(version.path)
    picture.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE))
    data = io.BytesIO()
    picture.info.clear()
    picture.save(data, "JPEG", quality=85)
    return data.getvalue()
