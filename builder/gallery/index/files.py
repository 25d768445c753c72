"""A gallery's files, each named by its content: see `builder.gallery_manifest`."""

import hashlib
from collections.abc import Iterable, Mapping, MutableMapping

from builder.file_ref import FileRef
from builder.gallery_manifest import FileList

ROOT = "gallery"
"""The folder of a site that they are in."""

LIST_SUFFIX = ".list"

NAME_BYTES = 16
"""Of a SHA-256: what names a file, and its entry in a list."""


class NamedFiles:
    """Files by URL, collected while a gallery is built. Equal contents are one file.

    They are kept in `store`, or else in memory.
    """

    def __init__(self, store: MutableMapping[str, bytes] | None = None) -> None:
        self._contents: MutableMapping[str, bytes] = {} if store is None else store

    @property
    def contents(self) -> Mapping[str, bytes]:
        """What was added, by URL."""
        return self._contents

    def add(self, kind: str, content: bytes, suffix: str = ".bin") -> str:
        """Add a file to the folder of its kind; returns its URL."""
        url = name_file(kind, hashlib.sha256(content).hexdigest(), suffix)
        self._contents[url] = content
        return url

    def add_entry(self, kind: str, content: bytes) -> bytes:
        """Add a file; returns its entry in a list, 16 bytes."""
        self.add(kind, content)
        return _name(content)

    def add_ref(self, kind: str, content: bytes, suffix: str = ".bin") -> FileRef:
        """Add a file; returns what a manifest says of it."""
        url = self.add(kind, content, suffix)
        return FileRef(url=url, sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))

    def add_list(self, kind: str, contents: Iterable[bytes], suffix: str = ".bin") -> FileList:
        """Add files of one kind, and the file that lists them in this order."""
        return self.list_files(kind, (self.add(kind, item, suffix) for item in contents), suffix)

    def list_files(self, kind: str, urls: Iterable[str], suffix: str = ".bin") -> FileList:
        """Add the file that lists files of one kind, which `add` named, in this order."""
        folder = f"{ROOT}/{kind}"
        start, end = len(folder) + 1, -len(suffix) or None
        names = b"".join(bytes.fromhex(url[start:end]) for url in urls)
        ref = self.add_ref(kind, names, LIST_SUFFIX)
        count = len(names) // NAME_BYTES
        return FileList(**ref.model_dump(), folder=folder, suffix=suffix, count=count)


def name_file(kind: str, sha256: str, suffix: str) -> str:
    """The URL of the file with that content."""
    return f"{ROOT}/{kind}/{sha256[: 2 * NAME_BYTES]}{suffix}"


def _name(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()[:NAME_BYTES]


def list_urls(files: FileList, content: bytes) -> list[str]:
    """The URLs that a list holds, whose content this is."""
    return [f"{files.folder}/{name}{files.suffix}" for name in list_names(content)]


def list_names(content: bytes) -> list[str]:
    """The names in a list, without folder and suffix."""
    starts = range(0, len(content), NAME_BYTES)
    return [content[start : start + NAME_BYTES].hex() for start in starts]
