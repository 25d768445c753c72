"""Servers that are slow, wrong or hostile: every one ends in a sentence with its address."""

import io
import socket
import time
from email.message import Message
from pathlib import Path

import pytest
from rich.console import Console

from builder.download import connection
from builder.download.address import hiding
from builder.download.connection import Pace, retry_after
from builder.download.errors import StallError
from builder.download.transfer import Wanted, download
from builder.errors import ModelError
from builder.progress import Progress
from tests.download.hostile_server import Talk, chain, hostile_server, repeat, say

OK = b"HTTP/1.1 200 OK\r\n"
FOUND = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"


def fetch(url: str, folder: Path, max_bytes: int | None = None) -> Path:
    target = folder / "model.bin"
    progress = Progress(Console(file=io.StringIO()))
    download(Wanted(url, max_bytes=max_bytes), target, progress=progress, delays=(0, 0))
    return target


@pytest.mark.parametrize(
    ("talk", "message"),
    [
        (say(b""), "closed connection|Remote end"),
        (say(b"\xff\x00\x1b[31m junk\r\n\r\n"), "cannot be downloaded"),
        (say(b"HTTP/1.1 abc OK\r\n\r\n"), "cannot be downloaded"),
        (say(b"HTTP/1.1 99999 OK\r\n\r\n"), "cannot be downloaded"),
        (say(b"HTTP/9.9 200 OK\r\n\r\n"), "cannot be downloaded"),
        (say(b"SSH-2.0-OpenSSH\r\n"), "SSH-2.0-OpenSSH"),
        (say(b"HTTP/1.1 204 No Content\r\n\r\n"), "answered 204"),
        (say(b"HTTP/1.1 206 Partial Content\r\nContent-Length: 1\r\n\r\nx"), "other than the rest"),
        (say(OK, b"Content-Length: abc\r\n\r\nxyz"), "a length that is none"),
        (say(OK, b"Content-Length: -5\r\n\r\nxyz"), "a length that is none"),
        (say(OK, b"Content-Length: 1_0\r\n\r\nxyz"), "a length that is none"),
        (say(OK, b"Content-Length: " + b"9" * 400 + b"\r\n\r\nxyz"), "a length that is none"),
        (say(OK, b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nxyz"), "a length that is none"),
        (say(OK, b"x-goog-hash: md5=?!\r\nContent-Length: 3\r\n\r\nxyz"), "an MD5 that is none"),
        (say(OK, b"x-goog-hash: md5=AAAA\r\nContent-Length: 3\r\n\r\nxyz"), "an MD5 that is none"),
        (say(OK, b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nxyz"), r"form \(gzip\)"),
        (say(OK, b"Content-Type: text/html\r\nContent-Length: 3\r\n\r\nxyz"), "a web page"),
        (say(OK, b"Content-Length: 99\r\n\r\nxyz"), "ended after 3 of 99 bytes"),
        (say(OK, b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"), "IncompleteRead"),
        (say(OK, b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"), "IncompleteRead"),
        (say(OK, b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab"), "IncompleteRead"),
        (say(FOUND, b"\r\n"), "answered 302"),
        (say(FOUND, b"Location: file:///etc/passwd\r\n\r\n"), "not allowed"),
        (say(FOUND, b"Location: ftp://127.0.0.1/x\r\n\r\n"), "which is not followed"),
        (say(FOUND, b"Location: http://[bad/\r\n\r\n"), "is wrong"),
        (say(FOUND, b"Location: http://127.0.0.1:port/\r\n\r\n"), "is wrong"),
        (say(FOUND, b"Location: gopher://x/\r\n\r\n"), "not allowed"),
        (say(FOUND, b"Location: /again\r\n\r\n"), "infinite loop"),
        (chain(say(OK), repeat(b"X-More: and more\r\n")), "more than 100 headers|headers"),
        (chain(say(OK, b"X-Long: "), repeat(b"x" * 4096)), "cannot be downloaded"),
        (repeat(b"HTTP/1.1 100 Continue\r\n\r\n"), "headers do not end"),
    ],
)
def test_nonsense_becomes_a_sentence(tmp_path: Path, talk: Talk, message: str):
    with (
        hostile_server([talk]) as server,
        pytest.raises(ModelError, match=message) as caught,
    ):
        fetch(server.url, tmp_path)
    assert str(caught.value).startswith(f"{server.url}: cannot be downloaded: ")
    assert all(character.isprintable() or character == "\n" for character in str(caught.value))
    assert not (tmp_path / "model.bin").exists()


def test_no_more_is_written_than_a_file_can_have(tmp_path: Path):
    chunk = b"2710\r\n" + bytes(10_000) + b"\r\n"
    flood = chain(say(OK, b"Transfer-Encoding: chunked\r\n\r\n"), repeat(chunk))
    with hostile_server([flood]) as server, pytest.raises(ModelError, match="more than 50,000"):
        fetch(server.url, tmp_path, max_bytes=50_000)
    assert sum(file.stat().st_size for file in tmp_path.glob("model.bin.part")) <= 50_000


def test_a_length_beyond_what_a_file_can_have_is_refused_at_once(tmp_path: Path):
    with (
        hostile_server([say(OK, b"Content-Length: 99999999999\r\n\r\n")]) as server,
        pytest.raises(ModelError, match="99,999,999,999 bytes, but it has at most 50,000"),
    ):
        fetch(server.url, tmp_path, max_bytes=50_000)
    assert len(server.requests) == 1


def test_a_redirect_is_followed(tmp_path: Path):
    whole = say(OK, b"Content-Length: 3\r\n\r\nxyz")
    with (
        hostile_server([whole]) as other,
        hostile_server([say(FOUND, b"Location: ", other.url.encode(), b"\r\n\r\n")]) as server,
    ):
        assert fetch(server.url, tmp_path).read_bytes() == b"xyz"


def test_a_header_that_gives_access_stays_with_its_server(tmp_path: Path):
    whole = say(OK, b"Content-Length: 3\r\n\r\nxyz")
    target, progress = tmp_path / "model.bin", Progress(Console(file=io.StringIO()))
    with (
        hostile_server([whole]) as other,
        hostile_server(
            [
                say(FOUND, b"Location: /again\r\n\r\n"),
                say(FOUND, b"Location: ", other.url.encode(), b"\r\n\r\n"),
            ]
        ) as server,
    ):
        download(Wanted(server.url, authorization="Bearer secret"), target, progress=progress)
        assert [b"secret" in request for request in server.requests] == [True, True]
        assert [b"secret" in request for request in other.requests] == [False]


@pytest.mark.parametrize(
    "talk",
    [
        say(b"HTTP/1.1 403 no ", b"x" * 270, b"secret\r\n\r\n"),
        say(b"HTTP/1.1 500 secret\r\n\r\n"),
        say(FOUND, b"Location: ftp://secret/\r\n\r\n"),
        say(OK, b"Content-Encoding: secret\r\nContent-Length: 3\r\n\r\nxyz"),
        say(OK, b"ETag: secret\r\nContent-Length: 3\r\n\r\nx"),
    ],
)
def test_a_server_that_echoes_a_secret_does_not_make_it_known(tmp_path: Path, talk: Talk):
    target, progress = tmp_path / "model.bin", Progress(Console(file=io.StringIO()))
    with hostile_server([talk]) as server, hiding("secret"):
        wanted = Wanted(server.url, authorization="Bearer secret")
        with pytest.raises(ModelError) as caught:
            download(wanted, target, progress=progress, delays=(0,))
    assert "secre" not in str(caught.value)
    assert not any(b"secret" in path.read_bytes() for path in tmp_path.iterdir())


def test_redirects_without_end_are_given_up(tmp_path: Path):
    counter = iter(range(1_000_000))

    def onwards(link: socket.socket) -> None:
        link.sendall(FOUND + b"Location: /%d\r\n\r\n" % next(counter))

    with hostile_server([onwards]) as server, pytest.raises(ModelError, match="infinite loop"):
        fetch(server.url, tmp_path)
    assert len(server.requests) < 10


def test_credentials_are_sent_but_never_shown(tmp_path: Path):
    whole = say(OK, b"Content-Length: 3\r\n\r\nxyz")
    refuse = say(b"HTTP/1.1 403 go away\r\nContent-Length: 0\r\n\r\n")
    with (
        hostile_server([whole]) as other,
        hostile_server(
            [refuse, say(FOUND, b"Location: ", other.url.encode(), b"\r\n\r\n")]
        ) as server,
    ):
        url = server.url.replace("//", "//user:s%40cret@")
        with pytest.raises(ModelError, match="403") as caught:
            fetch(url, tmp_path)
        assert "cret" not in str(caught.value)
        assert "//***@127.0.0.1" in str(caught.value)
        fetch(url, tmp_path)
    assert b"Authorization: Basic dXNlcjpzQGNyZXQ=" in server.requests[1]
    assert b"Authorization" not in other.requests[0]
    assert all(b"cret" not in file.read_bytes() for file in tmp_path.iterdir())


@pytest.mark.parametrize("url", ["http://", "http://[::1", "http://a b/", "http://\u2603.\0/"])
def test_what_is_not_an_address_is_refused(tmp_path: Path, url: str):
    with pytest.raises(ModelError, match="cannot be downloaded"):
        fetch(url, tmp_path)


def dribble(link: socket.socket) -> None:
    for _ in range(100):
        link.sendall(b"x")
        time.sleep(0.02)


@pytest.mark.parametrize(
    "talk",
    [
        chain(say(OK, b"Content-Length: 1000000\r\n\r\n"), dribble),
        chain(say(OK, b"X-Slow: "), dribble),
        chain(say(OK, b"Transfer-Encoding: chunked\r\n\r\n"), dribble),
    ],
    ids=["body", "headers", "chunk"],
)
def test_a_few_bytes_a_second_are_a_stall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, talk: Talk
):
    monkeypatch.setattr(connection, "TIMEOUT_S", 0.4)
    with (
        hostile_server([talk]) as server,
        pytest.raises(ModelError, match=r"only \d+ bytes came in 0 s"),
    ):
        fetch(server.url, tmp_path)
    assert len(server.requests) == 3


def test_a_pace_is_measured_again_and_again():
    seconds = [0.0]
    pace = Pace(lambda: seconds[0])

    def receive(count: int, until: int) -> None:
        for second in range(int(seconds[0]) + 1, until + 1):
            seconds[0] = float(second)
            pace.count(count)

    receive(2_000, until=200)
    with pytest.raises(StallError, match=r"only [\d,]+ bytes came in 30 s"):
        receive(1, until=270)
    assert seconds[0] <= 260


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 946_684_799 - 946_684_000),
        ("Fri, 31 Dec 1999 23:00:00 GMT", 0),
        ("-5", None),
        ("1e9", None),
        ("soon", None),
        ("Fri, 99 Dec 1999 99:99:99 GMT", None),
        ("", None),
        ("9" * 400, None),
    ],
)
def test_both_forms_of_retry_after_are_understood(said: str, seconds: float | None):
    headers = Message()
    headers["Retry-After"] = said
    assert retry_after(headers, lambda: 946_684_000.0) == seconds
