"""The map of a gallery in Chromium: what it shows, what that costs, and where it leads."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.gallery_page import (
    count_marked,
    search,
    unfold_map,
    visit,
    wait_until_drawn,
    watch_downloads,
)
from tests.e2e.gallery_rows import read_records
from tests.e2e.gallery_site import QUERY
from tests.e2e.host import Host
from tests.e2e.waiting import wait_until


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def read_places(site: Path) -> NDArray[np.float64]:
    """float64[pictures, 2]: where the records say that pictures are."""
    return np.concatenate([np.array([part.x, part.y]).T for part in read_records(site)])


def find_lonely(places: NDArray[np.float64]) -> int:
    """The picture that is farthest from all others."""
    distances = np.linalg.norm(places[:, None] - places, axis=2)
    return int(np.where(np.eye(len(places)), np.inf, distances).min(axis=1).argmax())


def locate(canvas: Locator, place: NDArray[np.float64]) -> tuple[float, float]:
    """Where on the screen a place of the whole map is."""
    box = canvas.bounding_box()
    assert box
    side = min(box["width"], box["height"])
    left, top = box["x"] + (box["width"] - side) / 2, box["y"] + (box["height"] - side) / 2
    return left + side * place[0], top + side * place[1]


def test_a_point_of_the_map_is_a_picture(page: Page, gallery: Host, gallery_folder: Path):
    loaded = watch_downloads(page)
    visit(page, gallery)
    assert not [url for url in loaded if "/gallery/map/" in url or "lit-demo-map" in url]
    canvas = unfold_map(page)
    places = read_places(gallery_folder)
    lonely = find_lonely(places)
    x, y = locate(canvas, places[lonely])
    page.mouse.move(x, y)
    preview = page.locator("lit-demo-map .preview")
    expect(preview).to_be_visible()
    page.mouse.click(x, y)
    expect(page.get_by_role("dialog")).to_contain_text(f"Photograph {lonely}")
    assert len([url for url in loaded if "/gallery/map/" in url]) == 3, "squares, list, one tile"


def test_what_was_found_is_marked(page: Page, gallery: Host):
    visit(page, gallery)
    canvas = unfold_map(page)
    assert count_marked(canvas) == 0
    search(page, QUERY)
    canvas.scroll_into_view_if_needed()
    wait_until(page, lambda: count_marked(canvas), lambda pixels: pixels > 500)


def test_keys_move_and_enlarge_the_map(page: Page, gallery: Host):
    visit(page, gallery)
    canvas = unfold_map(page)
    canvas.focus()
    seen: list[bytes] = []
    for key in ("Home", "+", "ArrowLeft", "Home"):
        page.keyboard.press(key)
        wait_until_drawn(canvas)
        seen.append(canvas.screenshot())
    whole, larger, moved, again = seen
    assert len({whole, larger, moved}) == 3
    assert again == whole
