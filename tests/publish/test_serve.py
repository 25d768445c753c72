import socket
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
import segno

from builder.errors import BuilderError, SiteError
from builder.publish.serve import make_server, normalize_base_path, qr_code, reachable_host, running


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "assets").mkdir(parents=True)
    for name in ("index.html", "manifest.json", "assets/a.js", "assets/a.wasm", "assets/a.bin"):
        (folder / name).write_text(name)
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def port(site: Path) -> Iterator[int]:
    with running(make_server(site, port=0, host="127.0.0.1", base_path="/demo")) as port:
        yield port


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
def test_files_have_the_right_mime_type(port: int, path: str, mime: str):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        assert answer.headers["Content-Type"] == mime
        assert answer.read().decode() == path.removeprefix("/demo/") or path == "/demo/"


def test_the_base_path_without_a_slash_redirects(port: int):
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/demo")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, "/demo/")
    connection.close()


@pytest.mark.parametrize(
    "path", ["/", "/manifest.json", "/demonstration/", "/demo/none", "/demo/../manifest.json",
             "/demo/../secret.txt", "/demo/%2e%2e/secret.txt", "/demo/..%2fsecret.txt"]
)  # fmt: skip
def test_nothing_else_is_served(port: int, path: str):
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == 404
    assert b"secret" not in answer.read().replace(path.encode(), b"")
    connection.close()


@pytest.mark.parametrize("text", ["demo", "/demo", "demo/", "/demo/"])
def test_a_base_path_may_be_written_in_any_way(text: str):
    assert normalize_base_path(text) == "/demo/"
    assert normalize_base_path("") == normalize_base_path("/") == "/"


def test_a_folder_without_a_site_is_refused(tmp_path: Path):
    with pytest.raises(SiteError, match="holds no site"):
        make_server(tmp_path, port=0, host="127.0.0.1", base_path="/")


def test_a_port_in_use_is_reported(site: Path, port: int):
    with pytest.raises(BuilderError, match=f"{port}.*--port"):
        make_server(site, port=port, host="127.0.0.1", base_path="/")


def test_other_origins_may_read_every_answer(port: int):
    for path in ("/demo/assets/a.bin", "/demo/none"):
        connection = HTTPConnection("127.0.0.1", port)
        connection.request("GET", path)
        assert connection.getresponse().headers["Access-Control-Allow-Origin"] == "*"
        connection.close()


@pytest.mark.parametrize(
    ("asked", "status", "content_range", "body"),
    [
        ("bytes=0-0", 206, "bytes 0-0/12", "a"),
        ("bytes=7-", 206, "bytes 7-11/12", "a.bin"),
        ("bytes=7-99", 206, "bytes 7-11/12", "a.bin"),
        ("bytes=12-", 416, "bytes */12", ""),
        ("bytes=0-1,4-5", 200, None, "assets/a.bin"),
        ("lines=0-1", 200, None, "assets/a.bin"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_range_of_a_file_is_served(
    port: int, asked: str, status: int, content_range: str | None, body: str, method: str
):
    connection = HTTPConnection("127.0.0.1", port)
    connection.request(method, "/demo/assets/a.bin", headers={"Range": asked})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Content-Range"]) == (status, content_range)
    assert answer.headers["Content-Length"] == str(len(body))
    assert answer.read().decode() == (body if method == "GET" else "")
    connection.close()


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


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_phone_cannot_follow_a_code_to_another_machine_s_loopback(host: str):
    assert f"cannot reach {host}" in (text := qr_code(f"http://{host}:8000/"))
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
    monkeypatch.setattr(socket, "socket", _Probe)
    assert reachable_host("0.0.0.0") == "192.168.1.20"
    monkeypatch.setattr(socket, "socket", _ProbeWithoutNetwork)
    assert reachable_host("0.0.0.0") == "127.0.0.1"
