"""Opening an author's picture: safely, upright, in sRGB, without transparency."""

import io
import mmap
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from builder.errors import ImageError, first_line
from builder.images.colour import orientation_of, to_upright_rgb
from builder.images.jpeg.rebuild import rebuild_jpeg
from builder.images.png import SIGNATURE, read_without_texts
from builder.spec.images import Box

PIXEL_LIMIT = 89_478_485
"""That of Pillow. A JPEG of more pixels is reduced by its decoder, other formats are refused."""

MAX_JPEG_PIXELS = 300_000_000
"""Larger than what any phone makes."""

_MAX_SCANNED_PIXELS = 6_000_000_000
"""Times the scans of a progressive file: a picture of ten scans may have 200 million pixels."""

# Formats that Pillow and pillow-heif decode by themselves; others (EPS, PDF) would start other
# programs.
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "TIFF", "BMP", "JPEG2000", "PPM")
_JPEG_SIGNATURE = b"\xff\xd8\xff"


def open_picture(path: Path, crop: Box | None = None) -> Image.Image:
    """Open a picture as upright RGB in sRGB, transparency on white, first frame of an animation.

    A JPEG of more than 89 million pixels is decoded at half its width and height, or less. `crop`
    is in pixels of the whole upright picture all the same.

    Raises:
        ImageError: if the file is not a picture, is cut off, or is too large to open safely, or the
            crop box reaches outside it.
    """
    with decoding(), open_header(path) as picture:
        width, height = picture.size
        check_size(picture, path)
        if picture.format == "JPEG":
            _reduce(picture)
        upright = to_upright_rgb(picture)
        turned = upright.size != picture.size
        return _cut_box(upright, crop, (height, width) if turned else (width, height))


def read_plain_jpeg(path: Path, size: int) -> bytes | None:
    """A JPEG of `size` x `size` pixels that needs neither turning nor other colours, else None.

    It has the file's pixels, and nothing else of the file.
    """
    try:
        with decoding(), open_header(path) as picture:
            is_plain = picture.format == "JPEG" and picture.mode == "RGB"
            fits = picture.size == (size, size) and orientation_of(picture) == 1
            if not (is_plain and fits) or picture.info.get("icc_profile"):
                return None
            if (jpeg := rebuild_jpeg(path.read_bytes())) is None:
                return None
            return jpeg if _decodes_to(jpeg, picture) else None
    except ImageError:
        return None  # as is said where it is opened


@contextmanager
def decoding() -> Generator[None]:
    """Say in an ImageError what is wrong with a picture, whatever its decoder raises.

    Raises:
        ImageError: in place of any exception.
    """
    try:
        with warnings.catch_warnings():
            # What decoders make of odd metadata, none of which is kept.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except ImageError:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise _too_large(Image.MAX_IMAGE_PIXELS or PIXEL_LIMIT) from None
    except UnidentifiedImageError:
        known = ", ".join(_FORMATS)
        raise ImageError(
            "not a picture in a format that can be read", f"Save it as one of {known}."
        ) from None
    except MemoryError:
        raise ImageError(
            "needs more memory than there is", "Make the picture smaller first."
        ) from None
    except Exception as error:
        if isinstance(error, OSError) and error.errno:
            raise ImageError(f"cannot be read: {error.strerror}", "Restore it.") from None
        raise ImageError(
            f"cut off or damaged: {first_line(error)}",
            "Open it in an image editor and save it again.",
        ) from None


def require_file(path: Path) -> None:
    """Make sure that there is something to read, and an end to it.

    Raises:
        ImageError: for folders, devices and pipes.
        OSError: if the system does not say what it is.
    """
    if not path.is_file():
        raise ImageError("not a file", "Name a picture.")


def open_header(path: Path) -> ImageFile:
    """A picture with its size and metadata, not decoded yet; only in a block of `decoding`."""
    require_file(path)
    with path.open("rb") as file:
        start = file.read(len(SIGNATURE))
    if start.startswith(_JPEG_SIGNATURE):
        # Pillow's `open` would refuse a large one before it can be reduced.
        return JpegImageFile(path)
    register_heif()
    return Image.open(read_without_texts(path) if start == SIGNATURE else path, formats=_FORMATS)


@cache
def register_heif() -> None:
    """Tell Pillow how to open HEIC and HEIF, which phones write."""
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)


def check_size(picture: Image.Image, path: Path) -> None:
    """Refuse a picture, of which only the header has been read, that is not safe to decode.

    Raises:
        ImageError: if it has too many pixels, or scans.
    """
    pixels = picture.width * picture.height
    limit = MAX_JPEG_PIXELS if picture.format == "JPEG" else PIXEL_LIMIT
    if pixels > limit:  # also where a program has lifted Pillow's limit
        raise _too_large(limit)
    # A decoder goes over the whole picture for each scan of a progressive file.
    if picture.info.get("progressive") and pixels * _count_scans(path) > _MAX_SCANNED_PIXELS:
        raise ImageError("too many scans to open safely", "Save it without them (as baseline).")


def _reduce(picture: Image.Image) -> None:
    """Let the decoder of a large JPEG give every second, fourth or eighth pixel."""
    width, height = picture.size
    scale = 1
    while width * height > PIXEL_LIMIT * scale**2:
        scale *= 2
    if scale > 1:
        picture.draft(picture.mode, (width // scale, height // scale))


def _count_scans(path: Path) -> int:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        count, place = 0, data.find(b"\xff\xda")
        while place >= 0:
            count, place = count + 1, data.find(b"\xff\xda", place + 2)
        return count


def _too_large(limit: int) -> ImageError:
    return ImageError(
        f"more than {limit // 1_000_000} million pixels, too many to open safely",
        "Make the picture smaller first.",
    )


def _cut_box(picture: Image.Image, box: Box | None, full: tuple[int, int]) -> Image.Image:
    """Cut out a box in pixels of the `full` size, of which the picture may be a reduced copy."""
    if box is None:
        return picture
    if box[2] > full[0] or box[3] > full[1]:
        raise ImageError(
            f"crop = {list(box)} reaches outside the picture, which is {full[0]}x{full[1]}",
            "Write [left, top, right, bottom] within it.",
            key="crop",
        )
    across, down = (size / whole for size, whole in zip(picture.size, full, strict=True))
    left, top = int(box[0] * across), int(box[1] * down)
    right, bottom = round(box[2] * across), round(box[3] * down)
    return picture.crop((left, top, max(right, left + 1), max(bottom, top + 1)))


def _decodes_to(jpeg: bytes, picture: Image.Image) -> bool:
    """Whether a file has the pixels of a picture."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as found:
        return np.array_equal(np.asarray(found), np.asarray(picture))
