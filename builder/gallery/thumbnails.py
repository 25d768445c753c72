"""The small squares of a gallery as files of its site, which are read from the shards of rows."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from builder.errors import BuilderError
from builder.gallery.index.files import ROOT, name_file
from builder.gallery.shards import read_columns
from builder.stored_files import StoredFiles

_KIND = "thumbnails"
_SUFFIX = ".jpg"

FOLDER = f"{ROOT}/{_KIND}/"
"""Where they are in a site."""


class ThumbnailFiles(StoredFiles):
    """The JPEGs of pictures by URL; those of one shard at a time are in memory."""

    def __init__(self, shards: Mapping[int, Path]):
        self._shards = shards
        self._places: dict[str, tuple[int, int]] = {}
        self._sizes: dict[str, int] = {}
        self._open: tuple[int, Any] | None = None

    def add(self, shard: int, place: int, sha256: str, size: int) -> str:
        """Add that of a picture, which stands at a place of a shard; returns its name."""
        url = name_file(_KIND, sha256, _SUFFIX)
        self._places[url], self._sizes[url] = (shard, place), size
        return url.removeprefix(FOLDER)

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many bytes each has."""
        return self._sizes

    def __getitem__(self, url: str) -> bytes:
        shard, place = self._places[url]
        if self._open is None or self._open[0] != shard:
            self._open = None  # before the next one is read, so that only one is in memory
            self._open = shard, read_columns(self._shards[shard], "jpeg")["jpeg"]
        data = self._open[1][place].as_py()
        if data is None or name_file(_KIND, hashlib.sha256(data).hexdigest(), _SUFFIX) != url:
            raise BuilderError(
                f"{self._shards[shard]}: has changed while the site was built. Run the same command"
                " again."
            )
        return data

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
