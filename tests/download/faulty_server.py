"""A server of one file whose answers are wrong in the ways that a test asks for."""

import base64
import hashlib
import re
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from builder.publish.serve import running

CONTENT = np.random.default_rng(0).bytes(300_000)


@dataclass
class Server:
    """A file, and the ways in which each answer is wrong; the last one repeats.

    A wrong answer takes the handler and the headers and body of the right one.
    """

    url: str = ""
    content: bytes = CONTENT
    etag: str | None = '"1"'
    names_md5: bool = False
    ranges: bool = True
    answers: list["Answer"] = field(default_factory=list["Answer"])
    asked: list[str | None] = field(default_factory=list[str | None])


Headers = dict[str, str]
Answer = Callable[[BaseHTTPRequestHandler, int, Headers, bytes], None]


def whole(handler: BaseHTTPRequestHandler, status: int, headers: Headers, body: bytes) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def cut_after(count: int) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, status: int, headers: Headers, body: bytes) -> None:
        whole(handler, status, headers, body[:count])
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)

    return answer


def claim_length(delta: int) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, status: int, headers: Headers, body: bytes) -> None:
        length = str(int(headers["Content-Length"]) + delta)
        whole(handler, status, headers | {"Content-Length": length}, body)

    return answer


def without(name: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, status: int, headers: Headers, body: bytes) -> None:
        whole(handler, status, {key: headers[key] for key in headers if key != name}, body)

    return answer


def status_of(code: int) -> Answer:
    def answer(handler: BaseHTTPRequestHandler, status: int, headers: Headers, body: bytes) -> None:
        whole(handler, code, {"Content-Length": "0"}, b"")

    return answer


def wrong_range(
    handler: BaseHTTPRequestHandler, status: int, headers: Headers, body: bytes
) -> None:
    if "Content-Range" in headers:
        headers["Content-Range"] = f"bytes 7-{len(CONTENT) - 1}/{len(CONTENT)}"
    whole(handler, status, headers, body)


def spoiled(handler: BaseHTTPRequestHandler, status: int, headers: Headers, body: bytes) -> None:
    whole(handler, status, headers, body[:-1] + b"?")


@contextmanager
def serving() -> Generator[Server]:
    """A server of that file while the context lasts."""
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.headers["Range"])
            answers = state.answers or [whole]
            answer = answers[min(len(state.asked), len(answers)) - 1]
            body, status = state.content, 200
            headers: Headers = {}
            if state.etag:
                headers["ETag"] = state.etag
            if state.names_md5:
                md5 = base64.b64encode(hashlib.md5(body).digest()).decode()
                headers["x-goog-hash"] = f"crc32c=AAAAAA==,md5={md5}"
            span = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            if span and state.ranges and self.headers["If-Range"] == state.etag:
                start, total, status = int(span[1]), len(body), 206
                headers["Content-Range"] = f"bytes {start}-{total - 1}/{total}"
                body = body[start:]
            headers["Content-Length"] = str(len(body))
            answer(self, status, headers, body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        state.url = f"http://127.0.0.1:{port}/model.npz"
        yield state
