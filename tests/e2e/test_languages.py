"""Pages that speak other languages than English, in Chromium."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from builder.manifest import SiteManifest
from builder.site.bundle import Bundle
from builder.site.first_answer import answer_first_picture
from builder.site.folder import parse_manifest
from builder.site.template import PageParts, load_template
from tests.e2e.accessibility import find_violations
from tests.e2e.conftest import ServedSite, open_page
from tests.e2e.demo_page import card_of, foot, texts_of, wait_for_answer
from tests.e2e.host import Host, host

SHIFTS = """
  window.shifts = [];
  new PerformanceObserver((list) => shifts.push(...list.getEntries().map((e) => e.value)))
    .observe({ type: 'layout-shift', buffered: true });
"""


@pytest.fixture
def served(site: ServedSite) -> Iterator[Host]:
    with host(site.folder) as served:
        yield served


@pytest.fixture
def page(context: BrowserContext, served: Host, errors: list[str]) -> Iterator[Page]:
    with open_page(context, served.url, errors) as page:
        page.add_init_script(SHIFTS)
        yield page


def publish(served: Host, language: str, *, visitor_language: bool = False) -> None:
    """Publish the site as if its texts were in that language."""
    wanted = {"language": language, "visitorLanguage": visitor_language}
    served.edit_manifest(lambda text: json.dumps(json.loads(text) | wanted))
    manifest = parse_manifest(served.files["manifest.json"], "manifest.json")
    assert isinstance(manifest, SiteManifest)
    answer = answer_first_picture(Bundle(manifest, served.files))
    page = load_template("image-text").render(manifest, "manifest.json", PageParts(answer))
    served.files["index.html"] = page.encode()


def catalogues_in(urls: list[str]) -> set[str]:
    """The languages whose catalogues were asked for."""
    names = [url.removeprefix("assets/") for url in urls if url.endswith(".js")]
    return {name[:2] for name in names if name[2:3] == "-"}


@pytest.mark.parametrize(
    ("language", "scheme", "box", "catalogues"),
    [
        ("en", "light", "Your caption", set()),
        ("de-CH", "dark", "Eigener Bildtext", {"de"}),
        ("es", "light", "Tu descripción", {"es"}),
        ("ja", "dark", "あなたの説明文", {"ja"}),
        ("ar", "light", "وصفك", {"ar"}),
    ],
)
def test_a_page_speaks_its_language_from_the_first_moment(
    page: Page,
    browser: Browser,
    served: Host,
    language: str,
    scheme: str,
    box: str,
    catalogues: set[str],
):
    publish(served, language)
    still = browser.new_context(java_script_enabled=False).new_page()
    still.goto(served.url)
    first = [text.strip() for text in still.locator("article .value").all_inner_texts()]
    still.context.close()
    served.requests.clear()
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme=scheme)  # pyright: ignore[reportArgumentType]
    page.goto(served.url)
    card = card_of(page)
    wait_for_answer(card)
    expect(card.get_by_role("textbox", name=box)).to_be_visible()
    values = card.locator(".caption:not(.draft) .value").all_inner_texts()
    assert [value.strip().split("\n")[-1].strip() for value in values] == first
    assert page.locator("html").get_attribute("lang") == language
    assert catalogues_in(served.requests) == catalogues
    assert page.evaluate("shifts") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert find_violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_arabic_page_is_mirrored_and_accessible_in_every_view(
    page: Page, served: Host, site: ServedSite, scheme: str
):
    publish(served, "ar")
    page.emulate_media(color_scheme=scheme)  # pyright: ignore[reportArgumentType]
    page.goto(served.url + "#image=none")
    card = card_of(page)
    wait_for_answer(card)
    bar = card.locator("svg.bar").first.bounding_box()
    fill = card.locator("svg.bar rect").first.bounding_box()
    picture = card.locator("lit-demo-picture img").bounding_box()
    assert bar is not None
    assert fill is not None
    assert picture is not None
    assert fill["x"] + fill["width"] == pytest.approx(bar["x"] + bar["width"], abs=1)
    assert fill["width"] < bar["width"]
    assert picture["x"] > bar["x"], "the picture is where lines begin"
    box = card.get_by_role("textbox", name="وصفك")
    box.fill("an English caption")
    value = card.locator(".draft .value").bounding_box()
    assert value is not None
    space = box.evaluate(
        "(box) => box.getBoundingClientRect().x + parseInt(getComputedStyle(box).paddingLeft)"
    )
    assert space >= value["x"] + value["width"], "no caption lies under its value"
    card.get_by_role("button", name="جنبًا إلى جنب").click()
    expect(page.locator("lit-demo-card")).to_have_count(2)
    foot(page).click()
    expect(page.locator("lit-demo-messages")).to_contain_text("none")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert find_violations(page) == []
    thumbnails = page.locator("lit-demo-carousel .strip button")
    thumbnails.first.focus()
    page.keyboard.press("ArrowLeft")
    expect(thumbnails.nth(1)).to_be_focused()


def test_texts_in_a_language_that_the_page_does_not_speak_are_marked(page: Page, served: Host):
    publish(served, "fr")
    page.goto(served.url)
    card = card_of(page)
    wait_for_answer(card)
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator("h1").locator("..")).to_have_attribute("lang", "fr")
    expect(card.get_by_role("textbox", name="Caption 1")).to_have_attribute("lang", "fr")
    expect(card.locator(".captions")).to_have_attribute("lang", "en")


def test_visitors_get_and_choose_their_language_where_the_author_lets_them(
    browser: Browser, served: Host, errors: list[str]
):
    publish(served, "en", visitor_language=True)
    context = browser.new_context(locale="ja-JP")
    with open_page(context, served.url, errors) as page:
        page.add_init_script(SHIFTS)
        page.goto(served.url)
        wait_for_answer(card_of(page))
        before = texts_of(card_of(page))
        expect(foot(page)).to_have_text("このデモとモデルについて")
        foot(page).click()
        page.get_by_label("言語").select_option(label="العربية")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        expect(page.get_by_label("اللغة")).to_have_value("ar")
        assert texts_of(card_of(page)) == before
        assert find_violations(page) == []
        page.reload()
        wait_for_answer(card_of(page))
        expect(foot(page)).to_have_text("عن هذا العرض ونموذجه")
        assert page.evaluate("shifts") == []
        assert page.locator("header").first.get_attribute("lang") == "en"
    context.close()


def test_a_page_whose_language_cannot_be_loaded_is_english_and_says_so(
    context: BrowserContext, served: Host
):
    publish(served, "de")
    (catalogue,) = [url for url in served.files if url.startswith("assets/de-")]
    del served.files[catalogue]
    page = context.new_page()
    page.goto(served.url)
    wait_for_answer(card_of(page))
    expect(card_of(page).get_by_role("textbox", name="Your caption")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
