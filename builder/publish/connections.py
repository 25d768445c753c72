"""Connections of a server, and the end of those that it waits for in vain."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress


class IdleConnections:
    """Connections on which a request has not come yet, or not all of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._oldest_first: dict[socket.socket, None] = {}

    @contextmanager
    def waiting(self, connection: socket.socket) -> Generator[None]:
        """Count a connection among them while the context lasts."""
        with self._lock:
            self._oldest_first[connection] = None
        try:
            yield
        finally:
            with self._lock:
                self._oldest_first.pop(connection, None)

    def drop_oldest(self) -> None:
        """Hang up on whoever has waited longest."""
        with self._lock:
            oldest = next(iter(self._oldest_first), None)
            if oldest is not None:
                del self._oldest_first[oldest]
                hang_up(oldest)


def hang_up(connection: socket.socket) -> None:
    """End both directions of a connection, so that whoever waits for it goes on."""
    with suppress(OSError):  # The client was faster.
        connection.shutdown(socket.SHUT_RDWR)
