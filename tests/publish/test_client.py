"""Fetching from a site's origins, from hosts that do what they should not."""

import hashlib
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

import pytest

from builder.addresses import origin_of
from builder.publish import client
from builder.publish.client import Client, explain

Host = Callable[[socket.socket], None]
OK = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def serve(host: Host) -> Generator[str]:
    """A server that does to each connection what `host` does, after the request has come."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(20)
                connection.recv(10_000)
                with suppress(OSError):  # The client has had enough.
                    host(connection)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def says(data: bytes) -> Host:
    return lambda connection: connection.sendall(data)


def fetch(url: str, most: int = 10) -> client.Answer:
    return Client({origin_of(url)}).fetch(url, most, keep_body=True)


def why_not(host: Host) -> str:
    with serve(host) as url, pytest.raises(OSError, match=r".") as caught:
        fetch(url)
    return explain(caught.value)


def drip(data: bytes, step: int) -> Host:
    def host(connection: socket.socket) -> None:
        for start in range(0, len(data), step):
            connection.sendall(data[start : start + step])
            time.sleep(0.05)

    return host


def test_no_more_than_was_asked_for_is_read():
    def endless(connection: socket.socket) -> None:
        connection.sendall(OK + b"\r\n")
        while True:
            connection.sendall(b"a" * 100_000)

    with serve(endless) as url:
        assert fetch(url, 1000).body == b"a" * 1001
        answer = Client({origin_of(url)}).fetch(url, 1000)
        assert (answer.size, answer.body) == (1001, b""), "no more than its hash is kept"
        assert answer.sha256 == hashlib.sha256(b"a" * 1001).hexdigest()
    with serve(says(OK + b"Content-Length: 99999999999\r\n\r\n" + b"a" * 100)) as url:
        assert fetch(url, 10).body == b"a" * 11


def test_a_server_that_is_too_slow_is_left(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(client, "SILENCE_S", 0.3)
    assert "takes too long to answer" in why_not(drip(b"HTTP/1.1 200 OK" * 100, 1))
    assert "takes too long to answer" in why_not(drip(b"HTTP" * 100, 1))
    body = OK + b"\r\n"
    assert "sends less than 10,000 bytes a second" in why_not(
        lambda connection: (connection.sendall(body), drip(b"a" * 10, 1)(connection))[1]
    )
    silent = why_not(lambda connection: time.sleep(1))
    assert silent in ("timed out", "it takes too long to answer"), "whichever clock is first"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("file:///etc/passwd", "302"),
        ("ftp://127.0.0.1/x", "does not start with https|which starts with https"),
        ("http://example.org/", "is not encrypted"),
        ("https://example.org/", "is on another host: if that is right, check that address"),
        ("http://localhost:{port}/", "is on another host"),
        ("http://127.0.0.1:1/", "is on another host"),
        ("//127.0.0.2:{port}/", "is on another host"),
        ("http://user:s3cr3t@127.0.0.1:{port}/", "has a user name or password"),
        ("http://[::1/", "Invalid IPv6 URL|is not a web address"),
        ("http://*/", "is not a name or an IP address"),
    ],
)
def test_redirects_lead_nowhere_else(target: str, reason: str):
    def host(connection: socket.socket) -> None:
        location = target.format(port=connection.getsockname()[1])
        connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n".encode())

    with serve(host) as url:
        try:
            found = str(fetch(url).status)
        except OSError as error:
            found = explain(error)
    assert any(part in found for part in reason.split("|")), found
    assert "s3cr3t" not in found


def test_redirects_within_the_origin_are_followed_but_not_for_ever():
    def host(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n" + b"a" * 1_000_000)

    with serve(host) as url:
        assert fetch(url).status == 302
    seen: list[int] = []

    def once(connection: socket.socket) -> None:
        seen.append(1)
        redirect = b"HTTP/1.1 301 Moved\r\nLocation: x/y?z\r\nContent-Length: 0\r\n\r\n"
        connection.sendall(redirect if len(seen) == 1 else OK + b"Content-Length: 1\r\n\r\nb")

    with serve(once) as url:
        assert fetch(url).body == b"b"


@pytest.mark.parametrize(
    "data",
    [b"", b"\r\n", b"HTTP/1.1\r\n\r\n", b"HTTP/1.1 abc OK\r\n\r\n", b"HTTP/9.9 200 OK\r\n\r\n",
     b"\xff\xfe\x00" * 100, b"HTTP/1.1 " + b"2" * 100_000, OK + b"A: " + b"b" * 100_000,
     OK + b"A: b\r\n" * 1000, OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
     OK + b"Transfer-Encoding: chunked\r\n\r\nfffffffff\r\na", OK + b"Content-Length: 5\r\n\r\na"],
    ids=lambda data: ascii(data)[:40],
)  # fmt: skip
def test_nonsense_is_an_error_in_words(data: bytes):
    assert why_not(says(data))


@pytest.mark.parametrize("length", [b"-1", b"abc", b"9" * 5000, b"1, 2", b""])
def test_nonsense_for_a_length_is_not_believed(length: bytes):
    host = says(OK + b"Content-Length: " + length + b"\r\n\r\nabc")
    with serve(host) as url, suppress(OSError):
        assert fetch(url).body in (b"abc", b"")
