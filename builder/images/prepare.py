"""The images of a demo: each cropped square, as its models see it and as the page shows it.

The pixels that a model embeds are those of a JPEG, decoded again, and the page shows the JPEG of
its first model: what a visitor sees is what that model saw. Of a JPEG that has the right size, the
coded picture is shipped as it is, in a file of its own; nothing else of an author's file is.

Published code either squashes a picture to a square or crops it to one. A page shows squares, so a
picture is always cropped, around the author's focal point or box. Models that were trained on
squashed pictures see that square, which squashing only resizes.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from builder.cache import Cache, digest, pack, unpack
from builder.errors import ImageError, Problem, SpecError
from builder.fingerprint import image_code
from builder.images.open import decoding, open_picture, read_plain_jpeg, require_file
from builder.images.resize import resize_tf_bilinear
from builder.model import Preprocessing
from builder.progress import Advance
from builder.spec.demo import ImageSpec

DISPLAY_SIZES = (448, 896)
THUMBNAIL_SIZE = 112

Point: TypeAlias = tuple[float, float]
"""A place as fractions of a picture's width and height."""

CENTRE: Point = (0.5, 0.5)

# A copy this much larger than the model's input is worth its bytes; nobody sees a smaller gain.
_DISPLAY_GAIN = 1.25


@dataclass(frozen=True)
class Picture:
    """A square JPEG file of `size` x `size` pixels."""

    jpeg: bytes
    size: int


@dataclass(frozen=True)
class View:
    """An image as a model sees it: the pixels of `photo`."""

    photo: Picture

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        """uint8[size, size, 3], decoded on first use."""
        with Image.open(io.BytesIO(self.photo.jpeg)) as decoded:
            return np.asarray(decoded, dtype=np.uint8)


@dataclass(frozen=True)
class PreparedImage:
    """One image in all the forms that a site needs, with a view for each preprocessing.

    `side` is that of the square that was cropped from the author's picture, in pixels.
    """

    spec: ImageSpec
    views: Mapping[Preprocessing, View]
    display: tuple[Picture, ...]
    thumbnail: Picture
    side: int

    @property
    def photo(self) -> Picture:
        """What the page shows and its first model saw."""
        return next(iter(self.views.values())).photo

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The decoded `photo`."""
        return next(iter(self.views.values())).pixels


@dataclass(frozen=True)
class ImageSet:
    """The prepared images of a demo, in the author's order."""

    images: tuple[PreparedImage, ...]

    @property
    def warnings(self) -> list[str]:
        """What an author should know although nothing is wrong."""
        return [
            f"{image.spec.file}: smaller than {size}x{size}, so it was enlarged"
            for image in self.images
            if image.side < (size := max(view.size for view in image.views))
        ]


def prepare_images(
    specs: Iterable[ImageSpec],
    preprocessings: Sequence[Preprocessing] = (Preprocessing(),),
    *,
    cache: Cache,
    advance: Advance = lambda _: None,
) -> ImageSet:
    """Prepare all images for models with these preprocessings, calling `advance` after each.

    Images that are in the cache are not even opened. The photo that the page shows is the view for
    the first preprocessing.

    Raises:
        SpecError: naming every picture that cannot be used.
    """
    prepared: list[PreparedImage] = []
    problems: list[Problem] = []
    for spec in specs:
        try:
            prepared.append(_find_or_prepare(spec, preprocessings, cache))
        except ImageError as error:
            problems.append(Problem.from_error(str(spec.file), error))
        advance(1)
    if problems:
        raise SpecError(problems)
    return ImageSet(tuple(prepared))


def _find_or_prepare(
    spec: ImageSpec, preprocessings: Sequence[Preprocessing], cache: Cache
) -> PreparedImage:
    cut = json.dumps([spec.crop, spec.focal_point, list(map(astuple, preprocessings))])
    key = digest(image_code(), _hash_file(spec.file), cut)
    if (kept := cache.load("images", key)) is not None:
        return _unpack(kept, spec, preprocessings)
    image = prepare_image(spec, preprocessings)
    cache.store("images", key, _pack(image))
    return image


def _hash_file(path: Path) -> bytes:
    with decoding():
        require_file(path)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()


