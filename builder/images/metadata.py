"""What a picture's file says about its maker, in EXIF and IPTC.

EXIF 2.3 calls them Artist, Copyright and ImageDescription; IPTC IIM 4.2 By-line (2:80), Copyright
Notice (2:116) and Caption (2:120).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import ExifTags, IptcImagePlugin

from builder.images.open import decoding, open_header


@dataclass(frozen=True)
class Metadata:
    """The maker, what is said about rights, and what the picture shows; empty if not said."""

    author: str = ""
    rights: str = ""
    description: str = ""


def read_metadata(path: Path) -> Metadata:
    """Read the header of a picture, and none of its pixels. What IPTC says comes first.

    Raises:
        ImageError: if the file is not a picture.
    """
    with decoding(), open_header(path) as picture:
        exif = picture.getexif()
        iptc = IptcImagePlugin.getiptcinfo(picture) or {}
        return Metadata(
            author=_first(iptc.get((2, 80)), exif.get(ExifTags.Base.Artist)),
            rights=_first(iptc.get((2, 116)), exif.get(ExifTags.Base.Copyright)),
            description=_first(iptc.get((2, 120)), exif.get(ExifTags.Base.ImageDescription)),
        )


def _first(*values: object) -> str:
    return next((text for value in values for text in _read(value) if text), "")


def _read(value: object) -> Iterable[str]:
    """Texts in UTF-8, whatever the formats say: that is what programs write."""
    match value:
        case list():
            for entry in value:
                yield from _read(entry)
        case bytes():
            yield " ".join(value.decode("utf-8", "replace").replace("\0", " ").split())
        case str():
            # Pillow reads EXIF as Latin-1, which loses no byte.
            try:
                yield from _read(value.encode("latin-1"))
            except UnicodeEncodeError:
                yield " ".join(value.split())
        case _:
            return
