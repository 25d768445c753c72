"""The files of a gallery, which a manifest does not name itself: its lists do.

Each is named by the beginning of its SHA-256 (`builder.gallery_manifest`), so that whoever follows
a manifest of somebody else's can still tell that a file is what it is said to be.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from builder.gallery.index.files import list_names

ReadFile = Callable[[str], bytes | None]
"""Gives a file of a site by its URL; None if it is not there."""

_FOLDER = re.compile(r"(?:[\w-]+/)*[\w-]+", re.ASCII)
_SUFFIX = re.compile(r"\.\w+", re.ASCII)


def find_named_files(manifest: Mapping[str, Any], read: ReadFile) -> dict[str, str]:
    """The beginning of the SHA-256 of each file, by URL; nothing for a site without a gallery.

    What a list says that is missing is not known.
    """
    return {
        f"{folder}/{name}{suffix}": name
        for url, folder, suffix in _find_lists(manifest.get("gallery"))
        for name in list_names(read(url) or b"")
    }


def _find_lists(gallery: object) -> Iterator[tuple[str, str, str]]:
    """URL, folder and suffix of each list, as far as a manifest of any version says that."""
    match gallery:
        case {"files": list() | tuple() as lists}:
            for one in cast("list[object]", lists):
                match one:
                    case {"url": str(url), "folder": str(folder), "suffix": str(suffix)}:
                        if _FOLDER.fullmatch(folder) and _SUFFIX.fullmatch(suffix):
                            yield url, folder, suffix
                    case _:
                        pass
        case _:
            pass
