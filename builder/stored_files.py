"""A site's files by URL, which need not be in memory: what is many is read when it is written."""

import tempfile
import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager
from itertools import accumulate
from pathlib import Path
from typing import IO

from builder.errors import writing


class StoredFiles(Mapping[str, bytes], ABC):
    """Files that are read each time they are asked for."""

    @property
    @abstractmethod
    def sizes(self) -> Mapping[str, int]:
        """How many bytes each has, for which none is read."""


class Spill:
    """A temporary file in a folder, which grows.

    It has no name there, so that nothing is left of it, however the process ends.

    Raises:
        BuilderError: if the system refuses to write it.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        with self._writing():
            folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed when this goes)
        weakref.finalize(self, self._file.close)
        self._end = 0

    def add(self, data: bytes) -> int:
        """Put data at the end; returns where it begins."""
        with self._writing():
            self._file.seek(self._end)
            self._file.write(data)
        self._end += len(data)
        return self._end - len(data)

    def read(self, start: int, size: int) -> bytes:
        """What was put there."""
        with self._writing():  # what is not on the disk yet
            self._file.seek(start)
        return self._file.read(size)

    def _writing(self) -> AbstractContextManager[None]:
        return writing(self._folder, "Free space there, or name another folder with --cache-dir.")


class SpilledFiles(StoredFiles, MutableMapping[str, bytes]):
    """Files that are put into a temporary file of a folder, one after the other."""

    def __init__(self, folder: Path):
        self._spill = Spill(folder)
        self._starts: dict[str, int] = {}
        self._sizes: dict[str, int] = {}

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many bytes each has."""
        return self._sizes

    def __getitem__(self, url: str) -> bytes:
        return self._spill.read(self._starts[url], self._sizes[url])

    def __setitem__(self, url: str, data: bytes) -> None:
        self._starts[url], self._sizes[url] = self._spill.add(data), len(data)

    def __delitem__(self, url: str) -> None:
        del self._starts[url], self._sizes[url]

    def __iter__(self) -> Iterator[str]:
        return iter(self._starts)

    def __len__(self) -> int:
        return len(self._starts)


class FileParts(StoredFiles):
    """Files of the given sizes that stand one after the other in a file, from where it is now."""

    def __init__(self, file: IO[bytes], sizes: Mapping[str, int]):
        self._file = file
        self._sizes = sizes
        starts = accumulate(sizes.values(), initial=file.tell())
        self._starts = dict(zip(sizes, starts, strict=False))  # the last is the end
        weakref.finalize(self, file.close)

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many bytes each has."""
        return self._sizes

    def __getitem__(self, url: str) -> bytes:
        self._file.seek(self._starts[url])
        return self._file.read(self._sizes[url])

    def __iter__(self) -> Iterator[str]:
        return iter(self._sizes)

    def __len__(self) -> int:
        return len(self._sizes)


class JoinedFiles(StoredFiles):
    """The files of several mappings; of two with one URL, those of the last count."""

    def __init__(self, *parts: Mapping[str, bytes]):
        self._parts = {url: part for part in parts for url in part}
        self._sizes: dict[str, int] = {}
        for part in parts:
            self._sizes |= sizes_of(part)

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many bytes each has."""
        return self._sizes

    def __getitem__(self, url: str) -> bytes:
        return self._parts[url][url]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)


def sizes_of(files: Mapping[str, bytes]) -> Mapping[str, int]:
    """How many bytes each file has, by URL."""
    if isinstance(files, StoredFiles):
        return files.sizes
    return {url: len(data) for url, data in files.items()}
