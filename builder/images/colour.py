"""Pictures of any mode, upright, in 8 bits of sRGB, on white: as browsers show them."""

import io
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms

from builder.errors import ImageError
from builder.images.png import scale_transparency

Values: TypeAlias = NDArray[np.float32]

_WHITE = (255, 255, 255)
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by its EXIF orientation."""
_TURNED = range(5, 9)
"""EXIF orientations of pictures that lie on their side."""

_SRGB_GAMMA = 1 / 2.2
_NEAR = 0.05
"""Gammas that differ by less than this share are the same, as for libpng."""
_GAMMAS = (0.01, 100.0)


def to_upright_rgb(picture: Image.Image) -> Image.Image:
    """An opened picture as upright RGB in sRGB, with what is transparent on white.

    Raises:
        ImageError: if it is empty, or its numbers have no meaning as grey.
        Exception: whatever a decoder raises, if its pixels have not been loaded yet.
    """
    scale_transparency(picture)
    picture.load()
    if 0 in picture.size:
        raise ImageError("has no pixels", "Name another picture.")
    rgb = _to_rgb(picture)
    turn = _UPRIGHT.get(orientation_of(picture))
    return rgb if turn is None else rgb.transpose(turn)


def orientation_of(picture: Image.Image) -> int:
    """The EXIF orientation from 1 to 8."""
    try:
        orientation = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:
        # Damaged EXIF data says nothing about the pixels, which may be whole; browsers ignore it.
        return 1
    return orientation if orientation in _UPRIGHT else 1


def upright_size(picture: Image.Image) -> tuple[int, int]:
    """Width and height in pixels that a picture has once it is upright, from its header alone."""
    width, height = picture.size
    return (height, width) if orientation_of(picture) in _TURNED else (width, height)


def _to_rgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    gamma = None if profile else _gamma_of(picture)
    if picture.mode.startswith("I") or picture.mode == "F":
        picture, gamma = _to_8_bits(picture, gamma), None
    alpha = None
    if picture.mode == "La":
        picture = picture.convert("LA")
    if picture.has_transparency_data:
        rgba = picture.convert("RGBA")
        alpha = rgba.getchannel("A")
        picture = picture.getchannel("L") if picture.mode == "LA" else rgba.convert("RGB")
    elif picture.mode in ("1", "P", "PA"):
        picture = picture.convert("RGB")
    if profile:
        picture = _to_srgb(picture, profile)
    elif gamma:
        curve = np.rint(
            _encode(np.arange(256, dtype=np.float32) / np.float32(255), gamma) * 255
        ).astype(int)
        picture = picture.point(curve.tolist() * len(picture.getbands()))
    if picture.mode != "RGB":
        picture = picture.convert("RGB")
    if alpha is None:
        return picture
    white = Image.new("RGB", picture.size, _WHITE)
    white.paste(picture, mask=alpha)
    return white


def _gamma_of(picture: Image.Image) -> float | None:
    """The exponent of a PNG's gAMA chunk where it counts and is not that of sRGB."""
    gamma = picture.info.get("gamma")
    if not isinstance(gamma, float) or "srgb" in picture.info:
        return None
    smallest, largest = _GAMMAS
    same = abs(gamma / _SRGB_GAMMA - 1) < _NEAR
    return gamma if smallest <= gamma <= largest and not same else None


def _encode(values: Values, gamma: float) -> Values:
    """Values from 0 to 1, which are light to the power of `gamma`, in sRGB (IEC 61966-2-1)."""
    light = values ** np.float32(1 / gamma)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def _to_8_bits(picture: Image.Image, gamma: float | None) -> Image.Image:
    """Grey of more than 8 bits, which Pillow itself would cut off at 255 instead of scaling it."""
    stored = np.asarray(picture)
    values = stored.astype(np.float32) / np.float32(_full_scale(picture, stored))
    if gamma:
        values = _encode(values, gamma)
    grey = Image.fromarray(np.rint(values * 255).astype(np.uint8))
    key = picture.info.get("transparency")
    if not isinstance(key, int):
        return grey
    alpha = Image.fromarray(np.where(stored == key, 0, 255).astype(np.uint8))
    return Image.merge("LA", (grey, alpha))


def _full_scale(picture: Image.Image, stored: NDArray[np.generic]) -> float:
    """The number that stands for white.

    Files of 32 bits do not say which that is.
    """
    if picture.mode.startswith("I;16") or (picture.mode == "I" and picture.format == "PPM"):
        return 65535.0
    lowest, highest = float(stored.min()), float(stored.max())
    # Written so that NaN, which is neither within nor beyond a limit, fails.
    if picture.mode == "F":
        if lowest >= 0 and highest <= 1:
            return 1.0
        if lowest >= 0 and highest <= 255 and bool((stored == np.rint(stored)).all()):
            return 255.0
        raise ImageError(
            f"its numbers go from {lowest:g} to {highest:g}, so it is not clear which is white",
            "Scale them to 0 to 1, or save it with 8 bits.",
        )
    if lowest >= 0 and highest <= 65535:
        return 65535.0 if highest > 255 else 255.0
    raise ImageError(
        f"its numbers go from {lowest:.0f} to {highest:.0f}, so it is not clear which is white",
        "Save it with 8 or 16 bits.",
    )


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Colours as meant by the picture's ICC profile, since the profile is not kept."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
    except (OSError, TypeError, ValueError, ImageCms.PyCMSError):
        # A profile that is damaged or for other channels is ignored, as browsers do.
        return picture
    return converted or picture
