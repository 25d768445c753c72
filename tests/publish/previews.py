"""A site to preview, and requests to the server of it."""

import socket
from http.client import HTTPConnection, HTTPResponse

FILES = {
    url: url.encode()
    for url in (
        "index.html",
        "assets/a.js",
        "assets/a.wasm",
        "assets/a.bin",
        "assets/größer.png",
        "empty.bin",
    )
} | {"empty.bin": b""}


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=named)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def send(port: int, data: bytes) -> bytes:
    """All that the server answers to these bytes until it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(1 << 16):
            received += part
        return received
