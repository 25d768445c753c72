"""Which files of a folder or a branch are a site's own, so that nothing else is ever replaced."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from builder.version import NAME

_SHA256 = re.compile(r"[0-9a-f]{64}")


def own_files(manifest: bytes) -> Mapping[str, str] | None:
    """The files that a site's `manifest.json` names: their SHA-256 by URL.

    Any version of this program may have written it. None if none did, or if it is damaged: many
    other programs have a file of that name.
    """
    try:
        content = json.loads(manifest)
    except (ValueError, RecursionError):
        return None
    generator = content.get("generator") if isinstance(content, dict) else None
    if not isinstance(generator, dict) or generator.get("name") != NAME:
        return None
    return dict(_find_files(content))


def _find_files(part: Any) -> Iterator[tuple[str, str]]:
    pending = [part]
    while pending:
        match pending.pop():
            case {"url": str(url), "sha256": str(sha256)} if _is_inside(url) and _SHA256.fullmatch(
                sha256
            ):
                yield url, sha256
            case dict() as table:
                pending += table.values()
            case list() as entries:
                pending += entries
            case _:
                pass


def _is_inside(url: str) -> bool:
    """Whether a URL is that of a file below the manifest; a manifest could name any other too."""
    path = PurePosixPath(url)
    return bool(url) and not path.is_absolute() and ".." not in path.parts and "\\" not in url
