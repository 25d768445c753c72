"""What lets a page be installed, and opened without a network: worker, web app manifest, icons.

The worker (`webapp_src/service-worker/`) is the same for every site but for one line, which says
what the page needs to start and to compute. Versions of a site are told apart by their sealed
manifests.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from builder.manifest import ModelsManifest, PageManifest
from builder.site.bundle import Bundle
from builder.site.files import Files
from builder.site.icon import PAGE, draw_icon, encode_icon
from builder.site.webapp import WebApp

WORKER = "service-worker.js"
WEB_MANIFEST = "manifest.webmanifest"

_SIZES = (192, 512)
"""What Chromium asks of a page that can be installed, in pixels."""


@dataclass(frozen=True)
class Installable:
    """`files` by URL; the page names `touch_icon`, which some systems take from there."""

    files: Mapping[str, bytes]
    touch_icon: str
    manifest_url: str = WEB_MANIFEST


def make_installable(bundle: Bundle[Any], app: WebApp, worker: bytes) -> Installable:
    """The files that make a page of these data, which loads `app`, installable."""
    icons = Files()
    picture = draw_icon(bundle)
    small, large = (
        icons.add(f"icons/icon-{size}", ".png", encode_icon(picture, size)).url for size in _SIZES
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
    computes = not isinstance(manifest, ModelsManifest) or any(m.encoder for m in manifest.models)
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
        "background_color": PAGE,
        "theme_color": PAGE,
        "icons": [
            icon(small, _SIZES[0], "any"),
            icon(large, _SIZES[1], "any"),
            # A picture fills the icon to its edges, so that a system may cut any shape out of it.
            icon(large, _SIZES[1], "maskable"),
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
