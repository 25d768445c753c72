"""A folder over HTTP, for pages that tests build."""

import functools
from collections.abc import Generator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from builder.publish.serve import running


class _Handler(SimpleHTTPRequestHandler):
    """Isolates the page from other origins: only then a clock is finer than 0.1 ms."""

    extensions_map = {
        ".html": "text/html",
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        "": "application/octet-stream",
    }

    def end_headers(self) -> None:
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


class _LastingHandler(_Handler):
    """Answers many requests on a connection, as hosts do; TCP does not wait for more to send."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True


@contextmanager
def serve_folder(folder: Path, *, lasting: bool = False) -> Generator[str]:
    """Serve a folder on a free port of this machine; gives the URL, with a slash at its end.

    Connections are closed after an answer if they are not `lasting`.
    """
    kind = _LastingHandler if lasting else _Handler
    handler = functools.partial(kind, directory=str(folder))
    with running(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as port:
        yield f"http://127.0.0.1:{port}/"
