import threading
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from builder.errors import BuilderError, SiteError
from builder.serve import make_server, normalize_base_path


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
    server = make_server(site, port=0, host="127.0.0.1", base_path="/demo")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


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
