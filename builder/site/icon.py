"""The picture that stands for a page: in a tab, on a home screen, in a list of apps."""

import io

from PIL import Image, ImageDraw

from builder.gallery.built import BuiltGallery
from builder.manifest import SiteManifest
from builder.site.bundle import Bundle, Manifest

PAGE, ACCENT, BAR = "#f5f3ee", "#0a6a5c", "#a39b88"
"""As in webapp_src/src/components/theme.css."""

ICON_SIZE = 512
_ICON_TILES = 2
"""Pictures in a row of a gallery's icon; more could not be told apart in a tab."""


def draw_icon(bundle: Bundle[Manifest]) -> Image.Image:
    """A square: the author's icon, or the first pictures, or bars for a page without any."""
    manifest = bundle.manifest
    if bundle.sharing.icon is not None:
        return bundle.sharing.icon
    if isinstance(manifest, SiteManifest):
        return open_first_picture(bundle, manifest)
    return (bundle.gallery and tile(bundle.gallery, _ICON_TILES, ICON_SIZE)) or _draw_bars()


def open_first_picture(bundle: Bundle[Manifest], manifest: SiteManifest) -> Image.Image:
    """The sharpest square of the first picture."""
    first = manifest.images[0]
    sharpest = max((first.photo, *first.display), key=lambda picture: picture.width)
    with Image.open(io.BytesIO(bundle.files[sharpest.url])) as picture:
        return picture.convert("RGB")


def tile(gallery: BuiltGallery, per_row: int, side: int) -> Image.Image | None:
    """A square of so many of the first pictures; None if the site has none or too few of them."""
    urls = [f"{gallery.part.thumbnails}{record.thumbnail}" for record in gallery.first]
    urls = [url for url in urls if url in gallery.files][: per_row**2]
    if len(urls) < per_row**2:
        return None
    tiled = Image.new("RGB", (side, side), PAGE)
    for number, url in enumerate(urls):
        row, column = divmod(number, per_row)
        left, top, right, bottom = (
            round(edge * side / per_row) for edge in (column, row, column + 1, row + 1)
        )
        with Image.open(io.BytesIO(gallery.files[url])) as picture:
            size = (right - left, bottom - top)
            square = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)
        tiled.paste(square, (left, top))
    return tiled


def encode_icon(icon: Image.Image, size: int) -> bytes:
    """A PNG of 256 colours: every system reads it, and it has a third of the bytes."""
    resized = icon.resize((size, size), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    resized.quantize(256).save(data, "PNG", optimize=True)
    return data.getvalue()


def _draw_bars() -> Image.Image:
    """Three bars, as pages show numbers; within the circle that is never cut off."""
    icon = Image.new("RGB", (ICON_SIZE, ICON_SIZE), PAGE)
    draw = ImageDraw.Draw(icon)
    for row, (right, colour) in enumerate(((400, ACCENT), (290, BAR), (210, BAR))):
        top = 150 + 80 * row
        draw.rounded_rectangle((112, top, right, top + 52), 16, colour)
    return icon
