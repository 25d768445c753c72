"""Large files from the web: resumed where they were cut off, and checked before they are used."""

import base64
import http.client
import re
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from pathlib import Path

from builder.download.address import mask_password
from builder.download.connection import open_address, read_body
from builder.download.errors import AttemptError, FinalError, RangeError, StallError
from builder.download.record import (
    ChangedFileError,
    DownloadError,
    Origin,
    Part,
    check_download,
)
from builder.errors import ModelError
from builder.locks import hold_lock
from builder.progress import Progress
from builder.version import NAME

RETRY_DELAYS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds to wait after each attempt that made no progress; after the last, the download fails."""

MAX_WAIT_S = 120.0
"""The longest wait that a server can ask for."""

_CHUNK = 1 << 20
_MEGABYTE = 1_000_000
_PROGRESS_BYTES = 10_000
"""An attempt that brings less made no progress."""
_PLAIN = re.compile(r"[!-~]{1,200}")
_REMEDY = "Name a writable folder with --cache-dir."


@dataclass(frozen=True)
class Wanted:
    """A file on the web and what is known of it: its SHA-256, and the most bytes it can have.

    `authorization` is the header that gives access to it.
    """

    url: str
    sha256: str | None = None
    max_bytes: int | None = None
    authorization: str | None = field(default=None, repr=False)

    @property
    def shown(self) -> str:
        """The address without a password."""
        return mask_password(self.url)


def download(
    wanted: Wanted,
    target: Path,
    *,
    progress: Progress,
    announcement: str | None = None,
    thorough: bool = True,
    delays: Sequence[float] = RETRY_DELAYS,
) -> bool:
    """Make sure that `target` is the wanted file: download it if it is missing or has changed.

    An earlier part of it is resumed. The result is compared with its SHA-256, if that is known, and
    with the length and the MD5 (`x-goog-hash`) that the server gives. A server may give neither, so
    an `.npz` file must also end as a ZIP does. One process at a time downloads a file; others wait,
    and then find it. Says `announcement` before it begins, and returns whether it did. A file that
    is there is hashed if `thorough`, else as `check_download` thinks fit.

    Raises:
        DownloadError: if the file cannot be downloaded; its part is kept for another try.
        ModelError: if it cannot be written, or the one that is there is not ours to replace.
    """

    def say_wait() -> None:
        progress.say(f"Another process is downloading {target.name}; waiting for it.")

    lock = target.with_name(f".{target.name}.lock")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with hold_lock(lock, _REMEDY, say_wait), ExitStack() as shown:
            changed = _find_change(target, wanted, progress, thorough=thorough)
            if changed is None:
                return False
            if announcement:
                progress.say(announcement)
            bar = _Bar(f"Download {target.name}, MB", progress, shown)
            try:
                _try_until_whole(Part(wanted.shown, target), wanted, bar, delays)
            except DownloadError as error:
                raise DownloadError(f"{error}{changed}", error.status) from None
            return True
    except OSError as error:
        raise ModelError(
            f"{target}: cannot be written: {error.strerror or error}. {_REMEDY}"
        ) from None


def _find_change(target: Path, wanted: Wanted, progress: Progress, *, thorough: bool) -> str | None:
    """None if the file is there as it should be, else what to add if it cannot be downloaded."""
    if not target.exists():
        return ""
    try:
        check_download(target, wanted.sha256, thorough=thorough)
    except ChangedFileError as error:
        if not error.is_ours:
            raise
        progress.say(f"{error.message} It is not used, but downloaded again.")
        return " The file that is there has changed since it was downloaded, so it is not used."
    return None


def _try_until_whole(part: Part, wanted: Wanted, bar: "_Bar", delays: Sequence[float]) -> None:
    fruitless, longest = 0, part.size
    while True:
        try:
            if not part.is_whole:
                _receive(part, wanted, bar)
            part.finish(wanted.sha256)
            return
        except FinalError as failure:
            raise part.give_up(str(failure), failure.status) from None
        except AttemptError as error:
            failure = error
        brought = part.size - longest
        has_come_on = brought >= _PROGRESS_BYTES and not isinstance(failure, StallError)
        fruitless = 0 if has_come_on else fruitless + 1
        longest = max(longest, part.size)
        if fruitless > len(delays):
            raise part.give_up(str(failure)) from None
        wait_before_retry(delays[max(fruitless - 1, 0)], failure, bar.say)


def wait_before_retry(delay: float, failure: AttemptError, say: Callable[[str], None]) -> None:
    """Wait for `delay` seconds, or as long as the server asks for, within reason."""
    seconds = delay
    if failure.wait_s is not None and failure.wait_s > delay:
        seconds = min(failure.wait_s, MAX_WAIT_S)
        say(
            f"The server asks for a pause of {failure.wait_s:,.0f} s ({failure}). Waiting"
            f" {seconds:.0f} s."
        )
    time.sleep(seconds)


class _Bar:
    """Progress in whole megabytes, shown once the size is known; it can also go back."""

    def __init__(self, title: str, progress: Progress, shown: ExitStack):
        self._title, self._progress, self._shown = title, progress, shown
        self._advance = None
        self._done = 0
        self.say = progress.say

    def move_to(self, done: int, total: int | None) -> None:
        if self._advance is None:
            step = self._progress.step(self._title, -(-(total or 0) // _MEGABYTE))
            self._advance = self._shown.enter_context(step)
        megabytes = -(-done // _MEGABYTE) if done == total else done // _MEGABYTE
        self._advance(megabytes - self._done)
        self._done = megabytes


def _receive(part: Part, wanted: Wanted, bar: _Bar) -> None:
    """One attempt to receive the rest of a file."""
    headers = {"Accept-Encoding": "identity", "User-Agent": NAME}
    origin, start = part.origin, part.size
    if origin and origin.validator and start:
        headers |= {"Range": f"bytes={start}-", "If-Range": origin.validator}
    try:
        response = open_address(wanted.url, headers, wanted.authorization)
    except RangeError:
        part.discard()
        raise
    with response:
        if response.status == HTTPStatus.OK:
            origin = _origin_of(part, response.headers)
            _check_size(origin, wanted)
            part.begin(origin)
        elif response.status != HTTPStatus.PARTIAL_CONTENT:
            raise FinalError(f"the server answered {response.status} {response.reason}")
        elif not origin or not _continues(response.headers, origin, start):
            part.discard()
            raise AttemptError("the server sent something other than the rest of the file")
        _check_space(part, origin.bytes)
        _append(response, part, origin.bytes, wanted.max_bytes, bar)


def _append(
    response: http.client.HTTPResponse,
    part: Part,
    total: int | None,
    max_bytes: int | None,
    bar: _Bar,
) -> None:
    limit = max_bytes if total is None else total
    bar.move_to(part.size, total)
    with part.path.open("ab") as file:
        while chunk := read_body(response, _CHUNK):
            if limit is not None and file.tell() + len(chunk) > limit:
                raise AttemptError(f"the server sent more than {limit:,} bytes")
            file.write(chunk)
            bar.move_to(file.tell(), total)
    if total is not None and part.size != total:
        raise AttemptError(f"the connection ended after {part.size:,} of {total:,} bytes")


def _origin_of(part: Part, headers: Message) -> Origin:
    """What the headers of a whole answer say about the file.

    Raises:
        AttemptError: if they make no sense, or the answer is not the file.
    """
    encoding = headers["Content-Encoding"] or "identity"
    if encoding.lower() != "identity":
        raise AttemptError(f"the server sent the file in another form ({encoding})")
    if headers.get_content_type() == "text/html":
        raise AttemptError("the server sent a web page instead of the file")
    return Origin(part.url, _validator_of(headers), _length_of(headers), _md5_of(headers))


def _length_of(headers: Message) -> int | None:
    said = {value.strip() for value in headers.get_all("Content-Length", [])}
    if not said:
        return None
    if len(said) > 1 or not re.fullmatch(r"[0-9]{1,15}", length := said.pop()):
        raise AttemptError("the server gave a length that is none (Content-Length)")
    return int(length)


def _check_size(origin: Origin, wanted: Wanted) -> None:
    if origin.bytes and wanted.max_bytes and origin.bytes > wanted.max_bytes:
        raise FinalError(
            f"the server gave it {origin.bytes:,} bytes, but it has at most {wanted.max_bytes:,}"
        )


def _continues(headers: Message, origin: Origin, start: int) -> bool:
    """Whether a partial answer is the rest of what was begun, not of another version."""
    total = origin.bytes
    span = f"bytes {start}-{total - 1}/{total}" if total else None
    return headers["Content-Range"] == span and _validator_of(headers) in (None, origin.validator)


def _validator_of(headers: Message) -> str | None:
    """How a server identifies a version, if that is good enough to join parts: a strong ETag."""
    tag: str | None = headers["ETag"]
    if tag and not tag.startswith("W/"):
        # What is being hidden is not written down either.
        return tag if _PLAIN.fullmatch(tag) and mask_password(tag) == tag else None
    date: str | None = headers["Last-Modified"]
    return date if date and _PLAIN.fullmatch(date.replace(" ", "")) else None


def _md5_of(headers: Message) -> str | None:
    """The MD5 that Google Storage gives, as `x-goog-hash: crc32c=...,md5=...` or on two lines."""
    for value in headers.get_all("x-goog-hash", []):
        for entry in value.split(","):
            name, _, code = entry.strip().partition("=")
            if name == "md5":
                try:
                    found = base64.b64decode(code, validate=True)
                except ValueError:
                    found = b""
                if len(found) != 16:
                    raise AttemptError("the server gave an MD5 that is none (x-goog-hash)")
                return found.hex()
    return None


def _check_space(part: Part, total: int | None) -> None:
    missing = (total or 0) - part.size
    free = shutil.disk_usage(part.path.parent).free
    if missing > free:
        raise DownloadError(
            f"{part.target}: needs {missing / _MEGABYTE:,.0f} MB more, but only"
            f" {free / _MEGABYTE:,.0f} MB are free there. Free some, or give another --cache-dir."
        )
