"""Which files of a site's folder are served."""

import os
import urllib.request
from pathlib import Path

import pytest

from tests.publish.previews import FILES, ask, send


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
