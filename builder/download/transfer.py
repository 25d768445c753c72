"""Large files from the web: resumed where they were cut off, and checked before they are used."""

import base64
import http.client
import shutil
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from email.message import Message
from http import HTTPStatus
from pathlib import Path

from builder.download.record import AttemptError, Origin, Part
from builder.errors import ModelError
from builder.progress import Progress

GOOGLE_STORAGE = "https://storage.googleapis.com/"

RETRY_DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds to wait after each attempt that made no progress; after the last, the download fails."""

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
    """Download `url` as the file `target`, resuming an earlier part of it.

    The result is compared with the length and the MD5 (`x-goog-hash`) that the server gives. A
    server may give neither, so an `.npz` file must also end as a ZIP does.

    Raises:
        ModelError: if the file cannot be downloaded; its part is kept for another try.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as shown:
            bar = _Bar(f"Download {target.name}, MB", progress, shown)
            _try_until_whole(Part(url, target), bar, delays)
    except OSError as error:
        raise ModelError(f"{target}: cannot be written: {error.strerror or error}.") from None


def _try_until_whole(part: Part, bar: "_Bar", delays: Sequence[float]) -> None:
    fruitless, longest = 0, part.size
    while True:
        try:
            if not part.is_whole:
                _receive(part, bar)
            part.finish()
            return
        except AttemptError as failure:
            fruitless = 0 if part.size > longest else fruitless + 1
            longest = max(longest, part.size)
            if fruitless > len(delays):
                raise part.give_up(str(failure)) from None
        time.sleep(delays[max(fruitless - 1, 0)])


class _Bar:
    """Progress in whole megabytes, shown once the size is known; it can also go back."""

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


def _receive(part: Part, bar: _Bar) -> None:
    """One attempt to receive the rest of a file."""
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
                raise AttemptError("the server sent something other than the rest of the file")
            _check_space(part, origin.bytes)
            _append(response, part, origin.bytes, bar)
    except (http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
        raise AttemptError(str(error) or type(error).__name__) from None


def _open(part: Part, headers: Mapping[str, str]) -> http.client.HTTPResponse:
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
        raise AttemptError(reason) from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, socket.gaierror):
            raise part.give_up("its server was not found; this machine may be offline") from None
        raise AttemptError(str(error.reason)) from None


def _append(response: http.client.HTTPResponse, part: Part, total: int | None, bar: _Bar) -> None:
    bar.move_to(part.size, total)
    with part.path.open("ab") as file:
        while chunk := response.read1(_CHUNK):
            file.write(chunk)
            bar.move_to(file.tell(), total)
    if total is not None and part.size != total:
        raise AttemptError(f"the connection ended after {part.size:,} of {total:,} bytes")


def _origin_of(url: str, headers: Message) -> Origin:
    length = headers["Content-Length"]
    return Origin(
        url, _validator_of(headers), None if length is None else int(length), _md5_of(headers)
    )


def _continues(headers: Message, origin: Origin, start: int) -> bool:
    """Whether a partial answer is the rest of what was begun, not of another version."""
    total = origin.bytes
    span = f"bytes {start}-{total - 1}/{total}" if total else None
    return headers["Content-Range"] == span and _validator_of(headers) in (None, origin.validator)


def _validator_of(headers: Message) -> str | None:
    """How a server identifies a version, if that is good enough to join parts: a strong ETag."""
    tag = headers["ETag"]
    return tag if tag and not tag.startswith("W/") else headers["Last-Modified"]


def _md5_of(headers: Message) -> str | None:
    """The MD5 that Google Storage gives, as `x-goog-hash: crc32c=...,md5=...` or on two lines."""
    for value in headers.get_all("x-goog-hash", []):
        for entry in value.split(","):
            name, _, code = entry.strip().partition("=")
            if name == "md5":
                return base64.b64decode(code).hex()
    return None


def _check_space(part: Part, total: int | None) -> None:
    missing = (total or 0) - part.size
    free = shutil.disk_usage(part.path.parent).free
    if missing > free:
        raise ModelError(
            f"{part.target}: needs {missing / _MEGABYTE:,.0f} MB more, but only"
            f" {free / _MEGABYTE:,.0f} MB are free there. Free some, or give another --cache-dir."
        )