def prepare_image(
    spec: ImageSpec, preprocessings: Sequence[Preprocessing] = (Preprocessing(),)
) -> PreparedImage:
    """Open one picture and make the site's copies of it.

    Raises:
        ImageError: if the picture cannot be used, or the crop box reaches outside it.
    """
    picture = open_picture(spec.file, spec.crop)
    focal_point = spec.focal_point or CENTRE
    square = crop_square(picture, focal_point)
    sizes = sorted({min(square.width, size) for size in DISPLAY_SIZES})
    return PreparedImage(
        spec=spec,
        views={
            preprocessing: _find_view(spec, preprocessing)
            or make_view(
                preprocess(
                    square if preprocessing.fit == "squash" else picture, preprocessing, focal_point
                )
            )
            for preprocessing in preprocessings
        },
        display=tuple(
            _encode(_resize(square, size), quality=85, subsampling="4:2:0")
            for size in sizes
            if size >= preprocessings[0].size * _DISPLAY_GAIN
        ),
        thumbnail=_encode(_resize(square, THUMBNAIL_SIZE), quality=80, subsampling="4:2:0"),
        side=square.width,
    )


def preprocess(
    picture: Image.Image, preprocessing: Preprocessing, focal_point: Point = CENTRE
) -> Image.Image:
    """The square of `preprocessing.size` pixels that a model expects, around the focal point.

    With "tf-bilinear" and the centre, this is what `vit_jax.preprocess` makes, with `crop=True` or,
    for "squash", without.
    """
    size = preprocessing.size
    if preprocessing.fit == "squash":
        if preprocessing.resize == "bicubic":
            return _resize(picture, size)
        return Image.fromarray(resize_tf_bilinear(np.asarray(picture), size, size))
    if preprocessing.resize == "bicubic":
        return _resize(crop_square(picture, focal_point), size)
    # vit_jax first brings the shorter side to `size`, then cuts off what is left of the longer one.
    scale = np.float32(size) / np.float32(min(picture.size))
    width, height = (round(float(np.float32(side) * scale)) for side in picture.size)
    left, top = map(int, _place_square(width, height, focal_point))
    rows, columns = slice(top, top + size), slice(left, left + size)
    return Image.fromarray(resize_tf_bilinear(np.asarray(picture), width, height, rows, columns))


def crop_square(picture: Image.Image, focal_point: Point = CENTRE) -> Image.Image:
    """The largest square whose centre is as near to the focal point as possible."""
    left, top = map(round, _place_square(picture.width, picture.height, focal_point))
    side = min(picture.size)
    return picture.crop((left, top, left + side, top + side))


def _place_square(width: int, height: int, focal_point: Point) -> tuple[float, float]:
    """Left and top of the largest square in a picture of that size."""
    side = min(width, height)
    left = min(max(focal_point[0] * width - side / 2, 0), width - side)
    top = min(max(focal_point[1] * height - side / 2, 0), height - side)
    return left, top


def _resize(picture: Image.Image, size: int) -> Image.Image:
    return picture.resize((size, size), Image.Resampling.BICUBIC)


def _encode(square: Image.Image, *, quality: int, subsampling: str) -> Picture:
    """Write a JPEG without any metadata (camera, place, colour profile)."""
    square.info.clear()
    data = io.BytesIO()
    square.save(data, "JPEG", quality=quality, subsampling=subsampling, optimize=True)
    return Picture(data.getvalue(), square.width)


def make_view(square: Image.Image) -> View:
    """The preprocessed picture as a page shows it, and a model sees it: after JPEG compression."""
    return View(_encode(square, quality=92, subsampling="4:4:4"))


def _find_view(spec: ImageSpec, preprocessing: Preprocessing) -> View | None:
    """The author's own JPEG, if preprocessing would do no more than compress it again."""
    if spec.crop or not (jpeg := read_plain_jpeg(spec.file, preprocessing.size)):
        return None
    return View(Picture(jpeg, preprocessing.size))


def _pack(image: PreparedImage) -> bytes:
    pictures = [*(view.photo for view in image.views.values()), *image.display, image.thumbnail]
    about = {"side": image.side, "sizes": [picture.size for picture in pictures]}
    return pack(about, {str(i): picture.jpeg for i, picture in enumerate(pictures)})


def _unpack(data: bytes, spec: ImageSpec, preprocessings: Sequence[Preprocessing]) -> PreparedImage:
    about, files = unpack(data)
    *others, thumbnail = (
        Picture(jpeg, size) for jpeg, size in zip(files.values(), about["sizes"], strict=True)
    )
    views = others[: len(preprocessings)]
    return PreparedImage(
        spec=spec,
        views={kind: View(photo) for kind, photo in zip(preprocessings, views, strict=True)},
        display=tuple(others[len(preprocessings) :]),
        thumbnail=thumbnail,
        side=about["side"],
    )
