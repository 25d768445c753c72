"""What a visit costs and what happens when the network fails."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Response, Route, expect

from tests.e2e.conftest import DATA, ServedSite, open_page, serve_project
from tests.e2e.demo_page import ask, card_of, wait_for_answer

OpenDemo = Callable[..., Page]


def test_a_visit_costs_what_the_report_says(open_demo: OpenDemo, page: Page, site: ServedSite):
    sizes: dict[str, int] = {}

    def note(response: Response) -> None:
        url = response.url.removeprefix(site.url) or "index.html"
        # What was downloaded and checked has an address of its own, which costs nothing.
        if not url.startswith(("#", "blob:")):
            sizes[url] = (site.folder / (url.split("#")[0] or "index.html")).stat().st_size

    page.on("response", note)
    open_demo()
    wait_for_answer(card_of(page))
    ask(card_of(page), "something of my own")
    wait_for_answer(card_of(page))
    report = json.loads((site.folder / "report.json").read_bytes())
    optional = sum(n for url, n in sizes.items() if "webgl" in url or "webgpu" in url)
    assert sum(sizes.values()) - optional == pytest.approx(
        report["bytes_before_first_free_text_answer"], rel=0.01
    )


def test_the_default_demo_answers_a_text_of_the_visitor_for_5_5_mb(
    context: BrowserContext, errors: list[str], tmp_path: Path, cache: Path
):
    sizes: dict[str, int] = {}

    def note(response: Response) -> None:
        if not response.url.startswith("blob:"):
            sizes[response.url.removeprefix(url)] = int(response.headers["content-length"])

    with (
        serve_project(DATA / "demo.toml", tmp_path / "site", cache) as url,
        open_page(context, url, errors) as page,
    ):
        page.on("response", note)
        page.goto(url)
        card = card_of(page)
        wait_for_answer(card)
        ask(card, "something of my own")
        wait_for_answer(card)
    assert any(name.startswith("models/mini-tiny/weights-") for name in sizes)
    assert any(name.endswith(".wasm") for name in sizes)
    report = json.loads((tmp_path / "site" / "report.json").read_bytes())
    # Browsers leave out thumbnails that are far from view.
    assert sum(sizes.values()) <= report["bytes_before_first_free_text_answer"] <= 5_500_000


def test_a_lost_connection_is_reported_and_can_be_retried(
    open_demo: OpenDemo, context: BrowserContext, page: Page, site: ServedSite, errors: list[str]
):
    down = True

    def answer(route: Route) -> None:
        if down:
            route.abort("connectionreset")
        else:
            route.continue_()

    context.route("**/weights-*.bin", answer)
    open_demo()
    card = card_of(page)
    ask(card, "something of my own")
    retry = page.locator("lit-demo-messages").get_by_role("button", name="Try again")
    expect(retry).to_be_visible(timeout=60_000)
    expect(page.locator("lit-demo-app")).to_have_attribute("data-encoder", "failed")
    down = False
    retry.click()
    assert sum(wait_for_answer(card)) == pytest.approx(1, abs=1e-6)
    # Chromium itself logs the requests that failed.
    errors[:] = [error for error in errors if "ERR_CONNECTION_RESET" not in error]
