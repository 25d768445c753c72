"""Which files of a folder or a branch are a site's own, so that nothing else is ever replaced."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from builder.site.named_files import ReadFile, find_named_files
from builder.site.seal import UNSEALED, is_sealed
from builder.version import NAME

MANIFEST = "manifest.json"
REPORT = "report.json"

_REPORT_KEYS = frozenset({"budget", "step_seconds", "total_bytes"})
_SHA256 = re.compile(r"[0-9a-f]{64}")


def own_files(manifest: bytes, read: ReadFile) -> Mapping[str, str] | None:
    """The files that a site's `manifest.json` names or leads to: their SHA-256 by URL.

    Of those that only their names tell, it is the beginning. `read` gives files of the site. Any
    version of this program may have written it. None if none did, or if it is damaged: many
    other programs have a file of that name.
    """
    try:
        content = json.loads(manifest)
    except (ValueError, RecursionError):
        return None
    generator = content.get("generator") if isinstance(content, dict) else None
    if not isinstance(generator, dict) or generator.get("name") != NAME:
        return None
    return {**find_named_files(content, read), **dict(_find_files(content))}


def find_own_files(folder: Path) -> dict[str, str | None]:
    """The files of the site in a folder: their SHA-256 by URL, or its beginning, None where it is
    not known.

    Nothing in a folder without a site's manifest is a site's own.
    """
    manifest = _read(folder / MANIFEST)
    named = own_files(manifest, lambda url: _read(folder / url))
    if named is None:
        return {}
    own: dict[str, str | None] = {**named, MANIFEST: _hash(manifest)}
    # A manifest from before there were seals cannot say whether somebody has changed it.
    if "sha256" in json.loads(manifest) and not is_sealed(manifest):
        own[MANIFEST] = UNSEALED
    if _is_report(_read(folder / REPORT)):
        own[REPORT] = None
    return own


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _is_report(data: bytes) -> bool:
    """Whether a `report.json` is that of a build; it is written after the manifest."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.keys() >= _REPORT_KEYS


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
