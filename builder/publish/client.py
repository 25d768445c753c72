"""Fetches files from the origins of a site, and from nowhere else, within bounds."""

import hashlib
import http.client
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from typing import IO, Any

from builder.addresses import find_address_flaw, find_transport_flaw, mask_secrets, origin_of
from builder.publish.connections import hang_up
from builder.version import NAME

SILENCE_S = 30
"""How long a server may send nothing, or take for the head of an answer."""

SLOWEST = 10_000
"""Bytes a second that a server has to send of a body, after `SILENCE_S`."""

_CHUNK = 1 << 16
_LONGEST_QUOTE = 100


@dataclass(frozen=True)
class Answer:
    """What a server answered, up to the bytes that were wanted and one more.

    `body` is empty unless it was to be kept.
    """

    status: int
    headers: Message
    size: int
    sha256: str
    body: bytes


class Client:
    """Fetches from these origins only; redirects are followed within them."""

    def __init__(self, origins: Collection[tuple[str, str, int]]):
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(),
            _HTTPHandler(),
            _HTTPSHandler(),
            _Redirects(origins),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
        ):
            self._opener.add_handler(handler)

    def fetch(
        self,
        url: str,
        most: int,
        headers: Mapping[str, str] | None = None,
        *,
        keep_body: bool = False,
    ) -> Answer:
        """One answer, whatever its status, of which no more than `most` bytes and one are read.

        Raises:
            OSError: if there is no answer, or if it comes too slowly or from elsewhere.
        """
        sent = {"Accept-Encoding": "identity", "User-Agent": NAME, **(headers or {})}
        try:
            request = urllib.request.Request(url, headers=sent)
            with self._opener.open(request, timeout=SILENCE_S) as response:
                size, sha256 = 0, hashlib.sha256()
                parts: list[bytes] = []
                for part in _read(response, most):
                    size += len(part)
                    sha256.update(part)
                    parts += [part] if keep_body else []
                digest, body = sha256.hexdigest(), b"".join(parts)
                return Answer(response.status, response.headers, size, digest, body)
        except urllib.error.HTTPError as error:
            error.close()
            return Answer(error.code, error.headers, 0, "", b"")
        except (http.client.HTTPException, ValueError) as error:
            # What a server sends may be anything, such as a status that is not a number.
            said = f"{type(error).__name__} {str(error)[:_LONGEST_QUOTE]!a}"
            raise ConnectionError(f"its answer makes no sense: {said}") from None


def explain(error: OSError) -> str:
    """Why there is no answer."""
    return mask_secrets(str(getattr(error, "reason", error)) or type(error).__name__)


def _read(response: http.client.HTTPResponse, most: int) -> Iterator[bytes]:
    left = most + 1
    deadline = time.monotonic() + SILENCE_S + most / SLOWEST
    while left and (data := response.read1(min(left, _CHUNK))):
        yield data
        left -= len(data)
        if time.monotonic() > deadline:
            raise TimeoutError(f"it sends less than {SLOWEST:,} bytes a second")
    if left and response.length:
        raise ConnectionError("the answer was cut off")


class _Redirects(urllib.request.HTTPRedirectHandler):
    def __init__(self, origins: Collection[tuple[str, str, int]]):
        self._origins = origins

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        fp.close()  # Its body is not wanted, however long it is.
        flaw = find_address_flaw(newurl) or find_transport_flaw(newurl)
        if not flaw and origin_of(newurl) not in self._origins:
            flaw = "is on another host: if that is right, check that address"
        if flaw:
            raise ConnectionError(f"it redirects to {newurl!a}, which {flaw}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@contextmanager
def _deadline(connection: socket.socket) -> Generator[None]:
    """Hang up after `SILENCE_S`: a time-out alone begins anew with every byte."""
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        hang_up(connection)

    timer = threading.Timer(SILENCE_S, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if is_over.is_set():
            raise TimeoutError("it takes too long to answer")


class _HTTPConnection(http.client.HTTPConnection):
    def getresponse(self) -> http.client.HTTPResponse:
        with _deadline(self.sock):
            return super().getresponse()


class _HTTPSConnection(http.client.HTTPSConnection):
    def getresponse(self) -> http.client.HTTPResponse:
        with _deadline(self.sock):
            return super().getresponse()


class _HTTPHandler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_HTTPConnection, req)


class _HTTPSHandler(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_HTTPSConnection, req)
