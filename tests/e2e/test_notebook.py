"""A demo in a notebook's frame, in Chromium."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import BrowserContext, expect

import builder
from tests.colour_model import colour_model
from tests.e2e.conftest import IMAGES
from tests.e2e.demo_page import ask

PICTURE = Path(__file__).parents[2] / "data" / "images" / f"{IMAGES[0]}.jpg"


@contextmanager
def serve_notebook(shown: str, folder: Path) -> Generator[str]:
    """What Jupyter makes of a cell's output, on this machine; yields the address."""
    (folder / "notebook.html").write_text(shown, encoding="utf-8")
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/notebook.html"
        server.shutdown()


def test_a_demo_answers_in_the_frame_that_show_returns(context: BrowserContext, tmp_path: Path):
    demo = builder.Demo("In a frame", cache_dir=tmp_path)
    demo.add_model(towers=colour_model)
    demo.add_image(PICTURE, ["dark", "light"])
    preview = demo.show()
    assert preview is not None
    shown = preview._repr_html_()  # pyright: ignore[reportPrivateUsage]
    page = context.new_page()
    picture = page.get_by_alt_text("A picture of the page")
    with serve_notebook(shown, tmp_path) as url:
        page.goto(url)
        card = page.frame_locator("iframe").locator("lit-demo-card")
        expect(card).to_have_attribute("data-state", "current")
        ask(card, "something else")
        expect(card.get_by_role("status").first).to_contain_text("Best match")
        expect(picture).to_have_count(0)

        # The notebook is opened again, and its process has ended.
        page.route(preview.url, lambda route: route.abort())
        page.goto(url)
        expect(picture).to_be_visible()

    # Jupyter runs elsewhere, where that address is another machine's.
    page.unroute(preview.url)
    elsewhere = "https://jupyter.example/notebook.html"
    page.route(elsewhere, lambda route: route.fulfill(body=shown, content_type="text/html"))
    page.goto(elsewhere)
    expect(picture).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)
