"""The parts of a gallery's page, as a visitor finds them."""

from io import BytesIO
from pathlib import PurePosixPath
from urllib.parse import parse_qs, urlsplit

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, Response, expect

from tests.e2e.host import Host
from tests.e2e.waiting import wait_until


def visit(page: Page, gallery: Host, fragment: str = "") -> None:
    """Open a gallery, and wait until it shows pictures."""
    page.goto(gallery.url + fragment)
    wait_until_settled(page)
    cells(page).first.locator("img").wait_for()


def wait_until_settled(page: Page) -> None:
    """Wait until the page shows what was asked for."""
    expect(page.locator("lit-demo-gallery")).to_have_attribute("data-state", "current")


def cells(page: Page) -> Locator:
    """The links of the pictures that are drawn."""
    return page.locator("lit-demo-grid a")


def search(page: Page, text: str) -> None:
    """Look for a sentence, and wait for the answer."""
    box = page.get_by_role("textbox", name="Find pictures by a sentence")
    box.fill(text)
    box.press("Enter")
    wait_until_settled(page)


def positions(page: Page, count: int) -> list[int]:
    """The positions of the first pictures that are drawn, once all are described."""

    def read_links() -> list[str]:
        links: list[str] = cells(page).evaluate_all("(links) => links.map(({ href }) => href)")
        return links[:count]

    links = wait_until(page, read_links, lambda links: len(links) == count and all(links))
    names = [parse_qs(urlsplit(link).fragment)["picture"][0] for link in links]
    return [int(name.split(":")[0]) for name in names]


_FOCUSED = """() => {
  let { activeElement } = document;
  while (activeElement?.shadowRoot) activeElement = activeElement.shadowRoot.activeElement;
  return activeElement?.dataset.place ?? null;
}"""


def focused_place(page: Page) -> int | None:
    """The place of the picture that has the focus; None if something else has it."""
    place: str | None = page.evaluate(_FOCUSED)
    return None if place is None else int(place)


def wait_for_focus(page: Page, place: int) -> None:
    """Wait until the picture at a place has the focus."""
    wait_until(page, lambda: focused_place(page), lambda focused: focused == place)


def scroll(page: Page, pixels: int) -> int:
    """Turn the wheel, not as far as the end of the page.

    Gives the first place that is on the screen then, once the address says it.
    """
    end = page.evaluate("scrollY") + pixels
    page.mouse.wheel(0, pixels)
    page.wait_for_function("(end) => Math.abs(scrollY - end) < 1", arg=end)
    bar = page.locator("lit-demo-gallery .bar").bounding_box()
    assert bar
    covered = bar["y"] + bar["height"]

    def is_first(place: int | None) -> bool:
        cell = page.locator(f'lit-demo-grid a[data-place="{place}"]')
        box = cell.bounding_box() if cell.count() else None
        return box is not None and covered - 10 - box["height"] <= box["y"] <= covered

    place = wait_until(page, lambda: addressed_place(page), is_first)
    assert place is not None
    return place


def addressed_place(page: Page) -> int | None:
    """The place that the address names."""
    (place,) = parse_qs(urlsplit(page.url).fragment).get("at", [None])
    return None if place is None else int(place)


def watch_downloads(page: Page) -> dict[str, int]:
    """By address, how many bytes the page loads from now on, as hosts send them."""
    sizes: dict[str, int] = {}

    def note(response: Response) -> None:
        sizes[response.url] = int(response.headers.get("content-length", 0))

    page.on("response", note)
    return sizes


_ARE_THERE = "(links) => links.every((link) => link.querySelector('img')?.complete)"


def wait_for_pictures(page: Page) -> None:
    """Wait until all pictures that are drawn are there."""
    wait_until(page, lambda: cells(page).evaluate_all(_ARE_THERE), bool)


_KEPT = """async () => {
  const keys = await (await caches.open(`lit-demo ${new URL('.', location).href}`)).keys();
  const kept = keys.map(({ url }) => new URL(url).searchParams.get('sha256'));
  return kept.filter((sha256) => sha256).concat(keys.map(({ url }) => url.split('/').at(-1)));
}"""


def wait_until_kept(page: Page, gallery: Host) -> None:
    """Wait until a browser keeps all that a page shows and has asked for to find it."""
    images = cells(page).locator("img")
    drawn: list[str] = images.evaluate_all("(images) => images.map(({ src }) => src)")
    asked = [url for url in gallery.requests if "/records/" in url or "/rows/" in url]
    wanted = {"manifest.json", *(PurePosixPath(url).stem for url in (*drawn, *asked))}

    def find_missing() -> set[str]:
        kept: list[str] = page.evaluate(_KEPT)
        return {name for name in wanted if not any(each.startswith(name) for each in kept)}

    wait_until(page, find_missing, lambda missing: not missing)


def unfold_map(page: Page) -> Locator:
    """Open the map; gives its canvas once all is drawn."""
    page.get_by_text("Map", exact=True).click()
    canvas = page.get_by_role("img", name="A map of the pictures")
    expect(canvas).to_be_visible()
    wait_until_drawn(canvas)
    return canvas


def wait_until_drawn(canvas: Locator) -> None:
    """Wait until a map shows all that it knows."""
    expect(canvas).to_have_attribute("aria-busy", "false")


def count_marked(canvas: Locator) -> int:
    """Pixels of a map in the colour of what was found."""
    pixels = np.asarray(Image.open(BytesIO(canvas.screenshot())).convert("RGB")).astype(int)
    return int((np.abs(pixels - (10, 106, 92)).max(axis=2) < 12).sum())
