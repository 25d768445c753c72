"""Answers to requests for the files of a site, whoever asks and however slowly."""

import io
import os
import re
import socket
import time
import urllib.parse
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, BinaryIO

from builder.addresses import is_loopback
from builder.publish.connections import IdleConnections
from builder.publish.served_files import ServedFolder, content_type, decode_path

HEAD_S = 10
"""How long a client may take to send a request, or to send none on an open connection."""

SEND_S = 10
"""How long a client may take to receive `CHUNK` bytes."""

CHUNK = 1 << 16
_DRAIN_S = 0.5
_MOST_DRAINED = 64  # chunks
_LONGEST_HEAD = 1 << 14
_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)")
_MOST_DIGITS = 18


@dataclass(frozen=True)
class Service:
    """What a server serves, and to whom.

    `hosts` are the names under which browsers may address it, beside those of this machine itself;
    None allows all.
    """

    folder: ServedFolder
    base_path: str
    hosts: Collection[str] | None
    verbose: bool
    idle: IdleConnections = field(default_factory=IdleConnections)


class SiteHandler(BaseHTTPRequestHandler):
    """Serves the files of a folder below a path, and nothing elsewhere."""

    methods = ("GET", "HEAD")
    """Those that are answered."""

    protocol_version = "HTTP/1.1"
    server_version = "lit-demo"
    sys_version = ""

    def __init__(self, *args: Any, service: Service):
        self.service = service
        self._received = b""
        super().__init__(*args)

    def setup(self) -> None:
        """What the base class would read from is not used, since it knows no deadline."""
        super().setup()
        self.rfile.close()

    def handle_one_request(self) -> None:
        """Receive a whole request within `HEAD_S`, then answer it."""
        self.close_connection = True
        with self.service.idle.waiting(self.connection):
            head = self._receive_head()
        if not head:
            return
        self.connection.settimeout(SEND_S)
        self.rfile = io.BytesIO(head)  # Where the base class looks for the headers.
        self.raw_requestline = self.rfile.readline()
        if self.parse_request():
            self._answer()

    def _receive_head(self) -> bytes:
        """A request without its body; empty if the client leaves, is too slow or sends too much."""
        deadline = time.monotonic() + HEAD_S
        while True:
            head, end, rest = self._received.partition(b"\r\n\r\n")
            if end:
                self._received = rest
                return head + end
            if len(self._received) > _LONGEST_HEAD:
                self.requestline, self.command, self.request_version = "", "GET", "HTTP/1.1"
                too_long = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                self._hang_up(too_long, "The request is too long.")
                return b""
            left = deadline - time.monotonic()
            if left <= 0:
                return b""
            self.connection.settimeout(left)
            try:
                data = self.connection.recv(_LONGEST_HEAD)
            except TimeoutError:
                return b""
            if not data:
                return b""
            self._received += data

    def _answer(self) -> None:
        if self.command not in self.methods:
            self._hang_up(HTTPStatus.NOT_IMPLEMENTED, "Files can only be read: GET or HEAD.")
        elif "Transfer-Encoding" in self.headers or self.headers.get("Content-Length", "0") != "0":
            self._hang_up(HTTPStatus.BAD_REQUEST, "A request for a file has no body.")
        elif not self._is_addressed():
            self.refuse(
                HTTPStatus.FORBIDDEN,
                "This server is for the machine that it runs on: ask for localhost or 127.0.0.1."
                " If a proxy brought you here, name it with --allow-host of lit-demo serve.",
            )
        else:
            self.serve()

    def _is_addressed(self) -> bool:
        """Whether the request names this server, and not a host whose name now leads here."""
        given = self.headers.get_all("Host") or []
        if self.service.hosts is None:
            return True
        if len(given) != 1:
            return False
        try:
            parts = urllib.parse.urlsplit(f"//{given[0].strip()}")
            name = (parts.hostname or "").rstrip(".")
            is_plain = parts.netloc == given[0].strip() and parts.username is None
            _ = parts.port
        except ValueError:
            return False
        return is_plain and (is_loopback(name) or name in self.service.hosts)

    def serve(self) -> None:
        """Answer a request that is for this server, and is one of its methods."""
        self.serve_folder(self.service.folder, self.service.base_path)

    def serve_folder(self, folder: ServedFolder, base: str) -> None:
        """Answer a request for a file of a folder whose files are below the path `base`."""
        path = decode_path(self.path)
        if path is not None and f"{path}/" == base:
            self._redirect(base)
            return
        if path is None or not path.startswith(base):
            self.refuse(HTTPStatus.NOT_FOUND, f"The site is at {base}")
            return
        inner = path.removeprefix(base)
        url = folder.find(inner)
        file = url and folder.open(url)
        if url and file:
            with file:
                self._send(folder, url, file)
        elif inner and folder.has_page(inner):
            self._redirect(f"{path}/")
        else:
            self.refuse(HTTPStatus.NOT_FOUND, "There is no such file in the site.")

    def _send(self, folder: ServedFolder, url: str, file: BinaryIO) -> None:
        found = os.fstat(file.fileno())
        tag = f'"{found.st_ino:x}-{found.st_size:x}-{found.st_mtime_ns:x}"'
        headers = {"Content-Type": content_type(url), "Cache-Control": "no-cache", "ETag": tag}
        if folder.is_own(url):
            # As GitHub Pages does, so that other pages can use what is for them.
            headers["Access-Control-Allow-Origin"] = "*"
        if tag in self.headers.get("If-None-Match", ""):
            self.send_head(HTTPStatus.NOT_MODIFIED, headers)
            return
        is_current = self.headers.get("If-Range", tag) == tag
        status, span = _parse_range(self.headers["Range"] if is_current else None, found.st_size)
        headers["Content-Length"] = str(len(span))
        if status is HTTPStatus.PARTIAL_CONTENT:
            headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{found.st_size}"
        elif status is HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            headers["Content-Range"] = f"bytes */{found.st_size}"
        self.send_head(status, headers)
        if self.command == "GET":
            self._send_part(file, span)

    def _send_part(self, file: BinaryIO, span: range) -> None:
        file.seek(span.start)
        left = len(span)
        while left and (data := file.read(min(left, CHUNK))):
            self.wfile.write(data)
            left -= len(data)
        # A file that became shorter meanwhile must not look whole.
        self.close_connection = self.close_connection or left > 0

    def _redirect(self, path: str) -> None:
        location = urllib.parse.quote(path)
        self.send_head(HTTPStatus.MOVED_PERMANENTLY, {"Location": location, "Content-Length": "0"})

    def refuse(self, status: HTTPStatus, sentence: str) -> None:
        """Answer with a sentence."""
        self.send_body(status, "text/plain; charset=utf-8", f"{sentence}\n".encode())

    def send_body(
        self, status: HTTPStatus, kind: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer with what is in memory."""
        head = {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}
        if self.close_connection:
            head["Connection"] = "close"
        self.send_head(status, head)
        if self.command != "HEAD":
            self.wfile.write(body)

    def _hang_up(self, status: HTTPStatus, sentence: str) -> None:
        """Refuse a request that says more than was read, and read no other one after it."""
        self.close_connection = True
        self.refuse(status, sentence)
        self.connection.shutdown(socket.SHUT_WR)
        # Closing now would reset the connection, and the client might never see the answer.
        self.connection.settimeout(_DRAIN_S)
        for _ in range(_MOST_DRAINED):
            if not self.connection.recv(CHUNK):
                break

    def send_head(self, status: HTTPStatus, headers: Mapping[str, str]) -> None:
        """Begin an answer."""
        self.send_response(status)
        for name, value in {**headers, "X-Content-Type-Options": "nosniff"}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Log requests only when asked."""
        if self.service.verbose:
            super().log_message(format, *args)


def _parse_range(asked: str | None, size: int) -> tuple[HTTPStatus, range]:
    """Which bytes of a file a header asks for (RFC 9110, section 14), and what to answer.

    All of them without a range, or with several or one that is not understood.
    """
    found = _RANGE.fullmatch(asked or "")
    whole = (HTTPStatus.OK, range(size))
    if not found or found.groups() == ("", ""):
        return whole
    # A number too long to be read is greater than any size.
    first, last = (int(text) if len(text) <= _MOST_DIGITS else size for text in _numbers(found))
    if not found[1]:
        span = range(max(0, size - last), size)
    elif found[2] and last < first and first < size:
        return whole
    else:
        span = range(first, min(last + 1, size) if found[2] else size)
    if not span:
        return HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, range(0)
    return HTTPStatus.PARTIAL_CONTENT, span


def _numbers(found: re.Match[str]) -> list[str]:
    return [text or "0" for text in found.groups()]
