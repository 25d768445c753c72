"""The example of a gallery, of 10,000 pictures: what is found, what that costs, and for whom."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import DATA, build
from tests.e2e.gallery_page import (
    cells,
    count_marked,
    focused_place,
    positions,
    search,
    unfold_map,
    visit,
    wait_for_focus,
    wait_for_pictures,
    wait_until_drawn,
    wait_until_kept,
    wait_until_settled,
    watch_downloads,
)
from tests.e2e.gallery_rows import (
    embed_texts,
    find_best,
    read_gallery,
    read_ids,
    read_own_rows,
    read_records,
)
from tests.e2e.host import Host, host
from tests.e2e.waiting import wait_until

pytestmark = pytest.mark.long

PICTURES = 10_000
EXAMPLE = Path(__file__).parents[2] / "examples/gallery"
OTHERS = (
    "a castle by the water",
    "a red parrot",
    "something to eat with",
    "an old photograph in black and white",
    "two animals beside each other",
    "music",
)


EXCHANGED = 0.01
"""Pictures whose cosines with a sentence differ by less may be found in another order."""


@pytest.fixture(scope="module")
def kept(pytestconfig: pytest.Config) -> Path:
    """A cache that stays between runs, as an author's does: to embed the pictures takes minutes."""
    assert pytestconfig.cache
    return pytestconfig.cache.mkdir("gallery-example")


@pytest.fixture(scope="module")
def site(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, by the commands of `make gallery`, which keep the pictures beside it."""
    subprocess.run([sys.executable, EXAMPLE / "make_pictures.py"], check=True)
    return build(EXAMPLE, tmp_path_factory.mktemp("example") / "site", kept)


@pytest.fixture(scope="module")
def example(site: Path) -> Iterator[Host]:
    """What serves it, and compresses what hosts do."""
    with host(site, compresses=True) as served:
        yield served


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def read_prompts() -> list[str]:
    """A prompt of every third photograph that the pictures were made of."""
    images = tomllib.loads((DATA / "demo.toml").read_text(encoding="utf-8"))["images"]
    return [image["prompts"][0] for image in images[::3]]


def test_sentences_find_what_an_exact_scan_of_the_authors_rows_does(
    page: Page, example: Host, site: Path, kept: Path
):
    texts = [*read_prompts(), *OTHERS]
    own, rows = read_own_rows(EXAMPLE, kept)
    ids = read_ids(site)
    assert sorted(ids) == sorted(own)
    queries = embed_texts(read_gallery(site).model, texts)
    visit(page, example)
    recalls: list[float] = []
    for text, query in zip(texts, queries, strict=True):
        search(page, text)
        found = [own.index(ids[position]) for position in positions(page, 10)]
        best = find_best(rows, query, 10, range(PICTURES))
        recalls.append(len({*found} & {*best}) / 10)
        # Eight bits a number exchange pictures, but only those that are as good but for that.
        losses = rows[best] @ query - rows[found] @ query
        assert losses.max() < EXCHANGED, text
    assert np.mean(recalls) >= 0.95
    assert min(recalls) >= 0.8


def test_a_search_costs_the_rows_once_and_then_what_it_shows(page: Page, example: Host):
    loaded = watch_downloads(page)
    visit(page, example)
    wait_for_pictures(page)
    kinds = ("rows", "records", "thumbnails")
    costs: list[dict[str, int]] = []
    for text in OTHERS[:3]:
        before = set(loaded)
        search(page, text)
        wait_for_pictures(page)
        added = {url: size for url, size in loaded.items() if url not in before}
        costs.append(
            {kind: sum(added[url] for url in added if f"/gallery/{kind}/" in url) for kind in kinds}
        )
    first, *others = costs
    assert 256 * PICTURES <= first["rows"] <= 256 * PICTURES + 16 * 3, "each, and a list of files"
    assert first["records"] < 500_000, "all that is said of 10,000 pictures, compressed"
    # What a part of the rows finds is shown while the others load.
    assert first["thumbnails"] < 1_200_000
    for cost in others:
        assert cost["rows"] == 0
        assert sum(cost.values()) < 600_000


def test_what_was_found_is_there_without_a_network(keeping: BrowserContext, example: Host):
    page = keeping.new_page()
    visit(page, example)
    found: dict[str, list[int]] = {}
    for text in OTHERS[:2]:
        search(page, text)
        found[text] = positions(page, 10)
        wait_for_pictures(page)
        wait_until_kept(page, example)
    example.hangs_up = lambda url: True
    try:
        page.reload()
        wait_until_settled(page)
        for text, before in reversed(found.items()):
            search(page, text)
            assert positions(page, 10) == before
            wait_for_pictures(page)
            expect(cells(page).first.locator("img")).not_to_have_js_property("naturalWidth", 0)
    finally:
        example.hangs_up = lambda url: False


def test_the_keyboard_leads_to_the_last_picture_and_back(page: Page, example: Host, site: Path):
    last = read_records(site)[-1].description[-2:]
    visit(page, example)
    page.get_by_role("textbox").focus()
    while focused_place(page) is None:
        page.keyboard.press("Tab")
    assert focused_place(page) == 0
    page.keyboard.press("End")
    wait_for_focus(page, PICTURES - 1)
    expect(cells(page).last.locator("img")).to_be_visible()
    page.keyboard.press("Enter")
    heading = page.get_by_role("dialog").get_by_role("heading")
    expect(heading).to_have_text(last[1])
    expect(page.get_by_role("dialog")).to_contain_text("10,000 of 10,000")
    page.keyboard.press("ArrowLeft")
    expect(heading).to_have_text(last[0])
    page.keyboard.press("Escape")
    wait_for_focus(page, PICTURES - 2)
    page.keyboard.press("PageUp")
    wait_until(page, lambda: focused_place(page) or 0, lambda place: place < PICTURES - 10)
    page.keyboard.press("Home")
    wait_for_focus(page, 0)
    expect(cells(page).first.locator("img")).to_be_visible()


def test_what_is_beneath_all_pictures_is_reached_from_what_was_found(page: Page, example: Host):
    visit(page, example)
    search(page, OTHERS[0])
    page.get_by_role("link", name="About").click()
    about = page.locator("lit-demo-about")
    expect(about).to_be_in_viewport(ratio=0.5)
    wait_for_pictures(page)
    expect(about).to_be_in_viewport(ratio=0.5)


def test_the_map_costs_less_than_a_megabyte_and_shows_what_is_found(page: Page, example: Host):
    visit(page, example)
    wait_for_pictures(page)
    loaded = watch_downloads(page)
    canvas = unfold_map(page)
    canvas.focus()
    for _ in range(6):
        page.keyboard.press("+")
        wait_until_drawn(canvas)
    assert 0 < sum(loaded.values()) < 1_000_000
    page.keyboard.press("Home")
    search(page, OTHERS[0])
    canvas.scroll_into_view_if_needed()
    wait_until(page, lambda: count_marked(canvas), lambda pixels: pixels > 200)
