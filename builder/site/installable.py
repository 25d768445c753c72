"""What lets a page be installed, and opened without a network: worker, web app manifest, icons.

The worker (`webapp_src/service-worker/`) is the same for every site but for one line, which says
what the page needs to start and to compute. Versions of a site are told apart by their sealed
manifests.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw

from builder.manifest import FunctionSiteManifest, PageManifest, SiteManifest
from builder.site.bundle import Bundle, Files
from builder.site.webapp import WebApp

WORKER = "service-worker.js"
WEB_MANIFEST = "manifest.webmanifest"

_SIZES = (192, 512)
"""What Chromium asks of a page that can be installed, in pixels."""

_PAGE, _ACCENT, _BAR = "#f5f3ee", "#0a6a5c", "#a39b88"
"""As in webapp_src/src/page.css."""


@dataclass(frozen=True)
class Installable:
    """`files` by URL; the page names `touch_icon`, which some systems take from there."""

    files: Mapping[str, bytes]
    touch_icon: str
    manifest_url: str = WEB_MANIFEST


def make_installable(bundle: Bundle[Any], app: WebApp, worker: bytes) -> Installable:
    """The files that make a page of these data, which loads `app`, installable."""
    icons = Files()
    picture = _draw_icon(bundle)
    small, large = (
        icons.add(f"icons/icon-{size}", ".png", _encode(picture, size)).url for size in _SIZES
    )
    return Installable(
        files={
            **icons.content,
            WEB_MANIFEST: _describe(bundle.manifest, small, large),
            WORKER: _list_needed(bundle.manifest, app) + worker,
        },
        touch_icon=small,
    )


def _list_needed(manifest: PageManifest, app: WebApp) -> bytes:
    """The line before the worker's code: what the page loads first, and what it computes with."""
    computes = not isinstance(manifest, SiteManifest) or any(m.encoder for m in manifest.models)
    needed = [*app.first(manifest.language), *(app.runtime if computes else ())]
    return f"const NEEDED={json.dumps(sorted(set(needed)))};\n".encode()


def _describe(manifest: PageManifest, small: str, large: str) -> bytes:
    """The web app manifest: https://www.w3.org/TR/appmanifest/."""

    def icon(url: str, size: int, purpose: str) -> dict[str, str]:
        return {
            "src": url,
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }

    content = {
        "name": manifest.title,
        "description": manifest.description,
        "lang": manifest.language,
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": _PAGE,
        "theme_color": _PAGE,
        "icons": [
            icon(small, _SIZES[0], "any"),
            icon(large, _SIZES[1], "any"),
            # A picture fills the icon to its edges, so that a system may cut any shape out of it.
            icon(large, _SIZES[1], "maskable"),
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _draw_icon(bundle: Bundle[Any]) -> Image.Image:
    manifest: SiteManifest | FunctionSiteManifest = bundle.manifest
    if isinstance(manifest, FunctionSiteManifest):
        return _draw_bars()
    first = manifest.images[0]
    sharpest = max((first.photo, *first.display), key=lambda picture: picture.width)
    with Image.open(io.BytesIO(bundle.files[sharpest.url])) as picture:
        return picture.convert("RGB")


def _draw_bars() -> Image.Image:
    """Three bars, as pages show numbers; within the circle that is never cut off."""
    icon = Image.new("RGB", (512, 512), _PAGE)
    draw = ImageDraw.Draw(icon)
    for row, (right, colour) in enumerate(((400, _ACCENT), (290, _BAR), (210, _BAR))):
        top = 150 + 80 * row
        draw.rounded_rectangle((112, top, right, top + 52), 16, colour)
    return icon


def _encode(picture: Image.Image, size: int) -> bytes:
    """A PNG of 256 colours: every system reads it, and it has a third of the bytes."""
    resized = picture.resize((size, size), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    resized.quantize(256).save(data, "PNG", optimize=True)
    return data.getvalue()
