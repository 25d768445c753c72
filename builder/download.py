"""Large files from the web: resumed where they were cut off, and checked before they are used.

A file grows as `NAME.part`, with a note beside it of what it is a part of, and gets its name when
it is whole. Then a record of its SHA-256 lies beside it, which later uses are checked against.
"""

import base64
import hashlib
import http.client
import json
import shutil
import socket
import ssl
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from email.message import Message
from http import HTTPStatus
from pathlib import Path

from builder.errors import ModelError
from builder.progress import Progress

GOOGLE_STORAGE = "https://storage.googleapis.com/"

RETRY_DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds to wait after each attempt that brought nothing new; then the download is given up."""

_TIMEOUT_S = 30
_CHUNK = 1 << 20
_MEGABYTE = 1_000_000
_TRANSIENT = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


def web_address(url: str, mirror: str | None = None) -> str:
    """The https address of a `gs://` one; a `mirror` takes the place of Google Storage."""
    if url.startswith("gs://"):
        url = GOOGLE_STORAGE + url.removeprefix("gs://")
    if mirror and url.startswith(GOOGLE_STORAGE):
        url = mirror.rstrip("/") + "/" + url.removeprefix(GOOGLE_STORAGE)
    return url


def download(
    url: str, target: Path, *, progress: Progress, delays: Sequence[float] = RETRY_DELAYS
) -> None:
    """Download `url` as the file `target`, going on from an earlier part of it.

    What came is compared with the length and the MD5 (`x-goog-hash`) that the server names. A
    server may name neither, so an `.npz` file must also end as a ZIP does.

    Raises:
        ModelError: if the file cannot be had; its part is kept for another try.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = _Part(url, target)
    with ExitStack() as shown:
        bar = _Bar(f"Download {target.name}, MB", progress, shown)
        fruitless, longest = 0, part.size
        while True:
            try:
                if not part.is_whole:
                    _receive(part, bar)
                part.finish()
                return
            except _AttemptError as failure:
                fruitless = 0 if part.size > longest else fruitless + 1
                longest = max(longest, part.size)
                if fruitless > len(delays):
                    raise part.give_up(str(failure)) from None
            time.sleep(delays[max(fruitless - 1, 0)])


def check_download(path: Path) -> str:
    """The SHA-256 of a downloaded file, in hexadecimal digits.

    A file that somebody put there has no record yet, and gets one.

    Raises:
        ModelError: if it is not the file that was downloaded.
    """
    (found,) = _hash_file(path, "sha256")
    record = record_of(path)
    if not record.is_file():
        _write_json(record, {"sha256": found})
    elif (expected := json.loads(record.read_text("utf-8"))["sha256"]) != found:
        raise ModelError(
            f"{path}: has changed since it was downloaded: its SHA-256 is {found[:16]}...,"
            f" not {expected[:16]}.... Delete it and {record.name} to download it again."
        )
    return found


def record_of(path: Path) -> Path:
    """Where the record of a downloaded file lies."""
    return path.with_name(f"{path.name}.json")


class _AttemptError(Exception):
    """This attempt failed; another may not."""


@dataclass(frozen=True)
class _Origin:
    """What a part belongs to: a part of anything else is of no use.

    `validator` is what the server recognises a version by, `md5` in hexadecimal digits; a server
    may name neither, nor the length.
    """

    url: str
    validator: str | None
    bytes: int | None
    md5: str | None


