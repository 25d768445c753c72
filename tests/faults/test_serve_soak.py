"""Hundreds of good, bad, slow and leaving clients leave a preview server as they found it."""

import functools
import gc
import os
import random
import socket
import struct
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from builder.publish import requests, serve
from builder.publish.serve import make_server, running
from tests.site.sites import write_small_site

# Briefly in every test run, for long by `make soak`.
CLIENTS = 300 if os.environ.get("SOAK") else 100
AT_ONCE = 24
LARGE = bytes(4_000_000)
GET = b"GET /large.bin HTTP/1.1\r\nHost: localhost\r\n"


def be_patient(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(requests, "HEAD_S", seconds)
    monkeypatch.setattr(requests, "SEND_S", seconds)


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that is hardly patient, and answers eight at a time."""
    be_patient(monkeypatch, 0.15)
    monkeypatch.setattr(serve, "MOST_CLIENTS", 8)
    write_small_site(tmp_path / "site")
    (tmp_path / "site" / "large.bin").write_bytes(LARGE)
    with running(make_server(tmp_path / "site", port=0, host="127.0.0.1", base_path="/")) as port:
        yield port


class TurnedAwayError(Exception):
    """Too many clients were there at once, so the server hung up on this one."""


def read_all(connection: socket.socket) -> bytes:
    received = b""
    while part := connection.recv(1 << 16):
        received += part
    return received


def read_answer(connection: socket.socket) -> bytes:
    try:
        answer = read_all(connection)
    except ConnectionError:
        raise TurnedAwayError from None
    if not answer:
        raise TurnedAwayError
    return answer


def is_good(connection: socket.socket) -> None:
    connection.sendall(GET + b"Connection: close\r\n\r\n")
    head, _, body = read_answer(connection).partition(b"\r\n\r\n")
    assert b" 200 OK" in head
    assert body == LARGE


def asks_for_nonsense(connection: socket.socket) -> None:
    connection.sendall(random.Random(0).randbytes(200) + b"\r\n\r\n")
    assert b"400" in read_answer(connection)


def asks_for_too_much(connection: socket.socket) -> None:
    connection.sendall(GET + b"X: " + b"a" * 40_000)
    assert b" 431 " in read_answer(connection)


def asks_for_an_absurd_range(connection: socket.socket) -> None:
    connection.sendall(GET + b"Range: bytes=" + b"9" * 999 + b"-\r\nConnection: close\r\n\r\n")
    assert b" 416 " in read_answer(connection)


def asks_for_what_is_not_there(connection: socket.socket) -> None:
    connection.sendall(b"GET /../x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert b" 404 " in read_answer(connection)


def says_nothing(connection: socket.socket) -> None:
    assert read_all(connection) == b""


def says_it_byte_by_byte(connection: socket.socket) -> None:
    for byte in GET:
        try:
            connection.sendall(bytes([byte]))
        except OSError:  # The server has hung up.
            return
        time.sleep(0.02)
    pytest.fail("the server waited for all of it")


def does_not_read(connection: socket.socket) -> None:
    connection.sendall(GET + b"\r\n")
    time.sleep(0.3)


def leaves_at_once(connection: socket.socket) -> None:
    pass


def leaves_in_the_middle(connection: socket.socket) -> None:
    connection.sendall(GET + b"\r\n")
    connection.recv(1000)


def resets_the_connection(connection: socket.socket) -> None:
    connection.sendall(GET + b"\r\n")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


BEHAVIOURS: tuple[Callable[[socket.socket], None], ...] = (
    is_good,
    asks_for_nonsense,
    asks_for_too_much,
    asks_for_an_absurd_range,
    asks_for_what_is_not_there,
    says_nothing,
    says_it_byte_by_byte,
    does_not_read,
    leaves_at_once,
    leaves_in_the_middle,
    resets_the_connection,
)


def visit(port: int, behave: Callable[[socket.socket], None]) -> bool:
    """Whether the client did all that it does; False if the server hung up on it before."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        try:
            behave(connection)
        except (ConnectionError, TurnedAwayError):
            return False
    return True


def soak(port: int, clients: int, seed: int) -> None:
    chosen = random.Random(seed).choices(BEHAVIOURS, k=clients)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(functools.partial(visit, port), chosen))
    assert sum(done) > clients / 3


def open_files() -> int:
    listing = Path("/proc/self/fd")
    return len(list(listing.iterdir())) if listing.is_dir() else 0


def settled(others: set[threading.Thread]) -> tuple[int, int]:
    """Threads and open files, once the server is done with everyone; others serve on."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        serving = {t for t in threading.enumerate() if "process_request_thread" in t.name}
        if serving <= others:
            break
        time.sleep(0.02)
    gc.collect()
    return threading.active_count(), open_files()


def test_clients_of_every_kind_cost_nothing_in_the_end(
    port: int, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    others = set(threading.enumerate())
    soak(port, 30, seed=0)
    before = settled(others)
    tracemalloc.start()
    try:
        soak(port, 30, seed=1)
        settled(others)
        memory, _ = tracemalloc.get_traced_memory()
        soak(port, CLIENTS, seed=2)
        assert settled(others) == before
        assert tracemalloc.get_traced_memory()[0] < memory + 200_000
    finally:
        tracemalloc.stop()
    be_patient(monkeypatch, 60)
    assert visit(port, is_good)
    assert capfd.readouterr().err == ""


def test_slow_clients_do_not_keep_others_out(port: int, monkeypatch: pytest.MonkeyPatch):
    be_patient(monkeypatch, 60)
    slow = [socket.create_connection(("127.0.0.1", port), timeout=20) for _ in range(30)]
    for connection in slow:
        connection.sendall(b"GET / HT")
    for _ in range(20):
        assert visit(port, is_good)
    for connection in slow:
        connection.close()
