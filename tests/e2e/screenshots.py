"""Takes the README's pictures of a built site: `python -m tests.e2e.screenshots SITE FOLDER`."""

import sys
import threading
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from builder.serve import make_server
from tests.e2e.conftest import FLAGS, chromium_path

# name: width, height, pixel ratio, colour scheme
SHOTS = {
    "desktop": (1280, 860, 1, "light"),
    "phone": (390, 844, 2, "light"),
    "phone-dark": (390, 844, 2, "dark"),
}


def take(
    browser: Browser, url: str, path: Path, width: int, height: int, ratio: float, scheme: str
):
    """One picture of the page, once its first card is answered."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=ratio,
        color_scheme=scheme,  # pyright: ignore[reportArgumentType]
    )
    page = context.new_page()
    page.goto(url)
    expect(page.locator("lit-demo-card").first).to_have_attribute("data-state", "current")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # the bars move to their places
    page.screenshot(path=path)
    context.close()


def main(site: Path, folder: Path) -> None:
    """All pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    server = make_server(site, port=0, host="127.0.0.1", base_path="/demo/")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/demo/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        for name, (width, height, ratio, scheme) in SHOTS.items():
            take(browser, url, folder / f"{name}.png", width, height, ratio, scheme)
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
