"""What an author wants others to show of a page: `[sharing]` of `demo.toml`, its files read."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from builder.errors import BuilderError, ImageError
from builder.images.open import open_picture
from builder.images.preprocess import CENTRE, crop_square
from builder.site.lettering import Typeface, read_typeface
from builder.spec.page import SharingSpec


@dataclass(frozen=True)
class Sharing:
    """What the author wants others to show of the page, where that is not what a build would do.

    `address` is where the page will be, `icon` a square.
    """

    address: str | None = None
    icon: Image.Image | None = None
    typeface: Typeface | None = None


NO_WISHES = Sharing()


def read_sharing(spec: SharingSpec) -> Sharing:
    """What an author wants to be shown.

    Raises:
        BuilderError: if the icon or the font cannot be used.
    """
    return Sharing(
        address=spec.address and f"{spec.address.rstrip('/')}/",
        icon=spec.icon and _open_icon(spec.icon),
        typeface=spec.font and read_typeface(spec.font),
    )


def _open_icon(path: Path) -> Image.Image:
    try:
        return crop_square(open_picture(path), CENTRE)
    except ImageError as error:
        raise BuilderError(f"{path}: {error.message}", error.remedy) from None
