"""A page that is kept for when there is no network, and what is never kept, in Chromium."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.accessibility import find_violations
from tests.e2e.conftest import ServedSite
from tests.e2e.demo_page import ask, card_of, model_choice, texts_of, wait_for_answer
from tests.e2e.host import Host, host
from tests.e2e.waiting import wait_until

TYPED = "something of my own"

# Of the cache of the page: the hash of the version, and the hashes of all files.
KEPT = """async () => {
  const cacheName = `lit-demo ${new URL('.', location).href}`;
  const manifest = await caches.match('manifest.json', { cacheName });
  if (!manifest) return null;
  const keys = await (await caches.open(cacheName)).keys();
  const files = keys.map(({ url }) => new URL(url).searchParams.get('sha256'));
  return { version: (await manifest.json()).sha256, files };
}"""

RETURN = "document.dispatchEvent(new Event('visibilitychange'))"
REGISTRATIONS = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"


@pytest.fixture
def served(site: ServedSite) -> Iterator[Host]:
    with host(site.folder) as served:
        yield served


@pytest.fixture
def page(keeping: BrowserContext) -> Page:
    """A page that may log errors: browsers log what could not be loaded."""
    return keeping.new_page()


def on_all(url: str) -> bool:
    """What a host hangs up on that is down."""
    return True


def version_of(served: Host) -> str:
    return json.loads(served.files["manifest.json"])["sha256"]


def sha256_of(served: Host, url: str) -> str:
    found: list[str] = []

    def note(table: dict[str, Any]) -> dict[str, Any]:
        if table.get("url") == url:
            found.append(table["sha256"])
        return table

    json.loads(served.files["manifest.json"], object_hook=note)
    return found[0]


def wait_until_kept(page: Page, served: Host) -> set[str]:
    """The hashes of all files that are kept of the version that the host has."""
    version = version_of(served)
    return {
        *wait_until(
            page, lambda: page.evaluate(KEPT), lambda kept: kept and kept["version"] == version
        )["files"]
    }


def visit(page: Page, served: Host) -> set[str]:
    """A first visit, with a text of the visitor's; what the browser keeps of it."""
    page.goto(served.url)
    ask(card_of(page), TYPED)
    wait_for_answer(card_of(page))
    return wait_until_kept(page, served)


def thumbnail(page: Page, site: ServedSite, image_id: str) -> Locator:
    (image,) = [image for image in site.manifest.images if image.id == image_id]
    return page.locator("lit-demo-carousel").get_by_role("button", name=image.description)


def test_a_visited_demo_works_without_a_network(page: Page, served: Host, site: ServedSite):
    kept = visit(page, served)
    before = sorted(wait_for_answer(card_of(page)))
    picture_encoder = served.find("assets/image-encoder.worker-")
    assert sha256_of(served, picture_encoder) not in kept, "only what was used is kept"
    served.hangs_up = on_all
    page.reload()
    card = card_of(page)
    assert sorted(wait_for_answer(card)) == before
    ask(card, "another text of my own")
    assert sum(wait_for_answer(card)) == pytest.approx(1, abs=1e-6)
    photo = card.locator("lit-demo-picture img")
    expect(photo).not_to_have_js_property("naturalWidth", 0)
    # A picture that was not seen has its place, its description and its answer.
    thumbnail(page, site, "bison").click()
    expect(page.locator("lit-demo-messages")).to_contain_text("A picture could not be loaded.")
    wait_for_answer(card_of(page))
    expect(
        card_of(page).get_by_role("img", name=site.manifest.images[1].description)
    ).to_be_visible()


def test_a_newer_version_is_told_and_shown_with_all_that_was_typed(
    page: Page, served: Host, site: ServedSite
):
    visit(page, served)
    page.evaluate(
        "caches.open('lit-demo https://elsewhere/').then((c) => c.put('/a', new Response('b')))"
    )
    thumbnail(page, site, "bison").click()
    ask(card_of(page), "a bison by the sea")
    wait_for_answer(card_of(page))
    message = page.locator("lit-demo-messages")
    expect(message).to_be_empty()
    served.edit_manifest(lambda text: text.replace("Kurt Kaiser", "Somebody Else"))
    gone = served.find("images/eiffel-tower-112-")
    stale = sha256_of(served, gone)
    served.edit_manifest(lambda text: text.replace(stale, "f" * 64))
    page.evaluate(RETURN)
    expect(message).to_contain_text("There is a newer version of this page.")
    assert find_violations(page) == []
    message.get_by_role("button", name="Show it").click()
    expect(card_of(page)).to_contain_text("Photo: Somebody Else")
    expect(message).to_be_empty()
    wait_for_answer(card_of(page))
    assert "a bison by the sea" in texts_of(card_of(page))
    thumbnail(page, site, "kitten").click()
    wait_for_answer(card_of(page))
    assert TYPED in texts_of(card_of(page))
    kept = wait_until_kept(page, served)
    assert stale not in kept, "what the version does not have is deleted"
    assert page.evaluate("caches.has('lit-demo https://elsewhere/')")
    served.hangs_up = on_all
    page.reload()
    thumbnail(page, site, "bison").click()
    expect(card_of(page)).to_contain_text("Photo: Somebody Else")


