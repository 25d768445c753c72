"""A static host like GitHub Pages, whose files tests change, damage and take away."""

import gzip
import hashlib
import json
import mimetypes
import re
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from builder.site.seal import UNSEALED, seal

BASE = "/some/where/"


@dataclass
class Host:
    """What a host answers: files by URL, relative to the site.

    `pages` are URLs that are answered with a web page, as by hosts that never say 404; those that
    it `hangs_up` on are not answered. `requests` are the URLs asked for, but for those that a
    browser took from its cache.
    """

    files: dict[str, bytes]
    url: str = ""
    headers: dict[str, str] = field(
        default_factory=lambda: {
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": "max-age=600",
        }
    )
    pages: set[str] = field(default_factory=set[str])
    hangs_up: Callable[[str], bool] = lambda url: False
    requests: list[str] = field(default_factory=list[str])

    def find(self, part: str) -> str:
        """The URL of the only file with this in its name."""
        (url,) = [url for url in self.files if part in url]
        return url

    def entry(self, page: str = "index.html") -> str:
        """The URL of the script that starts a page."""
        (url,) = re.findall(r'<script type="module" src="([^"]+)"', self.files[page].decode())
        return url

    def edit_manifest(self, change: Callable[[str], str]) -> None:
        """Change the manifest as a build would, with its hash."""
        content = json.loads(change(self.files["manifest.json"].decode()))
        content["sha256"] = UNSEALED
        self.files["manifest.json"] = seal(json.dumps(content, indent=1).encode())

    def flip(self, url: str, place: int = -1) -> None:
        """Turn one bit of a file."""
        data = bytearray(self.files[url])
        data[place] ^= 1
        self.files[url] = bytes(data)


_COMPRESSED = ("text/", "application/json", "application/manifest+json", "image/svg+xml")
"""What hosts like GitHub Pages compress."""


@contextmanager
def host(folder: Path, *, compresses: bool = False) -> Generator[Host]:
    """Serve a copy of a built site."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    served = Host(files)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.removeprefix(BASE)
            url = path or "index.html"
            served.requests.append(url)
            if served.hangs_up(url):
                self.close_connection = True
                return
            data = b"<!doctype html><p>Welcome" if url in served.pages else served.files.get(url)
            if data is None:
                self._answer(HTTPStatus.NOT_FOUND, b"<!doctype html><p>Not found", "text/html")
                return
            tag = f'"{hashlib.sha256(data).hexdigest()}"'
            if self.headers.get("If-None-Match") == tag:
                self._answer(HTTPStatus.NOT_MODIFIED, b"", None, tag)
                return
            kind = "text/html" if url in served.pages else mimetypes.guess_type(url)[0]
            self._answer(HTTPStatus.OK, data, kind or "application/octet-stream", tag)

        def _answer(
            self, status: HTTPStatus, data: bytes, kind: str | None, tag: str | None = None
        ) -> None:
            self.send_response(status)
            if compresses and kind and kind.startswith(_COMPRESSED):
                data = gzip.compress(data)
                self.send_header("Content-Encoding", "gzip")
            for name, value in served.headers.items():
                self.send_header(name, value)
            if kind:
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
            if tag:
                self.send_header("ETag", tag)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_address[1]}{BASE}"
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
