"""Results of slow steps, kept on disk and looked up by the content they were made from.

An entry is stored at `KIND/KEY[:2]/KEY` below the cache folder: the SHA-256 of its data, then the
data. The shards of rows of a gallery are entries too, at `galleries/KEY/`. Downloads are in
`checkpoints/` beside the kinds (`builder.models.published`); they are never pruned, only the user
removes them. What JAX compiled is in `xla/`, which JAX itself keeps small.
"""

import hashlib
import io
import json
import os
import shutil
import stat
import tempfile
import time
import zipfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any, TypeVar

import platformdirs

from builder.errors import writing
from builder.locks import hold_lock
from builder.version import NAME

Started = TypeVar("Started")

DOWNLOADS = "checkpoints"
COMPILED = "xla"
_GALLERIES = "galleries"
MAX_BYTES = 5_000_000_000
"""The most that all entries together may take after a build."""

_LOCKS = "locks"
_DIGEST_BYTES = 32
_WRITING = ".writing-"
_ABANDONED_S = 3600
"""A file that is still being written after this time was left by a process that died."""
_TOUCH_EVERY_S = 3600
_REMEDY = "Name a writable folder with --cache-dir."


def default_cache_folder() -> Path:
    """The user's cache folder for this program."""
    return platformdirs.user_cache_path(NAME, appauthor=False)


