"""The page of a gallery: what it finds, what that costs, and for whom, in Chromium."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.accessibility import find_violations
from tests.e2e.gallery_page import (
    addressed_place,
    cells,
    focused_place,
    positions,
    scroll,
    search,
    visit,
    wait_for_focus,
    wait_until_kept,
    wait_until_settled,
    watch_downloads,
)
from tests.e2e.gallery_rows import embed_texts, find_best, read_gallery, read_shipped_rows
from tests.e2e.gallery_site import DECADES, PICTURES, QUERY, STYLES
from tests.e2e.host import Host
from tests.e2e.waiting import wait_until


@pytest.fixture
def page(keeping: BrowserContext) -> Page:
    return keeping.new_page()


def best_positions(site: Path, text: str, count: int, among: Sequence[int]) -> list[int]:
    """What an exact scan of the shipped rows finds, with a row that JAX computes."""
    (query,) = embed_texts(read_gallery(site).model, [text])
    return find_best(read_shipped_rows(site), query, count, among)


def agree(found: Sequence[int], expected: Sequence[int]) -> bool:
    """Whether two orders are the same but for neighbours, which rounding may exchange."""
    return all(position in expected[max(0, i - 1) : i + 2] for i, position in enumerate(found))


def test_a_sentence_finds_what_an_exact_scan_does(page: Page, gallery: Host, gallery_folder: Path):
    visit(page, gallery)
    assert positions(page, 10) == list(range(10))
    sizes = watch_downloads(page)
    search(page, QUERY)
    assert agree(positions(page, 10), best_positions(gallery_folder, QUERY, 11, range(PICTURES)))
    rows = sum(size for url, size in sizes.items() if "/rows/" in url)
    assert 0 < rows <= 256 * PICTURES + 16, "each row, once, and the list of their files"
    before = set(sizes)
    search(page, "a red parrot")
    assert {url for url in set(sizes) - before if "/thumbnails/" not in url} == set()
    status = page.get_by_role("status").filter(has_text="Best fit first")
    expect(status).to_contain_text(f"Best fit first · {PICTURES} pictures: “Photograph ")


def test_filters_are_combined_with_a_search(page: Page, gallery: Host, gallery_folder: Path):
    visit(page, gallery)
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label(STYLES[1]).check()
    page.get_by_label(DECADES[0]).check()
    among = [i for i in range(PICTURES) if i % 3 == 1 and i % 2 == 0 and i % 5]
    expect(page.locator(".bar .line p")).to_have_text(f"{len(among)} of {PICTURES} pictures")
    wait_until_settled(page)
    assert positions(page, 5) == among[:5]
    search(page, QUERY)
    assert agree(positions(page, 5), best_positions(gallery_folder, QUERY, 6, among))
    page.get_by_role("button", name="Clear filter").click()
    wait_until_settled(page)
    assert agree(positions(page, 5), best_positions(gallery_folder, QUERY, 6, range(PICTURES)))


def test_a_link_restores_what_was_shown_and_back_undoes_steps(page: Page, gallery: Host):
    visit(page, gallery)
    search(page, QUERY)
    first = positions(page, 10)
    cells(page).nth(3).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text(f"Photograph {first[3]}")
    page.reload()
    expect(dialog.get_by_role("heading")).to_have_text(f"Photograph {first[3]}")
    page.go_back()
    expect(dialog).to_be_hidden()
    wait_until_settled(page)
    assert positions(page, 10) == first
    cells(page).nth(3).click()
    dialog.get_by_role("button", name="More like this").click()
    wait_until_settled(page)
    expect(dialog).to_be_hidden()
    assert positions(page, 1) == [first[3]], "nothing is as alike to a picture as itself"
    page.go_back()
    expect(dialog.get_by_role("heading")).to_have_text(f"Photograph {first[3]}")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    at = scroll(page, 1500)
    before = page.evaluate("scrollY")
    page.reload()
    wait_until_settled(page)
    page.wait_for_function("(before) => Math.abs(scrollY - before) < 300", arg=before)
    # While the place is brought to the screen, the address may be without it.
    wait_until(page, lambda: addressed_place(page), lambda place: place == at)


def test_everything_is_done_with_the_keyboard(page: Page, gallery: Host):
    visit(page, gallery)
    page.get_by_role("textbox").focus()
    page.keyboard.type(QUERY)
    page.keyboard.press("Enter")
    wait_until_settled(page)
    found = positions(page, 12)
    for _ in range(6):
        page.keyboard.press("Tab")
        if focused_place(page) is not None:
            break
    assert focused_place(page) == 0
    page.keyboard.press("ArrowDown")
    columns = focused_place(page)
    assert columns
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text(f"Photograph {found[columns + 1]}")
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("heading")).to_have_text(f"Photograph {found[columns + 2]}")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    wait_for_focus(page, columns + 2)
    page.keyboard.press("End")
    wait_for_focus(page, PICTURES - 1)
    page.keyboard.press("Home")
    wait_for_focus(page, 0)
    # What has the focus stays there when its row is far from the screen.
    scroll(page, 1500)
    assert focused_place(page) == 0


def test_the_list_is_downloaded_for_a_spreadsheet(page: Page, gallery: Host):
    visit(page, gallery)
    search(page, QUERY)
    first = positions(page, 5)
    page.get_by_role("link", name="About").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the list (CSV)").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == PICTURES
    assert [row["id"] for row in rows[:5]] == [f"picture-{i}" for i in first]
    assert {row["author"] for row in rows} == {"", '\'=A. "Maker"'}
    similarities = [float(row["similarity"]) for row in rows]
    assert similarities == sorted(similarities, reverse=True)
    expect(page.locator("lit-demo-list")).to_contain_text(f"Saved: {PICTURES} pictures.")


def test_what_was_visited_works_without_a_network(page: Page, gallery: Host):
    visit(page, gallery, f"#v=1&find={QUERY.replace(' ', '+')}")
    found = positions(page, 10)
    wait_until_kept(page, gallery)
    gallery.hangs_up = lambda url: True
    page.reload()
    wait_until_settled(page)
    assert positions(page, 10) == found
    expect(cells(page).first.locator("img")).not_to_have_js_property("naturalWidth", 0)
    search(page, "a red parrot")
    assert len(positions(page, 10)) == 10
    page.context.set_offline(True)
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label(STYLES[0]).check()
    expect(page.locator("lit-demo-messages")).to_contain_text(
        "A part that this needs is not on this device yet, and there is no network."
    )
    page.context.set_offline(False)
    gallery.hangs_up = lambda url: False
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".bar .line p")).to_contain_text(f"{PICTURES // 3} of {PICTURES} pictures")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing(page: Page, gallery: Host, language: str):
    page.add_init_script(f"localStorage.setItem('lit-demo language', '{language}')")
    page.emulate_media(color_scheme="dark")
    visit(page, gallery)
    page.locator("lit-demo-filters summary").click()
    page.locator("lit-demo-gallery .foot > details > summary").click()
    page.locator("lit-demo-about").wait_for()
    assert find_violations(page) == []
    cells(page).nth(1).click()
    page.get_by_role("dialog").wait_for()
    assert find_violations(page) == []


# 390 x 844, and 1280 x 1024 at 200 % and at 400 %.
@pytest.mark.parametrize(("width", "height"), [(390, 844), (640, 512), (320, 256)])
def test_nothing_is_cut_or_too_small_to_press(page: Page, gallery: Host, width: int, height: int):
    page.set_viewport_size({"width": width, "height": height})
    visit(page, gallery)
    page.locator("lit-demo-filters summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(FIND_SMALL) == []
    cells(page).first.click()
    page.get_by_role("dialog").wait_for()
    assert page.evaluate(FIND_SMALL) == []


# Links in running text may be as small as that is; a box to tick counts with its label.
FIND_SMALL = """() => {
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (!element.matches('button, a, summary, label, input:not([type=checkbox])')) continue;
      if (!element.checkVisibility() || element.matches('.credit a, p a, dd a')) continue;
      const { width, height } = element.getBoundingClientRect();
      if (width < 44 || height < 44) found.push(`${element.outerHTML} ${width} ${height}`);
    }
  };
  walk(document.querySelector('lit-demo-gallery').shadowRoot);
  return found;
}"""
