"""A download on disk: the part received so far, and the record of a complete file.

A file grows as `NAME.part`, beside a note that says what it is a part of, and gets its name when it
is complete. It is then kept beside a record of its SHA-256, and checked against that whenever it is
used.

To hash a checkpoint takes seconds, so the record also has the state in which the file was when it
was last hashed: inode, size, and the times of its last change. The system sets the time of the last
change of an inode at every write and at every change of the other time, and no program can set it;
so a file in that state has not been written since. Bits that a disk loses by itself are found by
the checksums of the arrays, when these are read.
"""

import hashlib
import json
import os
import time
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from builder.download.errors import AttemptError
from builder.errors import ModelError
from builder.file_system import replace_file

_CHUNK = 1 << 20
_SETTLED_NS = 2_000_000_000
"""The clocks of file systems are not finer than this; what changes within one tick looks alike."""


class ChangedFileError(ModelError):
    """A file is not the one that it should be; `is_ours` if it was downloaded."""

    def __init__(self, message: str, remedy: str, *, is_ours: bool):
        super().__init__(message, remedy)
        self.is_ours = is_ours


class DownloadError(ModelError):
    """A file cannot be downloaded; `status` is that of a server which refuses it."""

    def __init__(self, message: str, status: int | None = None):
        super().__init__(message)
        self.status = status


def check_download(path: Path, sha256: str | None = None, *, thorough: bool = False) -> str:
    """The SHA-256 of a downloaded file, in hexadecimal digits, after comparing it.

    It is compared with `sha256` or, without that, with its record. A file that somebody put there
    by hand has no record yet, and gets one. When `thorough`, the file is hashed even if it is in
    the state in which it was hashed before.

    Raises:
        ChangedFileError: if it is not the file that it should be.
        ModelError: if it cannot be read.
    """
    record = read_note(record_of(path))
    expected = sha256 or record.get("sha256")
    try:
        state = _state_of(path)
        if not thorough and expected and record == {**record, "sha256": expected, "state": state}:
            return expected
        (found,) = _hash_file(path, "sha256")
        settled = _state_of(path) == state and time.time_ns() - max(state[2:]) > _SETTLED_NS
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}.") from None
    if expected not in (None, found):
        raise _changed(path, found, expected, pinned=sha256, url=record.get("url"))
    checked = {"url": record.get("url"), "sha256": found, "state": state if settled else None}
    if checked != record:
        with suppress(OSError):  # Where nothing can be written, the file is hashed at every use.
            write_note(record_of(path), checked)
    return found


def has_all(files: Iterable[tuple[Path, str | None]]) -> bool:
    """Whether all of these files, each with its SHA-256 if that is known, are as they should be.

    Needs to write nothing.

    Raises:
        ModelError: if one cannot be read.
    """
    try:
        for path, sha256 in files:
            if not path.is_file():
                return False
            check_download(path, sha256)
    except ChangedFileError:
        return False
    return True


def _changed(
    path: Path, found: str, expected: str, *, pinned: str | None, url: str | None
) -> ChangedFileError:
    if url is None:
        told = "the file that was published" if pinned else "the one that was first put there"
        return ChangedFileError(
            f"{path}: is not {told}: its SHA-256 is {found}, not {expected}.",
            f"Delete it and {record_of(path).name} to download it.",
            is_ours=False,
        )
    return ChangedFileError(
        f"{path}: has changed since it was downloaded: its SHA-256 is {found}, not {expected}.",
        f"Delete it and {record_of(path).name} to download it again.",
        is_ours=True,
    )


def _state_of(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def record_of(path: Path) -> Path:
    """Where the record of a downloaded file is."""
    return path.with_name(f"{path.name}.json")


@dataclass(frozen=True)
class Origin:
    """What a part belongs to; a part of anything else is useless.

    `validator` is how the server identifies a version; `md5` is in hexadecimal digits. A server may
    give neither, nor the length.
    """

    url: str
    validator: str | None
    bytes: int | None
    md5: str | None


class Part:
    """The file `NAME.part`, which becomes `target` when it is complete."""

    def __init__(self, url: str, target: Path):
        self.url = url
        self.target = target
        self.path = target.with_name(f"{target.name}.part")
        self._note = record_of(self.path)

    @property
    def size(self) -> int:
        """Bytes received so far."""
        return self.path.stat().st_size if self.path.is_file() else 0

    @property
    def origin(self) -> Origin | None:
        """What the part belongs to, if it came from this address."""
        note = read_note(self._note)
        if note.keys() != {field.name for field in fields(Origin)}:
            return None
        texts = (note["url"], note["validator"], note["md5"])
        if any(not isinstance(text, str | None) for text in texts) or note["url"] != self.url:
            return None
        return Origin(**note) if isinstance(note["bytes"], int | None) else None

    @property
    def is_whole(self) -> bool:
        """Whether all bytes have been received, and only the check is left."""
        origin = self.origin
        return origin is not None and origin.bytes is not None and self.size == origin.bytes

    def begin(self, origin: Origin) -> None:
        """Start with nothing received."""
        self.path.write_bytes(b"")
        write_note(self._note, asdict(origin))

    def discard(self) -> None:
        """Forget what was received."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def finish(self, pinned: str | None = None) -> None:
        """Check the whole file, also against the SHA-256 `pinned`, and give it its name.

        It is on the disk before it gets its name, so that after a crash it is not whole only in
        name.

        Raises:
            AttemptError: if it is not what it should be; it is then discarded.
        """
        found, sha256 = _hash_file(self.path, "md5", "sha256")
        expected = self.origin.md5 if self.origin else None
        if expected is not None and found != expected:
            self.discard()
            raise AttemptError(f"the file has the MD5 {found}, but the server gave {expected}")
        if pinned not in (None, sha256):
            self.discard()
            raise AttemptError(f"the file has the SHA-256 {sha256}, not {pinned} as published")
        if self.target.suffix == ".npz" and not zipfile.is_zipfile(self.path):
            self.discard()
            raise AttemptError("the file is not a complete .npz file")
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        # If the next step fails, the record fits no file, and the file is downloaded again.
        write_note(record_of(self.target), {"url": self.url, "sha256": sha256, "state": None})
        self.path.replace(self.target)
        self._note.unlink(missing_ok=True)

    def give_up(self, reason: str, status: int | None = None) -> DownloadError:
        """The error that says what else can be done."""
        return DownloadError(
            f"{self.url}: cannot be downloaded: {reason}. Try again later, or download it by other"
            f" means and save it as {self.target}.",
            status,
        )


def _hash_file(path: Path, *algorithms: str) -> tuple[str, ...]:
    hashes = [hashlib.new(name, usedforsecurity=False) for name in algorithms]
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            for found in hashes:
                found.update(chunk)
    return tuple(found.hexdigest() for found in hashes)


def read_note(path: Path) -> dict[str, Any]:
    """The object in a file; empty if there is no file, or it was cut off."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_note(path: Path, content: Mapping[str, object]) -> None:
    """Keep an object in a file, all of it or nothing."""
    replace_file(path, json.dumps(content, indent=1).encode())
