"""Previews a site as a static host would serve it, under any path."""

import functools
import io
import posixpath
import re
import socket
import threading
import urllib.parse
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import segno

from builder.errors import BuilderError, SiteError
from builder.site.folder import MANIFEST

# The system's own table of these differs between machines.
_MIME_TYPES: Mapping[str, str] = {
    ".bin": "application/octet-stream",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
}

_POLL_S = 0.01
"""How long a server takes to notice that it should stop."""


def normalize_base_path(base_path: str) -> str:
    """`demo`, `/demo` and `/demo/` all mean `/demo/`."""
    inner = base_path.strip("/")
    return f"/{inner}/" if inner else "/"


class _Handler(SimpleHTTPRequestHandler):
    """Serves `directory` below `base_path`, and nothing elsewhere."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, **_MIME_TYPES}
    protocol_version = "HTTP/1.1"

    def __init__(self, *args: object, base_path: str, verbose: bool, directory: str):
        self._base_path = base_path
        self._verbose = verbose
        super().__init__(*args, directory=directory)  # pyright: ignore[reportArgumentType]

    def send_head(self):
        """Answer only below the base path; its root without a slash redirects as hosts do."""
        path = urllib.parse.urlsplit(self.path).path
        if path + "/" == self._base_path:
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", self._base_path)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        if not posixpath.normpath(path).startswith(self._base_path.rstrip("/")):
            self.send_error(HTTPStatus.NOT_FOUND, f"The site is at {self._base_path}")
            return None
        return self._send_part_head() or super().send_head()

    def _send_part_head(self) -> io.BytesIO | None:
        """Answer for one range of a file (RFC 9110, section 14), as hosts do; None without one."""
        span = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if not span or not path.is_file():
            return None
        size = path.stat().st_size
        first, last = int(span[1]), min(int(span[2] or size), size - 1)
        if first > last:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return io.BytesIO()
        with path.open("rb") as file:
            file.seek(first)
            part = file.read(last + 1 - first)
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        return io.BytesIO(part)

    def translate_path(self, path: str) -> str:
        """The file for a URL path; the base class keeps it inside the folder."""
        return super().translate_path(path.removeprefix(self._base_path.rstrip("/")))

    def end_headers(self) -> None:
        """Let other origins read, as GitHub Pages does; make a rebuilt site show at once."""
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Log requests only when asked."""
        if self._verbose:
            super().log_message(format, *args)


def make_server(
    folder: Path, *, port: int, host: str, base_path: str, verbose: bool = False
) -> ThreadingHTTPServer:
    """A server of `folder`, bound but not yet running; port 0 takes any free one.

    Raises:
        SiteError: if the folder holds no site.
        BuilderError: if the address cannot be bound.
    """
    if not (folder / MANIFEST).is_file():
        raise SiteError(f"{folder}: holds no site (no {MANIFEST}). Build one first.")
    handler = functools.partial(
        _Handler,
        base_path=normalize_base_path(base_path),
        verbose=verbose,
        directory=str(folder),
    )
    try:
        return ThreadingHTTPServer((host, port), handler)
    except OSError as error:
        raise BuilderError(
            f"cannot serve on {host}:{port}: {error.strerror}. Choose another with --host or"
            " --port."
        ) from None


@contextmanager
def running(server: ThreadingHTTPServer) -> Generator[int]:
    """Answer requests in a thread for as long as the context lasts; yields the port."""
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_S,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def reachable_host(host: str) -> str:
    """The address of a server that listens on `host`, as seen from elsewhere if possible.

    That is `host` itself or, for all addresses (0.0.0.0), the one that this machine has in its
    network.
    """
    if host != "0.0.0.0":
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Sends nothing; it only makes the system choose the address that it would send from.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"  # Not in a network.
        return str(probe.getsockname()[0])


def qr_code(url: str) -> str:
    """A URL as a QR code for a terminal, or why a phone could not follow it."""
    host = urllib.parse.urlsplit(url).hostname or ""
    if host == "localhost" or host.startswith("127."):
        return (
            f"A phone cannot reach {host}. Join its network, and add --host 0.0.0.0 to let everyone"
            " on that network see the site."
        )
    text = io.StringIO()
    segno.make(url, micro=False).terminal(text, compact=True)
    return text.getvalue()
