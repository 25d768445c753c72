"""A download on disk: the part received so far, and the record of a complete file.

A file grows as `NAME.part`, beside a note that says what it is a part of, and gets its name when it
is complete. It is then kept beside a record of its SHA-256, and checked against that when it is
used.
"""

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from builder.errors import ModelError

_CHUNK = 1 << 20


class AttemptError(Exception):
    """This attempt failed; another one may succeed."""


def check_download(path: Path) -> str:
    """The SHA-256 of a downloaded file, in hexadecimal digits.

    A file that somebody put there by hand has no record yet, and gets one.

    Raises:
        ModelError: if it is not the file that was downloaded.
    """
    (found,) = _hash_file(path, "sha256")
    record = record_of(path)
    expected = _read_json(record).get("sha256")
    if expected is None:
        _write_json(record, {"url": None, "sha256": found})
    elif expected != found:
        raise ModelError(
            f"{path}: has changed since it was downloaded: its SHA-256 is {found}, not {expected}."
            f" Delete it and {record.name} to download it again."
        )
    return found


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
        note = _read_json(self._note)
        if note.keys() != {field.name for field in fields(Origin)}:
            return None
        origin = Origin(**note)
        return origin if origin.url == self.url else None

    @property
    def is_whole(self) -> bool:
        """Whether all bytes have been received, and only the check is left."""
        origin = self.origin
        return origin is not None and origin.bytes is not None and self.size == origin.bytes

    def begin(self, origin: Origin) -> None:
        """Start with nothing received."""
        self.path.write_bytes(b"")
        _write_json(self._note, asdict(origin))

    def discard(self) -> None:
        """Forget what was received."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def finish(self) -> None:
        """Check the whole file and give it its name.

        Raises:
            AttemptError: if it is not what it should be; it is then discarded.
        """
        found, sha256 = _hash_file(self.path, "md5", "sha256")
        expected = self.origin.md5 if self.origin else None
        if expected is not None and found != expected:
            self.discard()
            raise AttemptError(f"the file has the MD5 {found}, but the server gave {expected}")
        if self.target.suffix == ".npz" and not zipfile.is_zipfile(self.path):
            self.discard()
            raise AttemptError("the file is not a complete .npz file")
        _write_json(record_of(self.target), {"url": self.url, "sha256": sha256})
        self.path.replace(self.target)
        self._note.unlink(missing_ok=True)

    def give_up(self, reason: str) -> ModelError:
        """The error that says what else can be done."""
        return ModelError(
            f"{self.url}: cannot be downloaded: {reason}. Try again later, or download it by other"
            f" means and save it as {self.target}."
        )


def _hash_file(path: Path, *algorithms: str) -> tuple[str, ...]:
    hashes = [hashlib.new(name, usedforsecurity=False) for name in algorithms]
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            for found in hashes:
                found.update(chunk)
    return tuple(found.hexdigest() for found in hashes)


def _read_json(path: Path) -> dict[str, Any]:
    """The object in a file; empty if there is no file, or it was cut off."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
