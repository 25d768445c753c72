"""The map of a gallery in Chromium: what it shows, what that costs, and where it leads."""

import json
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, Response, expect

from tests.e2e.host import Host
from tests.e2e.test_gallery import QUERY, context, folder, page, search, served, visit

__all__ = ["context", "folder", "page", "served"]  # fixtures


def read_places(folder: Path) -> np.ndarray:
    """float64[pictures, 2]: where the records say that pictures are."""
    records = [json.loads(path.read_text()) for path in (folder / "gallery/records").glob("*.json")]
    (whole,) = records
    return np.array([whole["x"], whole["y"]]).T


def find_lonely(places: np.ndarray) -> int:
    """The picture that is farthest from all others."""
    distances = np.linalg.norm(places[:, None] - places, axis=2)
    return int(np.where(np.eye(len(places)), np.inf, distances).min(axis=1).argmax())


def unfold(page: Page) -> Locator:
    page.get_by_text("Map", exact=True).click()
    canvas = page.get_by_role("img", name="A map of the pictures")
    expect(canvas).to_be_visible()
    expect(canvas).to_have_attribute("aria-busy", "false")
    return canvas


def locate(canvas: Locator, place: np.ndarray) -> tuple[float, float]:
    """Where on the screen a place of the whole map is."""
    box = canvas.bounding_box()
    assert box
    side = min(box["width"], box["height"])
    left, top = box["x"] + (box["width"] - side) / 2, box["y"] + (box["height"] - side) / 2
    return left + side * place[0], top + side * place[1]


def count_marked(canvas: Locator) -> int:
    """Pixels in the colour of what was found."""
    pixels = np.asarray(Image.open(BytesIO(canvas.screenshot())).convert("RGB")).astype(int)
    return int((np.abs(pixels - (10, 106, 92)).max(axis=2) < 12).sum())


def test_a_point_of_the_map_is_a_picture(page: Page, served: Host, folder: Path):
    loaded: list[str] = []

    def note(response: Response) -> None:
        if "/gallery/map/" in response.url or "lit-demo-map" in response.url:
            loaded.append(response.url)

    page.on("response", note)
    visit(page, served)
    assert loaded == []
    canvas = unfold(page)
    places = read_places(folder)
    lonely = find_lonely(places)
    x, y = locate(canvas, places[lonely])
    page.mouse.move(x, y)
    preview = page.locator("lit-demo-map .preview")
    expect(preview).to_be_visible()
    page.mouse.click(x, y)
    expect(page.get_by_role("dialog")).to_contain_text(f"Photograph {lonely}")
    assert len([url for url in loaded if "/gallery/map/" in url]) == 3, "squares, list, one tile"


def test_what_was_found_is_marked(page: Page, served: Host):
    visit(page, served)
    canvas = unfold(page)
    page.wait_for_timeout(500)
    assert count_marked(canvas) == 0
    search(page, QUERY)
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    assert count_marked(canvas) > 500


def test_keys_move_and_enlarge_the_map(page: Page, served: Host):
    visit(page, served)
    canvas = unfold(page)
    page.wait_for_timeout(500)
    whole = canvas.screenshot()
    canvas.focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(300)
    assert canvas.screenshot() != whole
    page.keyboard.press("Home")
    page.get_by_role("button", name="Whole map").focus()
    page.wait_for_timeout(300)
