"""Previews a site as a static host would serve it, under any path."""

import functools
import io
import socket
import socketserver
import sys
import threading
import urllib.parse
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from dataclasses import replace
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import segno

from builder.addresses import is_loopback
from builder.errors import BuilderError, SiteError
from builder.publish.connections import hang_up
from builder.publish.requests import Service, SiteHandler
from builder.publish.served_files import ServedFolder
from builder.site.own_files import MANIFEST

MOST_CLIENTS = 64
"""Connections at the same time, each of which takes a thread."""

_PATIENCE_S = 1
_POLL_S = 0.01
"""How long a server takes to notice that it should stop."""

_PASSIVE = socket.AI_PASSIVE
_EVERYWHERE = ("", "0.0.0.0", "::")


def normalize_base_path(base_path: str) -> str:
    """`demo`, `/demo` and `/demo/` all mean `/demo/`."""
    inner = base_path.strip("/")
    return f"/{inner}/" if inner else "/"


class SiteServer(ThreadingHTTPServer):
    """A server with a bounded number of threads, which slow and leaving clients do not keep."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        address: Any,
        family: socket.AddressFamily,
        service: Service,
        handler: Callable[..., SiteHandler] = SiteHandler,
    ):
        self.address_family = family
        self._idle = service.idle
        self._slots = threading.BoundedSemaphore(MOST_CLIENTS)
        self._connections: set[socket.socket] = set()
        super().__init__(address, functools.partial(handler, service=service))

    @property
    def is_exposed(self) -> bool:
        """Whether other machines can reach it."""
        return not is_loopback(str(self.server_address[0]))

    def server_bind(self) -> None:
        """Bind without asking for this machine's name, which may take seconds."""
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, in place of whoever has been silent longest if there are too many."""
        if not self._slots.acquire(blocking=False):
            self._idle.drop_oldest()
            if not self._slots.acquire(timeout=_PATIENCE_S):
                self.shutdown_request(request)
                return
        self._connections.add(request)
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # The system gives no more threads.
            self._release(request)
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Give the slot back, however it ends."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._release(request)

    def _release(self, request: socket.socket) -> None:
        self._connections.discard(request)
        self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that left or were too slow; anything else is a bug of ours."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        """Also hang up on everyone."""
        super().server_close()
        for connection in tuple(self._connections):
            hang_up(connection)


def make_server(
    folder: Path,
    *,
    port: int,
    host: str,
    base_path: str,
    verbose: bool = False,
    proxies: Collection[str] | None = (),
) -> SiteServer:
    """A server of `folder`, bound but not yet running; port 0 takes any free one.

    On an address of this machine only, it answers only requests for this machine, so that a web
    page whose name was made to lead here reads nothing (DNS rebinding). `proxies` are names that
    it also answers to; None stands for any name.

    Raises:
        SiteError: if the folder holds no site.
        BuilderError: if the address cannot be bound.
    """
    served = ServedFolder(folder)
    if not served.is_own(MANIFEST):
        raise SiteError(f"{folder}: holds no site (no {MANIFEST} of one). Build one first.")
    host = host.removeprefix("[").removesuffix("]")
    hosts = None if proxies is None else {host.casefold(), *map(str.casefold, proxies)}
    service = Service(served, normalize_base_path(base_path), hosts, verbose)
    return listen(service, host, port)


def listen(
    service: Service, host: str, port: int, handler: Callable[..., SiteHandler] = SiteHandler
) -> SiteServer:
    """A server of a service, which answers with handlers of that kind; see `make_server`.

    Raises:
        BuilderError: if the address cannot be bound.
    """
    try:
        found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=_PASSIVE)
        family, address = found[0][0], found[0][4]
        if not is_loopback(str(address[0])):
            service = replace(service, hosts=None)
        return SiteServer(address, family, service, handler)
    except (OSError, ValueError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BuilderError(
            f"cannot serve on {host_in_address(host)}:{port}: {reason}. Choose another with --host"
            " or --port."
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


def describe_exposure(server: SiteServer) -> str | None:
    """A warning if others can read what is served; None if only this machine can."""
    if not server.is_exposed:
        return None
    return (
        "Everyone who can reach this machine over the network can read the site. Stop the server"
        " when you are done."
    )


def host_in_address(host: str) -> str:
    """A host as it is written in a web address."""
    return f"[{host}]" if ":" in host else host


def reachable_host(host: str) -> str:
    """The address of a server that listens on `host`, as seen from elsewhere if possible.

    That is `host` itself or, for all addresses (0.0.0.0 or ::), the one that this machine has in
    its network.
    """
    host = host.removeprefix("[").removesuffix("]")
    if host not in _EVERYWHERE:
        return host_in_address(host)
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
    if is_loopback(host):
        return (
            f"A phone cannot reach {host}. Join its network, and add --host 0.0.0.0 to let everyone"
            " on that network see the site."
        )
    text = io.StringIO()
    segno.make(url, micro=False).terminal(text, compact=True)
    return text.getvalue()
