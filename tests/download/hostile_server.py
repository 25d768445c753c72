"""A server that answers with whatever bytes a test gives it."""

import socket
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Talk = Callable[[socket.socket], None]
"""Answers one request on a connection, which is then closed."""


@dataclass
class Hostile:
    """Where it listens, and the requests that came."""

    url: str
    requests: list[bytes] = field(default_factory=list[bytes])


def say(*parts: bytes) -> Talk:
    """Send these bytes."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"".join(parts))

    return talk


def repeat(part: bytes, times: int = 1_000_000) -> Talk:
    """Send the same bytes until the other side leaves, or very often."""

    def talk(connection: socket.socket) -> None:
        for _ in range(times):
            connection.sendall(part)

    return talk


def chain(*talks: Talk) -> Talk:
    """One after the other on the same connection."""

    def talk(connection: socket.socket) -> None:
        for each in talks:
            each(connection)

    return talk


@contextmanager
def hostile_server(talks: Sequence[Talk]) -> Generator[Hostile]:
    """A server whose connections are answered in this order; the last answer repeats."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        state = Hostile(f"http://127.0.0.1:{listener.getsockname()[1]}/model.bin")
        closing = threading.Event()

        def serve() -> None:
            while not closing.is_set():
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    connection.settimeout(10)
                    if closing.is_set():
                        return
                    request = b""
                    while b"\r\n\r\n" not in request and (part := connection.recv(65536)):
                        request += part
                    state.requests.append(request)
                    talks[min(len(state.requests), len(talks)) - 1](connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            closing.set()
            with suppress(OSError), socket.create_connection(listener.getsockname(), 1):
                thread.join(10)