class _Part:
    """The file `NAME.part` on its way to being `target`."""

    def __init__(self, url: str, target: Path):
        self.url = url
        self.target = target
        self.path = target.with_name(f"{target.name}.part")
        self._note = record_of(self.path)

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0

    @property
    def origin(self) -> _Origin | None:
        """What was begun, if it was begun at this address."""
        try:
            origin = _Origin(**json.loads(self._note.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return origin if origin.url == self.url else None

    @property
    def is_whole(self) -> bool:
        """Whether all came before, and only the check is left."""
        origin = self.origin
        return origin is not None and origin.bytes is not None and self.size == origin.bytes

    def begin(self, origin: _Origin) -> None:
        """Start from nothing."""
        self.path.write_bytes(b"")
        _write_json(self._note, asdict(origin))

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def finish(self) -> None:
        """Check the whole file and give it its name."""
        found, sha256 = _hash_file(self.path, "md5", "sha256")
        expected = self.origin.md5 if self.origin else None
        if expected is not None and found != expected:
            self.discard()
            raise _AttemptError(f"what came has the MD5 {found}, not {expected} as named")
        if self.target.suffix == ".npz" and not zipfile.is_zipfile(self.path):
            self.discard()
            raise _AttemptError("what came is not a whole .npz file")
        _write_json(record_of(self.target), {"url": self.url, "sha256": sha256})
        self.path.replace(self.target)
        self._note.unlink(missing_ok=True)

    def give_up(self, reason: str) -> ModelError:
        return ModelError(
            f"{self.url}: cannot be downloaded: {reason}. Try again later, or get it in another"
            f" way and put it there as {self.target}."
        )


class _Bar:
    """Progress in whole megabytes, shown from when the size is known; it also goes back."""

    def __init__(self, title: str, progress: Progress, shown: ExitStack):
        self._title, self._progress, self._shown = title, progress, shown
        self._advance = None
        self._done = 0

    def move_to(self, done: int, total: int | None) -> None:
        if self._advance is None:
            step = self._progress.step(self._title, -(-(total or 0) // _MEGABYTE))
            self._advance = self._shown.enter_context(step)
        megabytes = -(-done // _MEGABYTE) if done == total else done // _MEGABYTE
        self._advance(megabytes - self._done)
        self._done = megabytes


def _receive(part: _Part, bar: _Bar) -> None:
    """One attempt at the rest of a file."""
    headers = {"Accept-Encoding": "identity", "User-Agent": "lit-demo-builder"}
    origin, start = part.origin, part.size
    if origin and origin.validator and start:
        headers |= {"Range": f"bytes={start}-", "If-Range": origin.validator}
    try:
        with _open(part, headers) as response:
            if response.status != HTTPStatus.PARTIAL_CONTENT:
                origin = _origin_of(part.url, response.headers)
                part.begin(origin)
            elif not origin or not _continues(response.headers, origin, start):
                part.discard()
                raise _AttemptError("the server sent something else than the rest of the part")
            _check_space(part, origin.bytes)
            _append(response, part, origin.bytes, bar)
    except (http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
        raise _AttemptError(str(error) or type(error).__name__) from None


def _open(part: _Part, headers: Mapping[str, str]) -> http.client.HTTPResponse:
    try:
        request = urllib.request.Request(part.url, headers=dict(headers))
        return urllib.request.urlopen(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()
        reason = f"the server answered {error.code} {error.reason}"
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.discard()
        elif error.code < HTTPStatus.INTERNAL_SERVER_ERROR and error.code not in _TRANSIENT:
            raise part.give_up(reason) from None
        raise _AttemptError(reason) from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, socket.gaierror):
            raise part.give_up("its server was not found, as if this machine is offline") from None
        raise _AttemptError(str(error.reason)) from None


def _append(response: http.client.HTTPResponse, part: _Part, total: int | None, bar: _Bar) -> None:
    bar.move_to(part.size, total)
    with part.path.open("ab") as file:
        while chunk := response.read1(_CHUNK):
            file.write(chunk)
            bar.move_to(file.tell(), total)
    if total is not None and part.size != total:
        raise _AttemptError(f"the connection ended after {part.size:,} of {total:,} bytes")


def _origin_of(url: str, headers: Message) -> _Origin:
    length = headers["Content-Length"]
    return _Origin(
        url, _validator_of(headers), None if length is None else int(length), _md5_of(headers)
    )


def _continues(headers: Message, origin: _Origin, start: int) -> bool:
    """Whether a partial answer is the rest of what was begun, and not of another version."""
    total = origin.bytes
    span = f"bytes {start}-{total - 1}/{total}" if total else None
    return headers["Content-Range"] == span and _validator_of(headers) in (None, origin.validator)


def _validator_of(headers: Message) -> str | None:
    """What a server recognises a version by, if it is good enough to join parts: a strong ETag."""
    tag = headers["ETag"]
    return tag if tag and not tag.startswith("W/") else headers["Last-Modified"]


def _md5_of(headers: Message) -> str | None:
    """The MD5 that Google Storage names, as `x-goog-hash: crc32c=...,md5=...` or on two lines."""
    for value in headers.get_all("x-goog-hash", []):
        for entry in value.split(","):
            name, _, code = entry.strip().partition("=")
            if name == "md5":
                return base64.b64decode(code).hex()
    return None


def _check_space(part: _Part, total: int | None) -> None:
    missing = (total or 0) - part.size
    free = shutil.disk_usage(part.path.parent).free
    if missing > free:
        raise ModelError(
            f"{part.target}: needs {missing / _MEGABYTE:,.0f} MB more, but only"
            f" {free / _MEGABYTE:,.0f} MB are free there. Free some, or name another --cache-dir."
        )


def _hash_file(path: Path, *algorithms: str) -> tuple[str, ...]:
    hashes = [hashlib.new(name, usedforsecurity=False) for name in algorithms]
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            for found in hashes:
                found.update(chunk)
    return tuple(found.hexdigest() for found in hashes)


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
