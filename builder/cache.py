"""Results of slow steps, kept on disk and found again by the content they were made from."""

import hashlib
import os
import tempfile
from pathlib import Path

import platformdirs

from builder.errors import writing

_DIGEST_BYTES = 32
_REMEDY = "Name a folder that can be written with --cache-dir."


def default_cache_folder() -> Path:
    """The user's cache folder for this program."""
    return platformdirs.user_cache_path("lit-demo-builder", appauthor=False)


def digest(*parts: str | bytes) -> str:
    """SHA-256 over the parts; a part cannot run into its neighbour."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "little"))
        total.update(data)
    return total.hexdigest()


class Cache:
    """A folder of entries, each checked against its own hash when read.

    An entry that is damaged counts as absent, so a half-written or altered file costs a
    recomputation and never a wrong result. A folder that cannot be used raises BuilderError.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def load(self, kind: str, key: str) -> bytes | None:
        """The entry of that kind and key, or None."""
        with writing(self.folder, _REMEDY):
            try:
                stored = self._path(kind, key).read_bytes()
            except FileNotFoundError:
                return None
        checksum, data = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
        return data if hashlib.sha256(data).digest() == checksum else None

    def store(self, kind: str, key: str, data: bytes) -> None:
        """Keep an entry; readers see either all of it or nothing."""
        with writing(self.folder, _REMEDY):
            path = self._path(kind, key)
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(data).digest() + data)
                Path(temporary).replace(path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise

    def _path(self, kind: str, key: str) -> Path:
        return self.folder / kind / key[:2] / key


def digest_folder(folder: Path, pattern: str) -> str:
    """Hash of the files below a folder that match a glob pattern: their paths and contents."""
    parts: list[str | bytes] = []
    for path in sorted(folder.rglob(pattern)):
        parts += [path.relative_to(folder).as_posix(), path.read_bytes()]
    return digest(*parts)
