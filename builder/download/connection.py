"""Requests over HTTP to servers that may be slow, wrong or hostile.

urllib does the work. Here is what it leaves out: a smallest rate, an end to headers, and rules for
redirects.
"""

import email.utils
import http.client
import io
import math
import re
import socket
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from email.message import Message
from http import HTTPStatus
from typing import IO, Any

from builder.download.address import split_credentials
from builder.download.errors import AttemptError, FinalError, RangeError, StallError

TIMEOUT_S = 30
"""A server that sends nothing for so long is given up."""

MIN_BYTES = 30_000
"""A server that sends less than this in `TIMEOUT_S` stalls."""

_MAX_HEADER_BYTES = 1 << 20
_TRANSIENT = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)


def open_address(
    url: str, headers: Mapping[str, str], authorization: str | None = None
) -> http.client.HTTPResponse:
    """The answer to a request, with the body still to be read.

    `authorization` is the header that gives access; a user and a password in the address come
    before it. Other servers that this one redirects to do not see it.

    Raises:
        AttemptError: if there is no answer, or it says that there may be one later.
        FinalError: if the server will not answer otherwise, or the address is not one.
    """
    address, own = split_credentials(url)
    try:
        with explaining():
            request = urllib.request.Request(address, headers=dict(headers))
            if said := own or authorization:
                request.add_unredirected_header("Authorization", said)
            return _OPENER.open(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()
        reason = f"the server answered {error.code} {error.reason}"
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise RangeError(reason) from None
        if not is_transient(error.code):
            raise FinalError(reason, error.code) from None
        raise AttemptError(reason, retry_after(error.headers)) from None


def read_body(response: http.client.HTTPResponse, count: int) -> bytes:
    """Up to that many of the next bytes of a body; none at its end.

    Raises:
        AttemptError: if the connection breaks or stalls.
    """
    with explaining():
        return response.read1(count)


@contextmanager
def explaining() -> Generator[None]:
    """Say what is wrong with a connection or an address.

    Raises:
        AttemptError, FinalError: in place of what the standard library raises.
    """
    try:
        yield
    except urllib.error.HTTPError:
        raise
    except urllib.error.URLError as error:
        if isinstance(error.reason, socket.gaierror):
            raise FinalError("its server was not found; this machine may be offline") from None
        if isinstance(error.reason, StallError):
            raise error.reason from None
        raise AttemptError(str(error.reason)) from None
    except (http.client.InvalidURL, ValueError):
        # The message could have a part of a password.
        raise FinalError("the address, or one that it redirects to, is wrong") from None
    except (http.client.HTTPException, OSError) as error:
        # An OSError is one of the network, since nothing else is read or written here.
        raise AttemptError(str(error) or type(error).__name__) from None


def is_transient(status: int) -> bool:
    """Whether a server that answers with this error may answer otherwise later."""
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _TRANSIENT


def retry_after(headers: Message, now: Callable[[], float] = time.time) -> float | None:
    """The seconds after which a server wants to be asked again (RFC 9110, section 10.2.3)."""
    said = (headers["Retry-After"] or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", said):
        return float(said)
    try:
        return max(email.utils.parsedate_to_datetime(said).timestamp() - now(), 0.0)
    except (ValueError, OverflowError):
        return None  # It says nothing that makes sense, so the usual delays hold.


class Pace:
    """Watches that at least `MIN_BYTES` arrive in every `TIMEOUT_S`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._since = clock()
        self._received = 0

    def count(self, received: int) -> None:
        """Note the bytes that arrived.

        Raises:
            StallError: if there were too few of late.
        """
        self._received += received
        seconds = self._clock() - self._since
        if seconds < TIMEOUT_S:
            return
        if self._received < MIN_BYTES:
            raise StallError(f"only {self._received:,} bytes came in {seconds:.0f} s")
        self._since, self._received = self._clock(), 0


class _PacedStream(io.RawIOBase):
    """What a socket receives, with a smallest rate; as long as headers are read, with an end."""

    def __init__(self, raw: io.RawIOBase):
        self._raw = raw
        self._pace = Pace()
        self.header_bytes_left: float = _MAX_HEADER_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        received = self._raw.readinto(buffer)
        if received:
            self._pace.count(received)
            self.header_bytes_left -= received
            if self.header_bytes_left < 0:
                raise http.client.HTTPException("its headers do not end")
        return received

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any):
        super().__init__(sock, *args, **options)
        self._stream = _PacedStream(self.fp.detach())
        self.fp = io.BufferedReader(self._stream)

    def begin(self) -> None:
        super().begin()
        self._stream.header_bytes_left = math.inf


class _HTTPConnection(http.client.HTTPConnection):
    response_class = _Response


class _HTTPSConnection(http.client.HTTPSConnection):
    response_class = _Response


class _HTTPHandler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_HTTPConnection, req)


class _HTTPSHandler(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_HTTPSConnection, req, context=ssl.create_default_context())


class _RedirectHandler(urllib.request.HTTPRedirectHandler):
    """Follows redirects to other web servers, but not from https to http."""

    max_redirections = 5

    def http_error_302(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
    ) -> http.client.HTTPResponse | None:
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        except (ValueError, FinalError):
            fp.close()  # which urllib does only in the other cases
            raise

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        target = urllib.parse.urlsplit(newurl)
        allowed = ("https",) if req.type == "https" else ("http", "https")
        if target.scheme not in allowed or not target.hostname:
            raise FinalError(f"the server redirects to {newurl}, which is not followed")
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        said = req.unredirected_hdrs.get("Authorization")
        if request and said and _origin(req.full_url) == _origin(newurl):
            request.add_unredirected_header("Authorization", said)
        return request


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """What two addresses of one server have in common (RFC 6454)."""
    parts = urllib.parse.urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port


_OPENER = urllib.request.build_opener(_HTTPHandler, _HTTPSHandler, _RedirectHandler)
