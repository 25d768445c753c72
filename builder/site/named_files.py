"""The files of a gallery, which a manifest does not name itself: it leads to them.

Each is named by the beginning of its SHA-256 (`builder.gallery_manifest`), so that whoever follows
a manifest of somebody else's can still tell that a file is what it is said to be.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from builder.gallery.index.files import list_names

ReadFile = Callable[[str], bytes | None]
"""Gives a file of a site by its URL; None if it is not there."""

_NAMED = re.compile(r"(?:[\w-]+/)+([0-9a-f]{32})\.\w+", re.ASCII)


def find_named_files(manifest: Mapping[str, Any], read: ReadFile) -> dict[str, str]:
    """The beginning of the SHA-256 of each file, by URL; nothing for a site without a gallery.

    What a list says that is missing or damaged is not known.
    """
    urls = _find_urls(manifest.get("gallery"), read)
    return {url: found[1] for url in urls if (found := _NAMED.fullmatch(url))}


def _find_urls(gallery: Any, read: ReadFile) -> Iterator[str]:
    for files in _find_lists(gallery):
        folder, suffix = files["folder"], files["suffix"]
        urls = [f"{folder}/{name}{suffix}" for name in list_names(read(files["url"]) or b"")]
        yield from urls
        if files is gallery.get("records"):
            yield from _find_thumbnails(gallery.get("thumbnails"), urls, read)


def _find_lists(part: Any) -> Iterator[Mapping[str, Any]]:
    match part:
        case {"url": str(), "folder": str(), "suffix": str()}:
            yield cast("Mapping[str, Any]", part)
        case dict():
            for inner in cast("dict[str, Any]", part).values():
                yield from _find_lists(inner)
        case list() | tuple():
            for inner in cast("list[Any]", part):
                yield from _find_lists(inner)
        case _:
            pass


def _find_thumbnails(folder: Any, records: list[str], read: ReadFile) -> Iterator[str]:
    """The thumbnails in the site that records name; none if they are elsewhere."""
    if not isinstance(folder, str) or "://" in folder:
        return
    for url in records:
        try:
            content = json.loads(read(url) or b"null")
        except (ValueError, RecursionError):
            continue
        match content:
            case {"thumbnail": list(names)}:
                yield from (f"{folder}{name}" for name in cast("list[Any]", names))
            case _:
                pass