def digest(*parts: str | bytes) -> str:
    """SHA-256 over the parts; a part cannot run into its neighbour."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "little"))
        total.update(data)
    return total.hexdigest()


@dataclass(frozen=True)
class Usage:
    """What one kind of entry takes; `last_used` is in seconds since 1970, None without entries."""

    kind: str
    entries: int
    bytes: int
    last_used: float | None


@dataclass(frozen=True)
class Freed:
    """What was removed."""

    entries: int
    bytes: int


@dataclass(frozen=True)
class _Entry:
    path: Path
    kind: str
    bytes: int
    last_used: float


class Cache:
    """A folder of entries, each checked against its own hash when read.

    A damaged entry counts as absent, so a half-written or altered file costs a recomputation and
    never gives a wrong result. A folder that cannot be used raises BuilderError. Several processes
    may use it at once: an entry appears whole or not at all. Nothing waits until an entry is on the
    disk, since its hash finds what a crash made of it.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES):
        self.folder = folder
        self.max_bytes = max_bytes
        self._has_grown = False

    def load(self, kind: str, key: str) -> bytes | None:
        """The entry of that kind and key, or None."""
        path = self._path(kind, key)
        with writing(self.folder, _REMEDY):
            try:
                stored = path.read_bytes()
            except FileNotFoundError:
                return None
        checksum, data = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
        if hashlib.sha256(data).digest() != checksum:
            return None
        _mark_used(path)
        return data

    def open(self, kind: str, key: str) -> IO[bytes] | None:
        """The same as a file from its start, for an entry that should not be in memory.

        It can be read for as long as it is open, whatever becomes of the entry.
        """
        path = self._path(kind, key)
        with writing(self.folder, _REMEDY), ExitStack() as opened:
            try:
                file = opened.enter_context(path.open("rb"))
            except FileNotFoundError:
                return None
            checksum = file.read(_DIGEST_BYTES)
            if hashlib.file_digest(file, "sha256").digest() != checksum:
                return None
            file.seek(_DIGEST_BYTES)
            opened.pop_all()
        _mark_used(path)
        return file

    def store(self, kind: str, key: str, data: bytes) -> None:
        """Keep an entry; readers see either all of it or nothing."""
        self.store_parts(kind, key, (data,))

    def store_parts(self, kind: str, key: str, parts: Iterable[bytes]) -> None:
        """The same for data in parts, of which one at a time is in memory."""
        self._has_grown = True
        with writing(self.folder, _REMEDY):
            path = self._path(kind, key)
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_WRITING)
            try:
                with os.fdopen(handle, "wb") as file:
                    checksum = hashlib.sha256()
                    file.write(bytes(_DIGEST_BYTES))
                    for part in parts:
                        checksum.update(part)
                        file.write(part)
                    file.seek(0)
                    file.write(checksum.digest())
                Path(temporary).replace(path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise

    def use_gallery(self, key: str) -> Path:
        """The folder for the rows of a gallery; what is in it counts as used just now."""
        self._has_grown = True
        folder = self.folder / _GALLERIES / key
        with writing(self.folder, _REMEDY):
            folder.mkdir(parents=True, exist_ok=True)
            for path in folder.iterdir():
                _mark_used(path)
        return folder

    @contextmanager
    def lock(self, key: str) -> Generator[None]:
        """Let one process at a time make the entry for that key; the others then find it."""
        with self._lock(key[:2]):
            yield

    @contextmanager
    def using(
        self,
        key: str,  # noqa: ARG002 (for caches that keep it)
        start: Callable[[], AbstractContextManager[Started]],
    ) -> Generator[Started]:
        """What takes long to start and is no file, such as another program, in a block.

        It ends with the block, unless a cache keeps it for the next block with that key
        (`builder.dev.warm_cache`).
        """
        with start() as started:
            yield started

    def usage(self) -> list[Usage]:
        """What each kind of entry takes, by name; then what JAX compiled, then the downloads."""
        kinds: dict[str, list[_Entry]] = {}
        with writing(self.folder, _REMEDY):
            for entry in self._entries():
                kinds.setdefault(entry.kind, []).append(entry)
            others = [_sum_up(name, list(self._files(name))) for name in (COMPILED, DOWNLOADS)]
        return [*(_sum_up(kind, entries) for kind, entries in sorted(kinds.items())), *others]

    def prune(self, max_bytes: int | None = None, older_than_s: float | None = None) -> Freed:
        """Remove entries not used for `older_than_s`, then the least recently used ones.

        What remains takes at most `max_bytes`, not counting the downloads.
        """
        with self._lock("prune"), writing(self.folder, _REMEDY):
            now = time.time()
            entries = sorted(self._entries(), key=lambda entry: entry.last_used)
            total = sum(entry.bytes for entry in entries)
            removed: list[_Entry] = []
            for entry in entries:
                is_old = older_than_s is not None and now - entry.last_used > older_than_s
                if is_old or (max_bytes is not None and total > max_bytes):
                    entry.path.unlink(missing_ok=True)
                    total -= entry.bytes
                    removed.append(entry)
        return _freed(removed)

    def prune_after_build(self) -> Freed:
        """Prune to `max_bytes`; the folder is not read if this process stored nothing."""
        return self.prune(self.max_bytes) if self._has_grown else Freed(0, 0)

    def clear(self, *, downloads: bool = False) -> Freed:
        """Remove all entries and what JAX compiled; with `downloads`, those too."""
        freed = self.prune(max_bytes=0)
        with self._lock("prune"), writing(self.folder, _REMEDY):
            names = (COMPILED, DOWNLOADS) if downloads else (COMPILED,)
            files = [file for name in names for file in self._files(name)]
            for name in names:
                if (self.folder / name).is_dir():
                    shutil.rmtree(self.folder / name)
        return Freed(freed.entries + len(files), freed.bytes + sum(file.bytes for file in files))

    def _path(self, kind: str, key: str) -> Path:
        return self.folder / kind / key[:2] / key

    @contextmanager
    def _lock(self, name: str) -> Generator[None]:
        with hold_lock(self.folder / _LOCKS / f"{name}.lock", _REMEDY):
            yield

    def _entries(self) -> Iterator[_Entry]:
        """All entries; removes those that a process left half-written long ago."""
        for path in chain(self.folder.glob("*/??/*"), self.folder.glob(f"{_GALLERIES}/*/*")):
            kind = path.parts[-3]
            if kind in (COMPILED, DOWNLOADS, _LOCKS):
                continue
            if (found := _stat_file(path)) is None:
                continue
            if not path.name.startswith(_WRITING):
                yield _Entry(path, kind, found.st_size, found.st_mtime)
            elif time.time() - found.st_mtime > _ABANDONED_S:
                path.unlink(missing_ok=True)

    def _files(self, name: str) -> Iterator[_Entry]:
        for path in (self.folder / name).rglob("[!.]*"):  # without the locks of downloads
            if (found := _stat_file(path)) is not None:
                yield _Entry(path, name, found.st_size, found.st_mtime)


def _stat_file(path: Path) -> os.stat_result | None:
    """None if it is not a file, or another process has removed it."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def pack(about: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """An entry of several files, as a ZIP; `about` holds only what JSON can express."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("about.json", json.dumps(about))
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What `pack` was given."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return json.loads(files.pop("about.json")), files


def _mark_used(path: Path) -> None:
    """Record when an entry was last used; to the hour is enough."""
    try:
        if time.time() - path.stat().st_mtime > _TOUCH_EVERY_S:
            os.utime(path)
    except OSError:
        return  # another process has pruned it, or the cache is shared or on a read-only system


def _sum_up(kind: str, entries: list[_Entry]) -> Usage:
    last = max((entry.last_used for entry in entries), default=None)
    return Usage(kind, len(entries), sum(entry.bytes for entry in entries), last)


def _freed(entries: list[_Entry]) -> Freed:
    return Freed(len(entries), sum(entry.bytes for entry in entries))
