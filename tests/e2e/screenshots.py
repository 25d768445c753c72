"""Takes the README's pictures of a built site: `python -m tests.e2e.screenshots SITE FOLDER`."""

import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, expect, sync_playwright

from builder.publish.serve import make_server
from tests.chromium import FLAGS, chromium_path


@dataclass(frozen=True)
class Shot:
    """A picture to take: its window, pixel ratio and colours."""

    name: str
    width: int
    height: int
    ratio: float
    scheme: Literal["light", "dark"]


SHOTS = (
    Shot("desktop", 1280, 800, 1, "light"),
    Shot("phone", 390, 844, 1.5, "dark"),
)


def take(browser: Browser, url: str, shot: Shot, folder: Path) -> None:
    """One picture of the page, once its first card is answered."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=shot.ratio,
        color_scheme=shot.scheme,
        service_workers="block",
    )
    page = context.new_page()
    page.goto(url)
    expect(page.locator("lit-demo-card").first).to_have_attribute("data-state", "current")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # the bars move to their places
    page.screenshot(path=folder / f"{shot.name}.png")
    context.close()


def main(site: Path, folder: Path) -> None:
    """All pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    server = make_server(site, port=0, host="127.0.0.1", base_path="/demo/")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/demo/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        for shot in SHOTS:
            take(browser, url, shot, folder)
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
