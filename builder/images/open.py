"""Opening an author's picture: safely, upright, in sRGB, without transparency."""

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from builder.errors import ImageError

# Formats that Pillow decodes by itself; others (EPS, PDF) would start other programs.
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP", "JPEG2000", "PPM")
_WHITE = (255, 255, 255, 255)


def open_picture(path: Path) -> Image.Image:
    """Open a picture as upright RGB in sRGB, transparency on white, first frame of an animation.

    Raises:
        ImageError: if the file is not a picture, is cut off, or is too large to open safely.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as picture:
                picture.load()
                return _to_rgb(ImageOps.exif_transpose(picture))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        limit = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise ImageError(
            f"more than {limit} million pixels, too many to open safely",
            "Make the picture smaller first.",
        ) from None
    except UnidentifiedImageError:
        known = ", ".join(_FORMATS)
        raise ImageError(
            "not a picture in a format that can be read", f"Save it as one of {known}."
        ) from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        # Pillow's decoders raise any of these on damaged data.
        raise ImageError(
            f"cut off or damaged: {error}", "Open it in an image editor and save it again."
        ) from None


def read_plain_jpeg(path: Path, size: int) -> bytes | None:
    """The file itself if it is a JPEG of `size` x `size` pixels without metadata, else None."""
    try:
        with Image.open(path, formats=("JPEG",)) as picture:
            # The segments of JFIF and Adobe only say how colours are stored.
            segments: set[str] = {name for name, _ in getattr(picture, "applist", ())}
            plain = picture.mode == "RGB" and segments <= {"APP0", "APP14"}
            return path.read_bytes() if plain and picture.size == (size, size) else None
    except UnidentifiedImageError:
        return None


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I") or picture.mode == "F":
        # Grey of more than 8 bits: Pillow's own conversion clips at 255 where it should scale.
        grey = np.asarray(picture).astype(np.float64)
        is_16_bit = picture.mode.startswith("I;16") or grey.max(initial=0) > 255
        full = 65535.0 if is_16_bit else 255.0
        scaled = np.clip(np.rint(grey * (255.0 / full)), 0, 255).astype(np.uint8)
        return Image.fromarray(scaled).convert("RGB")
    profile = picture.info.get("icc_profile")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, _WHITE)
        picture = Image.alpha_composite(white, picture).convert("RGB")
    elif picture.mode == "P":
        picture = picture.convert("RGB")
    if profile:
        picture = _to_srgb(picture, profile)
    return picture.convert("RGB")


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Colours as meant by the picture's ICC profile, since the profile is not kept."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
    except (OSError, ImageCms.PyCMSError):
        # A profile that is damaged or for other channels is ignored, as browsers do.
        return picture
    return converted or picture
