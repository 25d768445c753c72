"""What a visitor sees of a page whose scripts do not run, in Chromium."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, Route, expect

from tests.e2e.conftest import ServedSite
from tests.e2e.demo_page import ask, card_of, wait_for_answer
from tests.e2e.host import Host, host

# How long a page waits before it shows what it has without its script.
WAIT = "2.5s"

MISSING = "A part of this page is missing or was blocked, so it could not start. Reload it"
FROM_FILE = "Run “lit-demo serve” with the name of its folder, or any other web server"
NOT_STARTED = "If it does not start soon, reload the page"

FRAME = '<iframe sandbox="allow-scripts" width="1000" height="800" src="{url}"></iframe>'


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page that may log errors: browsers log what they block."""
    return context.new_page()


@pytest.fixture
def served(site: ServedSite) -> Iterator[Host]:
    with host(site.folder) as served:
        yield served


def require_pictures(page: Page | FrameLocator, site: ServedSite) -> None:
    """Every picture is there with its prompts, and visible."""
    for image in site.manifest.images:
        figure = page.locator("figure, article", has=page.get_by_alt_text(image.description))
        expect(figure).to_be_visible()
        for prompt in image.prompts:
            expect(figure).to_contain_text(prompt.text)


def require_sentence(page: Page, text: str) -> None:
    sentence = page.locator(".unstarted")
    expect(sentence).to_contain_text(text)
    expect(sentence).to_be_visible()


def take_script(served: Host) -> None:
    del served.files[served.entry()]


def send_pages(served: Host) -> None:
    served.pages.add(served.entry())


def alter_script(served: Host) -> None:
    served.flip(served.entry())


def alter_part(served: Host) -> None:
    served.flip(served.find("assets/manifest-loader-"))


@pytest.mark.parametrize("damage", [take_script, send_pages, alter_script, alter_part])
def test_a_script_that_is_missing_or_wrong_is_explained(
    page: Page, served: Host, site: ServedSite, damage: Callable[[Host], None]
):
    whole = dict(served.files)
    damage(served)
    page.goto(served.url)
    require_sentence(page, MISSING)
    require_pictures(page, site)
    page.wait_for_load_state("networkidle")
    served.files.update(whole)
    served.pages.clear()
    # What was wrong may be kept for ten minutes, says the host; the page itself reloads past that.
    page.reload()
    wait_for_answer(card_of(page))


def test_a_blocked_script_is_explained(page: Page, served: Host, site: ServedSite):
    page.route("**/main-*.js", lambda route: route.abort("blockedbyclient"))
    page.goto(served.url)
    require_sentence(page, MISSING)
    require_pictures(page, site)


def test_an_old_page_whose_files_are_all_gone_says_to_reload(
    page: Page, served: Host, site: ServedSite
):
    for url in [url for url in served.files if url.startswith("assets/")]:
        del served.files[url]
    page.goto(served.url)
    require_sentence(page, NOT_STARTED)
    require_pictures(page, site)


def test_a_script_that_takes_long_leaves_no_empty_page(page: Page, served: Host, site: ServedSite):
    held: list[Route] = []
    page.route("**/main-*.js", lambda route: held.append(route))
    page.goto(served.url, wait_until="commit")
    require_sentence(page, NOT_STARTED)
    expect(page.locator(".fallback")).to_have_css("animation-delay", WAIT)
    require_pictures(page, site)
    held[0].continue_()
    wait_for_answer(card_of(page))
    expect(page.locator(".unstarted")).to_be_hidden()


def test_a_page_opened_from_a_file_says_how_to_see_it(page: Page, site: ServedSite):
    page.goto((site.folder / "index.html").as_uri())
    require_sentence(page, FROM_FILE)
    require_pictures(page, site)


@pytest.mark.parametrize("name", ["index.html", "benchmark.html"])
def test_pages_of_functions_and_benchmarks_explain_too(page: Page, function_site: Path, name: str):
    page.goto((function_site / name).as_uri())
    require_sentence(page, FROM_FILE)
    with host(function_site) as served:
        del served.files[served.entry(name)]
        page.goto(served.url + name)
        require_sentence(page, MISSING)


def test_a_frame_without_an_origin_answers_examples_and_says_what_it_cannot(
    page: Page, served: Host
):
    page.set_content(FRAME.format(url=served.url))
    frame = page.frame_locator("iframe")
    card = frame.locator("lit-demo-card")
    wait_for_answer(card)
    ask(card, "something of my own")
    message = frame.locator("lit-demo-messages")
    expect(message).to_contain_text("Open it in a tab of its own.")
    expect(card.get_by_role("textbox", name="Your caption")).to_have_value("something of my own")


def test_a_frame_whose_host_forbids_it_says_so(page: Page, served: Host, site: ServedSite):
    del served.headers["Access-Control-Allow-Origin"]
    page.set_content(FRAME.format(url=served.url))
    frame = page.frame_locator("iframe")
    sentence = frame.locator(".unstarted")
    expect(sentence).to_contain_text("Open it in a tab of its own.")
    require_pictures(frame, site)


def test_where_all_is_well_nothing_of_it_is_seen_or_loaded(page: Page, served: Host):
    page.goto(served.url)
    wait_for_answer(card_of(page))
    page.wait_for_timeout(3000)
    expect(page.locator(".fallback")).to_be_hidden()
    photos = [url for url in served.requests if "-224-" in url]
    assert photos == []


def test_without_javascript_it_is_there_at_once(browser: Browser, served: Host, site: ServedSite):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served.url)
    assert "needs JavaScript" in page.locator("noscript").inner_text()
    expect(page.locator("article")).to_be_visible()
    expect(page.locator("figure").first).to_be_visible()
    expect(page.locator(".unstarted")).to_be_hidden()
    require_pictures(page, site)
    context.close()
