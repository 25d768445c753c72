"""Pictures: open them safely, turn them upright, crop them square, and write what a page shows.

The pixels a model embeds are those of the JPEG that the page shows, decoded again, so what a
visitor sees is what the model saw.
"""

import io
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from builder.errors import ImageError, Problem, SpecError
from builder.progress import Advance
from builder.spec import ImageSpec

MODEL_SIZE = 224
DISPLAY_SIZES = (448, 896)
THUMBNAIL_SIZE = 112

# A copy this much larger than the model's input is worth its bytes; a smaller gain is not seen.
_DISPLAY_GAIN = 1.25
# Formats that Pillow decodes by itself; others (EPS, PDF) would start other programs.
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF", "BMP", "JPEG2000", "PPM")
_WHITE = (255, 255, 255, 255)


@dataclass(frozen=True)
class Picture:
    """A square JPEG file of `size` x `size` pixels."""

    jpeg: bytes
    size: int


@dataclass(frozen=True)
class PreparedImage:
    """One image in all the forms a site needs.

    `pixels` is uint8[224, 224, 3], decoded from `photo`.
    """

    spec: ImageSpec
    photo: Picture
    display: tuple[Picture, ...]
    thumbnail: Picture
    pixels: NDArray[np.uint8]
    enlarged: bool


@dataclass(frozen=True)
class ImageSet:
    """The prepared images of a demo, in the author's order."""

    images: tuple[PreparedImage, ...]

    @property
    def warnings(self) -> list[str]:
        """What an author should know although nothing is wrong."""
        return [
            f"{image.spec.file}: smaller than {MODEL_SIZE}x{MODEL_SIZE}, so it was enlarged"
            for image in self.images
            if image.enlarged
        ]


def prepare_images(specs: Iterable[ImageSpec], advance: Advance | None = None) -> ImageSet:
    """Prepare all images, calling `advance` after each.

    Raises:
        SpecError: naming every picture that cannot be used.
    """
    prepared: list[PreparedImage] = []
    problems: list[Problem] = []
    for spec in specs:
        try:
            prepared.append(prepare_image(spec))
        except ImageError as error:
            message, _, remedy = str(error).partition("\n")
            problems.append(Problem(str(spec.file), message, remedy))
        if advance:
            advance(1)
    if problems:
        raise SpecError(problems)
    return ImageSet(tuple(prepared))


def prepare_image(spec: ImageSpec) -> PreparedImage:
    """Open one picture and make the site's copies of it."""
    square = crop_square(open_picture(spec.file), spec)
    side = square.width
    sizes = sorted({min(side, size) for size in DISPLAY_SIZES})
    photo = _encode(_resize(square, MODEL_SIZE), quality=92, subsampling="4:4:4")
    with Image.open(io.BytesIO(photo.jpeg)) as decoded:
        pixels = np.asarray(decoded, dtype=np.uint8)
    return PreparedImage(
        spec=spec,
        photo=photo,
        display=tuple(
            _encode(_resize(square, size), quality=85, subsampling="4:2:0")
            for size in sizes
            if size >= MODEL_SIZE * _DISPLAY_GAIN
        ),
        thumbnail=_encode(_resize(square, THUMBNAIL_SIZE), quality=80, subsampling="4:2:0"),
        pixels=pixels,
        enlarged=side < MODEL_SIZE,
    )


def open_picture(path: Path) -> Image.Image:
    """Open a picture as upright RGB in sRGB, transparency on white, first frame of an animation.

    Raises:
        ImageError: if the file is no picture, is cut off, or is too large to open safely.
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
            f"more than {limit} million pixels, which is not safe to open\n"
            "Make the picture smaller first."
        ) from None
    except UnidentifiedImageError:
        known = ", ".join(_FORMATS)
        raise ImageError(
            f"not a picture in a format that can be read\nSave it as one of {known}."
        ) from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        # Pillow's decoders raise any of these on damaged data.
        raise ImageError(
            f"cut off or damaged: {error}\nOpen it in an image editor and save it again."
        ) from None


def crop_square(picture: Image.Image, spec: ImageSpec) -> Image.Image:
    """The largest square around the focal point, or in the middle of the crop box."""
    box = spec.crop or (0, 0, picture.width, picture.height)
    if box[2] > picture.width or box[3] > picture.height:
        raise ImageError(
            f"crop = {list(box)} reaches outside the picture, which is"
            f" {picture.width}x{picture.height}\nWrite [left, top, right, bottom] within it."
        )
    x, y = spec.focal_point or (0.5, 0.5)
    width, height = box[2] - box[0], box[3] - box[1]
    side = min(width, height)
    left = box[0] + round(min(max(x * width - side / 2, 0), width - side))
    top = box[1] + round(min(max(y * height - side / 2, 0), height - side))
    return picture.crop((left, top, left + side, top + side))


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


def _resize(square: Image.Image, size: int) -> Image.Image:
    return square.resize((size, size), Image.Resampling.BICUBIC)


def _encode(square: Image.Image, *, quality: int, subsampling: str) -> Picture:
    """Write a JPEG without any metadata (camera, place, colour profile)."""
    square.info.clear()
    data = io.BytesIO()
    square.save(data, "JPEG", quality=quality, subsampling=subsampling, optimize=True)
    return Picture(data.getvalue(), square.width)
