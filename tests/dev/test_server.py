"""What the server of a demo under work answers, and to whom."""

import json
import socket
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from builder.dev.board import News
from builder.dev.server import make_server
from builder.dev.workshop import Workshop
from builder.errors import Problem
from builder.publish.serve import running
from builder.spec.demo import load_spec
from tests.conftest import jpeg_bytes
from tests.publish.previews import ask

PAGE = b"<html><head></head><body></body></html>"


@pytest.fixture
def port(spec: Path, workshop: Workshop) -> Iterator[int]:
    """A server of a site that was built as `one`."""
    (workshop.folder / "index.html").write_bytes(PAGE)
    (workshop.folder / "a.js").write_bytes(b"1")
    workshop.spec = load_spec(spec)
    workshop.notes = ("A note.",)
    workshop.board.post(News("one"))
    with running(make_server(workshop, 0)) as port:
        yield port


def move(port: int, origin: str | None = None, place: str = "red?x=0.25&y=0.5") -> int:
    """The status after asking to move a crop, from a page of that origin."""
    headers = {"Origin": origin or f"http://127.0.0.1:{port}"}
    return ask(port, f"/_dev/crops/{place}", "POST", **headers)[0].status


def test_pages_get_a_script_that_knows_their_build(port: int, workshop: Workshop):
    answer, page = ask(port, "/")
    script = b'<script type="module" src="/_dev/live.js?build=one"></script>'
    assert page == PAGE.replace(b"</head>", script + b"</head>")
    assert answer.getheader("Cache-Control") == "no-store"
    assert ask(port, "/_dev/live.js?build=one")[0].status == 200
    # It is nowhere in the site, and in no other file.
    assert (workshop.folder / "index.html").read_bytes() == PAGE
    assert ask(port, "/a.js")[1] == b"1"


def test_until_there_is_a_site_its_page_says_so(port: int, workshop: Workshop):
    workshop.board.post(News())
    page = ask(port, "/")[1]
    assert b"The demo is being built" in page
    assert b'"/_dev/live.js?build="' in page


def read_news(connection: socket.socket) -> Iterator[Any]:
    """What a stream of events tells."""
    for line in connection.makefile("rb"):
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


def test_news_reach_pages_as_they_come(port: int, workshop: Workshop):
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"GET /_dev/news HTTP/1.1\r\nHost: localhost\r\n\r\n")
        news = read_news(connection)
        assert next(news) == {"build": "one", "busy": False, "problems": []}
        problem = Problem("demo.toml:3", "is “wrong”\n", "Mend it.")
        workshop.board.post(News("one", problems=(problem,)))
        assert next(news)["problems"] == [asdict(problem)]


def test_a_crop_is_moved_for_own_pages_only(port: int, spec: Path):
    before = spec.read_bytes()
    for origin in ("http://evil.example", f"https://127.0.0.1:{port}", "null", "http://127.0.0.1"):
        assert move(port, origin) == 403
    assert ask(port, "/_dev/crops/red?x=0.25&y=0.5", "POST")[0].status == 403
    assert ask(port, "/", "POST", Origin=f"http://127.0.0.1:{port}")[0].status == 405
    assert spec.read_bytes() == before
    assert move(port) == 200
    assert load_spec(spec).images[0].focal_point == (0.25, 0.5)


@pytest.mark.parametrize(
    ("place", "status"),
    [("red", 400), ("red?x=a&y=0", 400), ("green?x=0&y=0", 409), ("red?x=2&y=0", 409)],
)
def test_a_crop_that_is_none_is_refused(port: int, spec: Path, place: str, status: int):
    before = spec.read_bytes()
    assert move(port, place=place) == status
    assert spec.read_bytes() == before


@pytest.mark.parametrize("path", ["/", "/_dev/", "/_dev/state.json", "/_dev/news"])
def test_other_names_for_this_machine_are_refused(port: int, path: str):
    assert ask(port, path, Host="evil.example")[0].status == 403


def test_the_authors_page_is_told_of_every_picture(port: int, spec: Path):
    state = json.loads(ask(port, "/_dev/state.json")[1])
    assert (state["spec"], state["notes"]) == (str(spec), ["A note."])
    assert [picture["id"] for picture in state["pictures"]] == ["red", "blue"]
    assert state["pictures"][0]["size"] == [340, 300]
    (spec.parent / "images/red.png").unlink()
    state = json.loads(ask(port, "/_dev/state.json")[1])
    assert state["pictures"][0]["size"] is None
    assert ask(port, "/_dev/pictures/red")[0].status == 404
    assert ask(port, "/_dev/")[0].status == 200


def test_pictures_are_whole_and_upright(port: int, spec: Path):
    lying = Image.new("RGB", (3000, 1500))
    exif = Image.Exif()
    exif[0x0112] = 6
    (spec.parent / "images/red.png").write_bytes(jpeg_bytes(lying, exif=exif))
    (picture, _) = json.loads(ask(port, "/_dev/state.json")[1])["pictures"]
    assert picture["size"] == [1500, 3000]
    answer, data = ask(port, "/_dev/pictures/red")
    assert answer.getheader("Content-Type") == "image/jpeg"
    (spec.parent / "shown.jpg").write_bytes(data)
    with Image.open(spec.parent / "shown.jpg") as shown:
        assert shown.size == (512, 1024)