def test_a_page_that_came_from_the_cache_has_its_own_manifest_and_tells_of_the_newer(
    page: Page, served: Host, site: ServedSite
):
    visit(page, served)
    served.edit_manifest(lambda text: text.replace("Kurt Kaiser", "Somebody Else"))
    served.hangs_up = lambda url: url == "index.html"
    page.reload()
    expect(page.locator("lit-demo-messages")).to_contain_text("There is a newer version")
    thumbnail(page, site, "bison").click()
    expect(card_of(page)).to_contain_text("Photo: Kurt Kaiser")


@pytest.mark.parametrize("damage", ["a bit turned", "a web page in its place"])
def test_what_is_not_the_file_that_was_built_is_never_kept(
    page: Page, served: Host, site: ServedSite, damage: str
):
    seen = served.find("images/kitten-112-")
    used = served.find("models/mini-small/prompts-")
    for url in (seen, used):
        if damage == "a bit turned":
            served.flip(url)
        else:
            served.pages.add(url)
    kept = visit(page, served)
    assert sha256_of(served, seen) not in kept
    assert sha256_of(served, served.find("images/bison-112-")) in kept
    model_choice(page, site.manifest.models[1]).check()
    message = page.locator("lit-demo-messages")
    expect(message).to_contain_text("the site has to be uploaded again")
    assert sha256_of(served, used) not in page.evaluate(KEPT)["files"]
    served.pages.clear()
    if damage == "a bit turned":
        served.flip(used)
    message.get_by_role("button", name="Try again").click()
    wait_for_answer(card_of(page))
    # What the visitor turned to since then is kept as it comes.
    page.reload()
    wait_for_answer(card_of(page))
    digest = sha256_of(served, used)
    wait_until(page, lambda: page.evaluate(KEPT), lambda kept: digest in kept["files"])


def test_what_was_altered_in_the_cache_is_not_used(page: Page, served: Host):
    visit(page, served)
    before = sorted(wait_for_answer(card_of(page)))
    spoil = """async () => {
      const cache = await caches.open(`lit-demo ${new URL('.', location).href}`);
      for (const key of await cache.keys()) {
        if (key.url.includes('sha256')) await cache.put(key, new Response('alert(1)'));
      }
    }"""
    page.evaluate(spoil)
    page.reload()
    assert sorted(wait_for_answer(card_of(page))) == before
    ask(card_of(page), "another text of my own")
    wait_for_answer(card_of(page))
    expect(page.locator("lit-demo-messages")).to_be_empty()


def test_a_site_that_is_not_to_be_kept_any_more_is_forgotten(page: Page, served: Host):
    visit(page, served)
    other = "'lit-demo ' + new URL('..', location).href"
    page.evaluate(f"caches.open({other})")
    served.edit_manifest(lambda text: text.replace('"offline": true', '"offline": false'))
    page.reload()
    wait_for_answer(card_of(page))
    wait_until(page, lambda: page.evaluate(KEPT), lambda kept: kept is None)
    wait_until(page, lambda: page.evaluate(REGISTRATIONS), lambda count: count == 0)
    assert page.evaluate(f"caches.keys().then((names) => names.includes({other}))")


def test_a_page_of_functions_works_without_a_network_too(page: Page, function_site: Path):
    with host(function_site) as served:
        page.goto(served.url)
        wait_until_kept(page, served)
        served.hangs_up = on_all
        page.reload()
        page.get_by_role("slider", name="First number").fill("4")
        expect(page.locator("output")).to_have_text("4")


def test_nothing_is_kept_of_a_visitor_who_saves_data(page: Page, served: Host):
    page.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
    )
    page.goto(served.url)
    ask(card_of(page), TYPED)
    wait_for_answer(card_of(page))
    page.evaluate("new Promise((resolve) => requestIdleCallback(resolve))")
    assert page.evaluate(REGISTRATIONS) == 0
    assert page.evaluate(KEPT) is None
