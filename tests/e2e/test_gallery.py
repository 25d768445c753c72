"""The page of a gallery: what it finds, what that costs, and for whom, in Chromium."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect

from builder.gallery.index.exact import read_exact_rows
from builder.gallery_manifest import ExactIndex
from builder.manifest import GallerySiteManifest
from builder.models.load import load_model
from builder.site.folder import load_any_manifest
from builder.spec.models import ModelSpec
from tests.e2e.accessibility import find_violations
from tests.e2e.conftest import build
from tests.e2e.gallery_site import DECADES, PICTURES, STYLES, write_gallery
from tests.e2e.host import Host, host
from tests.e2e.test_offline import wait_until

QUERY = "a castle by the water"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    """The built site of a gallery, which no test changes."""
    made = tmp_path_factory.mktemp("gallery")
    return build(write_gallery(made / "project"), made / "site", cache)


@pytest.fixture
def served(folder: Path) -> Iterator[Host]:
    with host(folder) as served:
        yield served


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One in which pages may have service workers."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(20_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def visit(page: Page, served: Host, fragment: str = "") -> None:
    page.goto(served.url + fragment)
    wait_until_settled(page)
    cells(page).first.locator("img").wait_for()


def wait_until_settled(page: Page) -> None:
    expect(page.locator("lit-demo-gallery")).to_have_attribute("data-state", "current")


def cells(page: Page) -> Locator:
    return page.locator("lit-demo-grid a")


def search(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name="Find pictures by a sentence")
    box.fill(text)
    box.press("Enter")
    wait_until_settled(page)


def positions(page: Page, count: int) -> list[int]:
    """The positions of the first pictures, as their links say."""
    links: list[str] = page.evaluate(
        """() => {
          const { shadowRoot } = document.querySelector('lit-demo-gallery');
          const grid = shadowRoot.querySelector('lit-demo-grid').shadowRoot;
          return [...grid.querySelectorAll('a')].map(({ href }) => href);
        }"""
    )
    names = [parse_qs(urlsplit(link).fragment)["picture"][0] for link in links[:count]]
    return [int(name.split(":")[0]) for name in names]


def best_positions(folder: Path, text: str, count: int, among: Sequence[int]) -> list[int]:
    """What an exact scan of the shipped rows finds, with a row that JAX computes."""
    manifest = load_any_manifest(folder)
    assert isinstance(manifest, GallerySiteManifest)
    gallery = manifest.gallery
    assert isinstance(gallery.index, ExactIndex)
    paths = folder.glob("gallery/rows/*")
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    rows = read_exact_rows(gallery.index, files, gallery.dim)
    model = load_model(ModelSpec(name=gallery.model))
    (query,) = np.asarray(model.text_tower(model.tokenizer([text])))
    scores = rows @ query
    return sorted(among, key=lambda i: -scores[i])[:count]


def agree(found: Sequence[int], expected: Sequence[int]) -> bool:
    """Whether two orders are the same but for neighbours, which rounding may exchange."""
    return all(position in expected[max(0, i - 1) : i + 2] for i, position in enumerate(found))


def test_a_sentence_finds_what_an_exact_scan_does(page: Page, served: Host, folder: Path):
    visit(page, served)
    assert positions(page, 10) == list(range(10))
    sizes: dict[str, int] = {}

    def note(response: Response) -> None:
        if "/gallery/" in response.url:
            sizes[response.url] = int(response.headers.get("content-length", 0))

    page.on("response", note)
    search(page, QUERY)
    assert agree(positions(page, 10), best_positions(folder, QUERY, 11, range(PICTURES)))
    rows = sum(size for url, size in sizes.items() if "/rows/" in url)
    assert 0 < rows <= 256 * PICTURES + 16, "each row, once, and the list of their files"
    before = set(sizes)
    search(page, "a red parrot")
    assert {url for url in set(sizes) - before if "/thumbnails/" not in url} == set()
    status = page.get_by_role("status").filter(has_text="Best fit first")
    expect(status).to_contain_text(f"Best fit first · {PICTURES} pictures: “Photograph ")


def test_filters_are_combined_with_a_search(page: Page, served: Host, folder: Path):
    visit(page, served)
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label(STYLES[1]).check()
    page.get_by_label(DECADES[0]).check()
    among = [i for i in range(PICTURES) if i % 3 == 1 and i % 2 == 0 and i % 5]
    expect(page.locator(".bar .line p")).to_have_text(f"{len(among)} of {PICTURES} pictures")
    wait_until_settled(page)
    assert positions(page, 5) == among[:5]
    search(page, QUERY)
    assert agree(positions(page, 5), best_positions(folder, QUERY, 6, among))
    page.get_by_role("button", name="Clear filter").click()
    wait_until_settled(page)
    assert agree(positions(page, 5), best_positions(folder, QUERY, 6, range(PICTURES)))


def test_a_link_restores_what_was_shown_and_back_undoes_steps(page: Page, served: Host):
    visit(page, served)
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
    page.mouse.wheel(0, 1500)
    page.wait_for_function("() => location.hash.includes('at=')")
    at = int(parse_qs(urlsplit(page.url).fragment)["at"][0])
    before = page.evaluate("scrollY")
    page.reload()
    wait_until_settled(page)
    page.wait_for_function("(before) => Math.abs(scrollY - before) < 300", arg=before)
    assert int(parse_qs(urlsplit(page.url).fragment)["at"][0]) == at


def test_everything_is_done_with_the_keyboard(page: Page, served: Host):
    visit(page, served)
    page.get_by_role("textbox").focus()
    page.keyboard.type(QUERY)
    page.keyboard.press("Enter")
    wait_until_settled(page)
    found = positions(page, 12)
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) is not None:
            break
    assert page.evaluate(FOCUSED) == "0"
    page.keyboard.press("ArrowDown")
    columns = int(page.evaluate(FOCUSED))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text(f"Photograph {found[columns + 1]}")
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("heading")).to_have_text(f"Photograph {found[columns + 2]}")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.wait_for_function(f"() => Number({FOCUSED}) === {columns + 2}")
    page.keyboard.press("End")
    page.wait_for_function(f"() => Number({FOCUSED}) === {PICTURES - 1}")
    page.keyboard.press("Home")
    page.wait_for_function(f"() => Number({FOCUSED}) === 0")
    # What has the focus stays there when its row is far from the screen.
    page.mouse.wheel(0, 4000)
    page.wait_for_timeout(300)
    assert page.evaluate(FOCUSED) == "0"


FOCUSED = """(() => {
  let { activeElement } = document;
  while (activeElement?.shadowRoot) activeElement = activeElement.shadowRoot.activeElement;
  return activeElement?.dataset.place ?? null;
})()"""


def test_the_list_is_downloaded_for_a_spreadsheet(page: Page, served: Host, folder: Path):
    visit(page, served)
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


KEPT = """async () => {
  const keys = await (await caches.open(`lit-demo ${new URL('.', location).href}`)).keys();
  const named = keys.filter(({ url }) => /sha256=[0-9a-f]{32}&/.test(url));
  return [keys.some(({ url }) => url.endsWith('manifest.json')), named.length];
}"""


def test_what_was_visited_works_without_a_network(page: Page, served: Host):
    visit(page, served, f"#v=1&find={QUERY.replace(' ', '+')}")
    found = positions(page, 10)
    drawn = cells(page).count()
    # All thumbnails that were drawn, their records and the rows.
    wait_until(page, KEPT, lambda kept: kept[0] and kept[1] >= drawn + 2)
    served.hangs_up = lambda url: True
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
    served.hangs_up = lambda url: False
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".bar .line p")).to_contain_text(f"{PICTURES // 3} of {PICTURES} pictures")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing(page: Page, served: Host, language: str):
    page.add_init_script(f"localStorage.setItem('lit-demo language', '{language}')")
    page.emulate_media(color_scheme="dark")
    visit(page, served)
    page.locator("lit-demo-filters summary").click()
    page.locator("lit-demo-gallery .foot > details > summary").click()
    page.locator("lit-demo-about").wait_for()
    assert find_violations(page) == []
    cells(page).nth(1).click()
    page.get_by_role("dialog").wait_for()
    assert find_violations(page) == []


# 390 x 844, and 1280 x 1024 at 200 % and at 400 %.
@pytest.mark.parametrize(("width", "height"), [(390, 844), (640, 512), (320, 256)])
def test_nothing_is_cut_or_too_small_to_press(page: Page, served: Host, width: int, height: int):
    page.set_viewport_size({"width": width, "height": height})
    visit(page, served)
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
