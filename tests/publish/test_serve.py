"""Previewing a site: what is served, to whom, and at which addresses."""

import os
import socket
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
import segno

from builder.errors import BuilderError, SiteError
from builder.publish import requests
from builder.publish.serve import (
    describe_exposure,
    make_server,
    normalize_base_path,
    qr_code,
    reachable_host,
    running,
)
from builder.site.bundle import refer, to_json
from tests.site.sites import small_manifest

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


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site, and beside its files and its folder some that are not part of it."""
    refs = tuple(refer(url, data) for url, data in FILES.items())
    manifest = to_json(small_manifest().model_copy(update={"files": refs}))
    (tmp_path / "secret.txt").write_text("secret")
    others = {"notes.txt": "mine", ".git/config": "secret", "assets/.env": "secret"}
    for url, data in {**FILES, "manifest.json": manifest, **others}.items():
        path = tmp_path / "site" / url
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return tmp_path / "site"


@pytest.fixture
def port(site: Path) -> Iterator[int]:
    with running(make_server(site, port=0, host="127.0.0.1", base_path="/demo")) as port:
        yield port


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


@pytest.mark.parametrize(
    ("path", "mime"),
    [
        ("/demo/", "text/html; charset=utf-8"),
        ("/demo/manifest.json", "application/json"),
        ("/demo/assets/a.js", "text/javascript; charset=utf-8"),
        ("/demo/assets/a.wasm", "application/wasm"),
        ("/demo/assets/a.bin", "application/octet-stream"),
    ],
)
def test_files_have_the_right_mime_type(site: Path, port: int, path: str, mime: str):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        assert answer.headers["Content-Type"] == mime
        assert answer.read() == (site / (path.removeprefix("/demo/") or "index.html")).read_bytes()


def test_a_name_that_is_not_ascii_is_found_and_a_query_ignored(port: int):
    assert ask(port, "/demo/assets/gr%C3%B6%C3%9Fer.png?v=1")[1] == FILES["assets/größer.png"]


def test_a_folder_with_a_page_without_a_slash_redirects(site: Path, port: int):
    (site / "a b").mkdir()
    (site / "a b" / "index.html").write_text("inner")
    for path, location in (("/demo", "/demo/"), ("/demo/a%20b", "/demo/a%20b/")):
        answer, _ = ask(port, path)
        assert (answer.status, answer.headers["Location"]) == (301, location)
    assert ask(port, "/demo/a%20b/")[1] == b"inner"


TRAVERSALS = [
    "/",
    "/manifest.json",
    "/demonstration/",
    "/demo/none",
    "/demo/../manifest.json",
    "/demo/../secret.txt",
    "/demo/%2e%2e/secret.txt",
    "/demo/..%2fsecret.txt",
    "/demo/assets/../../secret.txt",
    "/demo/..%5csecret.txt",
    "/demo/..\\secret.txt",
    "/demo/%252e%252e/secret.txt",
    "/demo/....//secret.txt",
    "/demo//secret.txt",
    "/demo/%00",
    "/demo/index.html%00.png",
    "/demo/%ff",
    "/demo/%c0%ae%c0%ae/secret.txt",
    "/demo/.git/config",
    "/demo/%2egit/config",
    "/demo/assets/.env",
    "/demo/./index.html",
    "//demo/../secret.txt",
    "///etc/passwd",
    "http://127.0.0.1/demo/index.html",
    "/demo/index.html/",
    "/demo/index.html/x",
    "/demo/" + "a" * 5000,
    "/demo/" + "a/" * 3000,
]


@pytest.mark.parametrize("path", TRAVERSALS)
def test_nothing_else_is_served(port: int, path: str):
    answer = send(port, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode("latin-1"))
    assert answer.split()[1] == b"404", answer
    assert b"secret" not in answer.replace(path.encode(), b"")


@pytest.mark.parametrize("path", ["/demo/assets", "/demo/assets/", "/demo/.git/", "/demo/.git"])
def test_folders_are_not_listed(port: int, path: str):
    answer, body = ask(port, path)
    assert answer.status == 404
    assert b"a.js" not in body


def test_links_are_followed_within_the_folder_and_never_out_of_it(site: Path, port: int):
    (site / "inside.js").symlink_to("assets/a.js")
    for name, target in {
        "absolute.txt": site.parent / "secret.txt",
        "relative.txt": "../secret.txt",
        "above": "..",
        "hidden.txt": ".git/config",
        "loop": "loop",
        "nowhere": "none",
    }.items():
        (site / name).symlink_to(target)
    assert ask(port, "/demo/inside.js")[1] == b"assets/a.js"
    for path in (
        "absolute.txt",
        "relative.txt",
        "above/secret.txt",
        "hidden.txt",
        "loop",
        "nowhere",
    ):
        answer, body = ask(port, f"/demo/{path}")
        assert (answer.status, b"secret" in body) == (404, False), path


def test_pipes_and_devices_are_not_opened(site: Path, port: int):
    os.mkfifo(site / "pipe")
    (site / "zero").symlink_to("/dev/zero")
    assert ask(port, "/demo/pipe")[0].status == ask(port, "/demo/zero")[0].status == 404


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


def test_others_are_warned_of_exactly_if_they_can_read_the_site(site: Path):
    for host, is_exposed in (("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)):
        with make_server(site, port=0, host=host, base_path="/") as server:
            assert (describe_exposure(server) is not None) == is_exposed
    with running(make_server(site, port=0, host="0.0.0.0", base_path="/")) as port:
        assert ask(port, "/", Host="192.168.1.20:8000")[0].status == 200


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_ipv6_address_may_be_served_on(site: Path, host: str):
    try:
        server = make_server(site, port=0, host=host, base_path="/")
    except BuilderError:
        pytest.skip("this machine has no IPv6 address")
    with running(server) as port:
        with urllib.request.urlopen(f"http://[::1]:{port}/") as answer:
            assert answer.read() == b"index.html"
        assert not server.is_exposed
    assert reachable_host(host) == "[::1]"


@pytest.mark.parametrize(
    "host", ["no.such.host.invalid", "256.1.1.1", "a" * 300, "a..b", "\0", "ü" * 99]
)
def test_an_address_that_cannot_be_served_on_is_told(site: Path, host: str):
    with pytest.raises(BuilderError, match=r"cannot serve on .*--host"):
        make_server(site, port=0, host=host, base_path="/")


@pytest.mark.parametrize("text", ["demo", "/demo", "demo/", "/demo/"])
def test_a_base_path_may_be_written_in_any_way(text: str):
    assert normalize_base_path(text) == "/demo/"
    assert normalize_base_path("") == normalize_base_path("/") == "/"


def test_a_folder_without_a_site_is_refused(tmp_path: Path):
    for foreign in (None, "", "{}", '{"manifest_version": 3, "name": "an extension"}'):
        if foreign is not None:
            (tmp_path / "manifest.json").write_text(foreign)
        with pytest.raises(SiteError, match="holds no site"):
            make_server(tmp_path, port=0, host="127.0.0.1", base_path="/")


def test_a_port_in_use_is_reported(site: Path, port: int):
    with pytest.raises(BuilderError, match=f"{port}.*--port"):
        make_server(site, port=port, host="127.0.0.1", base_path="/")


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


def read_terminal(text: str) -> list[list[bool]]:
    """The dark modules of a code: two rows a line, where light ones are drawn."""
    drawn = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    rows: list[list[bool]] = []
    for line in text.splitlines():
        upper, lower = zip(*(drawn[character] for character in line), strict=True)
        rows += [[not light for light in row] for row in (upper, lower)]
    return rows


def test_the_qr_code_in_the_terminal_is_that_of_the_address():
    url = "http://192.168.1.20:8000/demo/"
    quiet = 4
    shown = read_terminal(qr_code(url))
    code = [[bool(module) for module in row] for row in segno.make(url, micro=False).matrix]
    size = len(code)
    assert [row[quiet : quiet + size] for row in shown[quiet : quiet + size]] == code
    assert not any(module for row in shown[:quiet] for module in row)
    assert {len(row) for row in shown} == {size + 2 * quiet}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_phone_cannot_follow_a_code_to_another_machine_s_loopback(host: str):
    assert f"cannot reach {host.strip('[]')}" in (text := qr_code(f"http://{host}:8000/"))
    assert "--host 0.0.0.0" in text
    assert "█" not in text


class _Probe:
    """Stands in for the socket whose own address is that of the network."""

    def __init__(self, *_: object):
        self.connected = ""

    def __enter__(self) -> "_Probe":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def connect(self, address: tuple[str, int]) -> None:
        self.connected = address[0]

    def getsockname(self) -> tuple[str, int]:
        assert self.connected
        return ("192.168.1.20", 5)


class _ProbeWithoutNetwork(_Probe):
    def connect(self, address: tuple[str, int]) -> None:
        raise OSError(101, "Network is unreachable")


def test_a_server_on_all_addresses_is_found_at_that_of_the_network(
    monkeypatch: pytest.MonkeyPatch,
):
    assert reachable_host("10.0.0.7") == "10.0.0.7"
    assert reachable_host("fe80::1") == reachable_host("[fe80::1]") == "[fe80::1]"
    monkeypatch.setattr(socket, "socket", _Probe)
    assert {reachable_host(host) for host in ("0.0.0.0", "::", "")} == {"192.168.1.20"}
    monkeypatch.setattr(socket, "socket", _ProbeWithoutNetwork)
    assert reachable_host("0.0.0.0") == "127.0.0.1"
