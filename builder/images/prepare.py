"""The images of a demo: each cropped square, as its models see it and as the page shows it.

The pixels that a model embeds are those of a JPEG, decoded again, and the page shows the JPEG of
its first model: what a visitor sees is what that model saw. Of a JPEG that has the right size, the
coded picture is shipped as it is, in a file of its own; nothing else of an author's file is.

Published code either squashes a picture to a square or crops it to one. A page shows squares, so a
picture is always cropped, around the author's focal point or box. Models that were trained on
squashed pictures see that square, which squashing only resizes.

A model that comes with a library's own preprocessing sees what that library would show it: the
whole picture, unless the author has cut it, and pixels that no JPEG has changed.
"""

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from builder.cache import Cache, digest, pack, unpack
from builder.errors import ImageError, Problem, SpecError
from builder.fingerprint import image_code
from builder.images.library import preprocess_as_library
from builder.images.open import decoding, open_picture, read_plain_jpeg, require_file
from builder.images.preprocess import CENTRE, crop_square, preprocess, resize_bicubic
from builder.model import Preprocessing
from builder.progress import Advance
from builder.spec.images import ImageSpec

DISPLAY_SIZES = (448, 896)
THUMBNAIL_SIZE = 112
THUMBNAIL_QUALITY = 70

# A copy this much larger than the model's input is worth its bytes; nobody sees a smaller gain.
_DISPLAY_GAIN = 1.25


@dataclass(frozen=True)
class Picture:
    """A square JPEG file of `size` x `size` pixels."""

    jpeg: bytes
    size: int


@dataclass(frozen=True)
class View:
    """An image as a model sees it: the pixels of `photo`, or of `exact`, a PNG, if there is one."""

    photo: Picture
    exact: bytes | None = None

    @property
    def content(self) -> bytes:
        """The file that determines the pixels."""
        return self.exact or self.photo.jpeg

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        """uint8[size, size, 3], decoded on first use."""
        with Image.open(io.BytesIO(self.content)) as decoded:
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
        return View(self.photo).pixels


@dataclass(frozen=True)
class ImageSet:
    """The prepared images of a demo, in the author's order."""

    images: tuple[PreparedImage, ...]

    @property
    def enlarged(self) -> list[str]:
        """The ids of images whose squares were smaller than what a model sees."""
        return [
            image.spec.id
            for image in self.images
            if image.side < max(view.size for view in image.views)
        ]


def prepare_images(
    specs: Iterable[ImageSpec],
    preprocessings: Sequence[Preprocessing] = (Preprocessing(),),
    *,
    cache: Cache,
    advance: Advance = lambda _: None,
    where: Callable[[int, str], str] | None = None,
) -> ImageSet:
    """Prepare all images for models with these preprocessings, calling `advance` after each.

    Images that are in the cache are not even opened. The photo that the page shows is the view for
    the first preprocessing. `where` gives the place of a key in the table of an image, by the
    image's index.

    Raises:
        SpecError: naming every picture that cannot be used.
    """
    prepared: list[PreparedImage] = []
    problems: list[Problem] = []
    for index, spec in enumerate(specs):
        try:
            prepared.append(_find_or_prepare(spec, preprocessings, cache))
        except ImageError as error:
            place = f"{where(index, error.key)}: " if where else ""
            problems.append(Problem.from_error(f"{place}{spec.file}", error))
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
        views={kind: _view(spec, picture, square, kind) for kind in preprocessings},
        display=tuple(
            _encode(resize_bicubic(square, size), quality=85, subsampling="4:2:0")
            for size in sizes
            if size >= preprocessings[0].size * _DISPLAY_GAIN
        ),
        thumbnail=make_thumbnail(square),
        side=square.width,
    )


def make_thumbnail(
    square: Image.Image, size: int = THUMBNAIL_SIZE, quality: int = THUMBNAIL_QUALITY
) -> Picture:
    """A small copy of a square, for pages that show many."""
    return _encode(resize_bicubic(square, size), quality=quality, subsampling="4:2:0")


def _encode(square: Image.Image, *, quality: int, subsampling: str) -> Picture:
    """Write a JPEG without any metadata (camera, place, colour profile)."""
    square.info.clear()
    data = io.BytesIO()
    square.save(data, "JPEG", quality=quality, subsampling=subsampling, optimize=True)
    return Picture(data.getvalue(), square.width)


def see(picture: Image.Image, preprocessing: Preprocessing) -> NDArray[np.uint8]:
    """uint8[size, size, 3]: a whole picture as a model sees it."""
    seen = preprocess(picture, preprocessing)
    return np.asarray(seen) if preprocessing.library else View(_encode_photo(seen)).pixels


def _view(
    spec: ImageSpec, picture: Image.Image, square: Image.Image, preprocessing: Preprocessing
) -> View:
    """One image for models with that preprocessing; `square` is what the page shows of it."""
    own = _find_photo(spec, preprocessing.size)
    if not preprocessing.library:
        source = square if preprocessing.fit == "squash" else picture
        focal_point = spec.focal_point or CENTRE
        return View(own or _encode_photo(preprocess(source, preprocessing, focal_point)))
    is_cut = spec.crop is not None or spec.focal_point is not None
    exact = preprocess_as_library(square if is_cut else picture, preprocessing)
    # A page shows no picture out of shape.
    is_shown = is_cut or preprocessing.fit == "crop"
    photo = own or _encode_photo(exact if is_shown else resize_bicubic(square, preprocessing.size))
    return View(photo, _encode_exactly(exact))


def _find_photo(spec: ImageSpec, size: int) -> Picture | None:
    """The author's own JPEG, if preprocessing would do no more than compress it again."""
    if spec.crop or not (jpeg := read_plain_jpeg(spec.file, size)):
        return None
    return Picture(jpeg, size)


def _encode_photo(square: Image.Image) -> Picture:
    """A preprocessed picture as a page shows it."""
    return _encode(square, quality=92, subsampling="4:4:4")


def _encode_exactly(square: Image.Image) -> bytes:
    data = io.BytesIO()
    square.save(data, "PNG")
    return data.getvalue()


def _pack(image: PreparedImage) -> bytes:
    pictures = [*(view.photo for view in image.views.values()), *image.display, image.thumbnail]
    about = {"side": image.side, "sizes": [picture.size for picture in pictures]}
    jpegs = {f"{i}.jpg": picture.jpeg for i, picture in enumerate(pictures)}
    exact = {f"{i}.png": view.exact for i, view in enumerate(image.views.values()) if view.exact}
    return pack(about, {**jpegs, **exact})


def _unpack(data: bytes, spec: ImageSpec, preprocessings: Sequence[Preprocessing]) -> PreparedImage:
    about, files = unpack(data)
    *others, thumbnail = (Picture(files[f"{i}.jpg"], size) for i, size in enumerate(about["sizes"]))
    return PreparedImage(
        spec=spec,
        views={
            preprocessing: View(photo, files.get(f"{i}.png"))
            for i, (preprocessing, photo) in enumerate(zip(preprocessings, others, strict=False))
        },
        display=tuple(others[len(preprocessings) :]),
        thumbnail=thumbnail,
        side=about["side"],
    )
