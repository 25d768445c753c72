"""Whose requests are answered, and with what."""

import os
from http.client import HTTPConnection
from pathlib import Path

import pytest

from builder.publish import requests
from builder.publish.serve import (
    make_server,
    running,
)
from builder.site.bundle import to_json
from builder.site.files import refer
from tests.publish.previews import FILES, ask, send
from tests.site.sites import small_manifest


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:{port}",
        "LOCALHOST:80",
        "127.0.0.1:{port}",
        "127.0.0.1",
        "127.1.2.3:9",
        "[::1]:{port}",
        "[::1]",
        "localhost.",
        "a.localhost:1",
    ],
)
def test_requests_for_this_machine_are_answered(port: int, host: str):
    assert ask(port, "/demo/", Host=host.format(port=port))[0].status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "0.0.0.0",
        "192.168.1.20:{port}",
        "[::2]",
        "",
        " ",
        "localhost@evil.example",
        "evil@localhost",
        "localhost/x",
        "localhost:x",
        "localhost evil",
        "[::1",
        "2130706433",
        "[::ffff:8.8.8.8]",
    ],
)
def test_a_page_whose_name_was_made_to_lead_here_reads_nothing(port: int, host: str):
    answer, body = ask(port, "/demo/manifest.json", Host=host.format(port=port))
    assert answer.status == 403
    assert b"A title" not in body
    assert b"--allow-host" in body
    assert answer.headers["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize("lines", ["", "Host: localhost\r\nHost: evil\r\n"])
def test_a_request_names_exactly_one_host(port: int, lines: str):
    assert b" 403 " in send(port, f"GET /demo/ HTTP/1.1\r\n{lines}\r\n".encode())


def test_a_proxy_is_answered_if_it_was_named(site: Path):
    server = make_server(site, port=0, host="127.0.0.1", base_path="/", proxies=["Hub.example.org"])
    with running(server) as port:
        assert ask(port, "/", Host="hub.example.org:443")[0].status == 200
        assert ask(port, "/", Host="evil.example")[0].status == 403
    with running(make_server(site, port=0, host="127.0.0.1", base_path="/", proxies=None)) as port:
        assert ask(port, "/", Host="x-8000-colab.googleusercontent.com")[0].status == 200


def test_other_origins_may_read_the_site_s_own_files_and_no_others(site: Path, port: int):
    for path in ("", "index.html", "manifest.json", "assets/a.bin"):
        assert ask(port, f"/demo/{path}")[0].headers["Access-Control-Allow-Origin"] == "*"
    for path in ("notes.txt", "none"):
        assert ask(port, f"/demo/{path}")[0].headers["Access-Control-Allow-Origin"] is None
    refs = (*small_manifest().files, refer("notes.txt", b"mine"))
    (site / "manifest.json").write_bytes(
        to_json(small_manifest().model_copy(update={"files": refs}))
    )
    assert ask(port, "/demo/notes.txt")[0].headers["Access-Control-Allow-Origin"] == "*"


def test_a_rebuilt_site_shows_at_once_and_the_same_file_is_not_sent_again(site: Path, port: int):
    answer, _ = ask(port, "/demo/index.html")
    assert answer.headers["Cache-Control"] == "no-cache"
    tag = answer.headers["ETag"]
    answer, body = ask(port, "/demo/index.html", If_None_Match=tag)
    assert (answer.status, body) == (304, b"")
    (site / "index.html").write_text("REBUILT.HT")
    assert ask(port, "/demo/index.html", If_None_Match=tag)[1] == b"REBUILT.HT"
    answer, body = ask(port, "/demo/index.html", Range="bytes=5-", If_Range=tag)
    assert (answer.status, body) == (200, b"REBUILT.HT"), "half of each would be neither"


@pytest.mark.parametrize(
    ("asked", "status", "content_range", "body"),
    [
        ("bytes=0-0", 206, "bytes 0-0/12", "a"),
        ("bytes=7-", 206, "bytes 7-11/12", "a.bin"),
        ("bytes=7-99", 206, "bytes 7-11/12", "a.bin"),
        ("bytes=0-", 206, "bytes 0-11/12", "assets/a.bin"),
        ("bytes=-5", 206, "bytes 7-11/12", "a.bin"),
        ("bytes=-99", 206, "bytes 0-11/12", "assets/a.bin"),
        ("bytes=12-", 416, "bytes */12", ""),
        ("bytes=-0", 416, "bytes */12", ""),
        (f"bytes={'9' * 5000}-", 416, "bytes */12", ""),
        (f"bytes={10**30}-{10**31}", 416, "bytes */12", ""),
        (f"bytes={2**63}-", 416, "bytes */12", ""),
        (f"bytes=7-{'9' * 5000}", 206, "bytes 7-11/12", "a.bin"),
        (f"bytes=-{'9' * 5000}", 206, "bytes 0-11/12", "assets/a.bin"),
        ("bytes=5-2", 200, None, "assets/a.bin"),
        ("bytes=-", 200, None, "assets/a.bin"),
        ("bytes=--1", 200, None, "assets/a.bin"),
        ("bytes=1-2-3", 200, None, "assets/a.bin"),
        ("bytes=\xb2-", 200, None, "assets/a.bin"),
        ("bytes=" + "0-0," * 1000, 200, None, "assets/a.bin"),
        ("bytes=0-1,4-5", 200, None, "assets/a.bin"),
        ("lines=0-1", 200, None, "assets/a.bin"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_range_of_a_file_is_served(
    port: int, asked: str, status: int, content_range: str | None, body: str, method: str
):
    answer, sent = ask(port, "/demo/assets/a.bin", method, Range=asked)
    assert (answer.status, answer.headers["Content-Range"]) == (status, content_range)
    assert answer.headers["Content-Length"] == str(len(body))
    assert sent.decode() == (body if method == "GET" else "")


def test_an_empty_file_has_no_ranges(port: int):
    assert ask(port, "/demo/empty.bin")[0].status == 200
    assert ask(port, "/demo/empty.bin", Range="bytes=0-")[0].status == 416


def test_a_large_file_is_sent_whole_and_in_parts(site: Path, port: int):
    data = os.urandom(3 * requests.CHUNK + 5)
    (site / "large.bin").write_bytes(data)
    assert ask(port, "/demo/large.bin")[1] == data
    assert (
        ask(port, "/demo/large.bin", Range=f"bytes={requests.CHUNK - 1}-")[1]
        == (data[requests.CHUNK - 1 :])
    )


def test_a_connection_serves_many_requests(port: int):
    connection = HTTPConnection("127.0.0.1", port)
    for _ in range(3):
        for path, status in (("assets/a.js", 200), ("", 200)):
            connection.request("GET", f"/demo/{path}")
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (status, FILES[path or "index.html"])
    connection.close()


GET = b"GET /demo/ HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"POST /demo/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx", b"501"),
        (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", b"501"),
        (b"CONNECT evil:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"501"),
        (GET + b"Content-Length: 5\r\n\r\nGET /", b"400"),
        (GET + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
        (b"GET\r\n\r\n", b"400"),
        (b"GET / HTTP/9.9\r\n\r\n", b"505"),
        (b"GET / HTTX/1.1\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", b"400"),
        (b"GET /demo/" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n", b"431"),
        (GET + b"X: " + b"a" * 100_000 + b"\r\n\r\n", b"431"),
        (GET + b"".join(b"X%d: a\r\n" % n for n in range(500)) + b"\r\n", b"431"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_request_that_makes_no_sense_is_refused(
    port: int, data: bytes, status: bytes, capfd: pytest.CaptureFixture[str]
):
    answer = send(port, data)
    # Where not even the version was understood, the answer has no head.
    assert status in answer.split(b"\r\n")[0] or b"Error code: " + status in answer, answer[:300]
    assert b"Traceback" not in answer
    assert "Traceback" not in capfd.readouterr().err
