"""Which file of a folder an address names, if a static host would serve it."""

import os
import stat
import urllib.parse
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from builder.site.folder import MANIFEST, PAGE
from builder.site.own_files import own_files

_PLAIN = "application/octet-stream"

# The system's own table of these differs between machines.
_TYPES: Mapping[str, str] = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ts": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "text/xml; charset=utf-8",
}


def content_type(url: str) -> str:
    """The type of a file by its name."""
    return _TYPES.get(Path(url).suffix.lower(), _PLAIN)


class ServedFolder:
    """A folder as a host serves it: no listings, nothing hidden, and no link that leaves it."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._own: frozenset[str] = frozenset()
        self._own_state: object = None

    def find(self, path: str) -> str | None:
        """The URL of the file for a decoded path below the folder, which may not exist.

        A path that ends with a slash names the page of that folder. None if no host would serve it.
        """
        url = f"{path}{PAGE}" if not path or path.endswith("/") else path
        parts = url.split("/")
        if "\0" in url or "\\" in url or any(not part or part.startswith(".") for part in parts):
            return None
        return url

    def has_page(self, path: str) -> bool:
        """Whether a decoded path names a folder with a page, so that a slash should follow."""
        url = self.find(f"{path}/")
        file = url and self.open(url)
        if not file:
            return False
        file.close()
        return True

    def open(self, url: str) -> BinaryIO | None:
        """A regular file by its URL, open for reading; None if there is none to serve."""
        try:
            root = self._folder.resolve()
            path = Path(os.path.realpath(root / url, strict=True))
            if any(part.startswith(".") for part in path.relative_to(root).parts):
                return None
            # Opening a pipe would wait for a writer, and the last link may just have changed.
            flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
            handle = os.open(path, flags | getattr(os, "O_BINARY", 0))
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            return None
        return os.fdopen(handle, "rb")

    def is_own(self, url: str) -> bool:
        """Whether a file is part of the site, as it is now, rather than merely beside it."""
        file = self.open(MANIFEST)
        if file is None:
            return False
        with file:
            found = os.fstat(file.fileno())
            state = (found.st_ino, found.st_size, found.st_mtime_ns)
            if state != self._own_state:
                names = own_files(file.read(), self._read)
                self._own = frozenset() if names is None else frozenset({*names, MANIFEST})
                self._own_state = state
        return url in self._own

    def _read(self, url: str) -> bytes | None:
        file = self.open(url)
        if file is None:
            return None
        with file:
            return file.read()


def decode_path(target: str) -> str | None:
    """The path of a request's target without its query; None if it is not plain text."""
    path = target.partition("?")[0].partition("#")[0]
    try:
        # The target was read as Latin-1.
        return urllib.parse.unquote_to_bytes(path.encode("latin-1")).decode()
    except UnicodeError:
        return None
