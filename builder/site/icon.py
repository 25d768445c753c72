"""The picture that stands for a page: in a tab, on a home screen, in a list of apps."""

import io

from PIL import Image, ImageDraw

from builder.manifest import FunctionSiteManifest, SiteManifest
from builder.site.bundle import Bundle, Manifest

PAGE, ACCENT, BAR = "#f5f3ee", "#0a6a5c", "#a39b88"
"""As in webapp_src/src/components/theme.css."""


def draw_icon(bundle: Bundle[Manifest]) -> Image.Image:
    """A square: the author's icon, or the first picture, or bars for a page without pictures."""
    manifest = bundle.manifest
    if bundle.sharing.icon is not None:
        return bundle.sharing.icon
    if isinstance(manifest, SiteManifest):
        return open_first_picture(bundle, manifest)
    assert isinstance(manifest, FunctionSiteManifest)
    return _draw_bars()


def open_first_picture(bundle: Bundle[Manifest], manifest: SiteManifest) -> Image.Image:
    """The sharpest square of the first picture."""
    first = manifest.images[0]
    sharpest = max((first.photo, *first.display), key=lambda picture: picture.width)
    with Image.open(io.BytesIO(bundle.files[sharpest.url])) as picture:
        return picture.convert("RGB")


def encode_icon(icon: Image.Image, size: int) -> bytes:
    """A PNG of 256 colours: every system reads it, and it has a third of the bytes."""
    resized = icon.resize((size, size), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    resized.quantize(256).save(data, "PNG", optimize=True)
    return data.getvalue()


def _draw_bars() -> Image.Image:
    """Three bars, as pages show numbers; within the circle that is never cut off."""
    icon = Image.new("RGB", (512, 512), PAGE)
    draw = ImageDraw.Draw(icon)
    for row, (right, colour) in enumerate(((400, ACCENT), (290, BAR), (210, BAR))):
        top = 150 + 80 * row
        draw.rounded_rectangle((112, top, right, top + 52), 16, colour)
    return icon
