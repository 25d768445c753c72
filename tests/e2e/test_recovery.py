"""Files that are wrong, gone or kept too long, workers that die: a page recovers or explains."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    BrowserContext,
    Locator,
    Page,
    Playwright,
    expect,
)

from tests.chromium import FLAGS, SOFTWARE_GPU_FLAGS, chromium_path
from tests.e2e.conftest import ServedSite
from tests.e2e.demo_page import ask, card_of, model_choice, texts_of, wait_for_answer
from tests.e2e.host import Host, host

TYPED = "something of my own"
ALTERED = "was altered on its way. Try again; if it stays so, the site has to be uploaded again."


@pytest.fixture
def served(site: ServedSite) -> Iterator[Host]:
    with host(site.folder) as served:
        yield served


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page that may log errors: browsers log what could not be loaded."""
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def retry_of(page: Page) -> Locator:
    return page.locator("lit-demo-messages").get_by_role("button", name="Try again")


def move_file(served: Host, old: str) -> None:
    """Publish again: a file has another name, and the old one is gone."""
    new = old.replace("-", "-x", 1) if "/" not in old else f"{old}.x"
    served.files[new] = served.files.pop(old)
    served.edit_manifest(lambda text: text.replace(f'"{old}"', f'"{new}"'))


# Every kind of file that a page downloads after its scripts.
DOWNLOADS = (
    "models/mini-tiny/images-",
    "models/mini-tiny/vocabulary-",
    "models/mini-tiny/model-",
    "models/mini-tiny/weights-",
    "assets/tfjs-backend-wasm-simd-",
)


@pytest.mark.parametrize("name", DOWNLOADS)
def test_a_file_with_one_bit_turned_is_never_used(page: Page, served: Host, name: str):
    url = served.find(name)
    served.flip(url, len(served.files[url]) // 2)
    page.goto(f"{served.url}#image=kitten&prompt=something+of+my+own")
    message = page.locator("lit-demo-messages")
    expect(message).to_contain_text(f"{url.rpartition('/')[2]} {ALTERED}")
    # Asked for twice, past the cache the second time, and not more often.
    assert served.requests.count(url) == 2
    assert texts_of(card_of(page)) == [TYPED]
    served.flip(url, len(served.files[url]) // 2)
    retry_of(page).click()
    assert wait_for_answer(card_of(page)) == [1]


@pytest.mark.parametrize("name", ["models/mini-tiny/images-", "assets/tfjs-backend-wasm-simd-"])
def test_a_web_page_in_place_of_a_file_is_explained(page: Page, served: Host, name: str):
    url = served.find(name)
    served.pages.add(url)
    page.goto(f"{served.url}#image=kitten&prompt=something+of+my+own")
    message = page.locator("lit-demo-messages")
    expect(message).to_contain_text(f"The server sent a web page in place of {url.split('/')[-1]}")
    served.pages.clear()
    retry_of(page).click()
    assert wait_for_answer(card_of(page)) == [1]


def test_a_file_that_the_browser_keeps_damaged_is_downloaded_anew(page: Page, served: Host):
    url = served.find("models/mini-tiny/images-")
    served.flip(url)
    page.goto(served.url)
    expect(page.locator("lit-demo-messages")).to_contain_text(ALTERED)
    served.flip(url)
    # The cache still has it damaged.
    page.goto("about:blank")
    page.goto(served.url)
    wait_for_answer(card_of(page))
    expect(page.locator("lit-demo-messages")).to_be_empty()


@pytest.mark.parametrize("damage", ["altered", "a web page", "missing", "cut"])
def test_a_manifest_that_is_wrong_is_explained_and_tried_again(
    page: Page, served: Host, site: ServedSite, damage: str
):
    whole = served.files["manifest.json"]
    if damage == "altered":
        served.files["manifest.json"] = whole.replace(b'"bytes": 1', b'"bytes": 2', 1)
    elif damage == "a web page":
        served.pages.add("manifest.json")
    elif damage == "cut":
        served.files["manifest.json"] = whole[: len(whole) // 2]
    else:
        del served.files["manifest.json"]
    page.goto(served.url)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(
        {
            "altered": "The demo’s manifest was altered on its way.",
            "a web page": "the server sent something else in its place",
            "cut": "The demo’s manifest is damaged",
            "missing": "the server answered 404 for manifest.json",
        }[damage]
    )
    # The pictures are there all the same.
    for image in site.manifest.images:
        expect(page.get_by_alt_text(image.description)).to_be_visible()
    served.files["manifest.json"] = whole
    served.pages.clear()
    alert.get_by_role("button", name="Try again").click()
    wait_for_answer(card_of(page))


@pytest.mark.parametrize("name", ["models/mini-tiny/weights-", "models/mini-tiny/prompts-"])
def test_an_old_manifest_is_fetched_anew_by_trying_again(page: Page, served: Host, name: str):
    page.goto("about:blank")
    held = served.files["manifest.json"]
    old = served.find(name)
    move_file(served, old)
    new, served.files["manifest.json"] = served.files["manifest.json"], held
    page.goto(f"{served.url}#image=kitten&prompt=something+of+my+own")
    expect(page.locator("lit-demo-messages")).to_contain_text("The server answered 404")
    served.files["manifest.json"] = new
    # The browser was told to keep the old one for ten minutes.
    assert "max-age=600" in served.headers["Cache-Control"]
    retry_of(page).click()
    assert wait_for_answer(card_of(page)) == [1]
    assert texts_of(card_of(page)) == [TYPED]


def test_a_reload_has_the_manifest_that_the_site_has_now(page: Page, served: Host):
    page.goto(served.url)
    wait_for_answer(card_of(page))
    served.edit_manifest(lambda text: text.replace("a tiger cub in the snow", "a tiger at sea"))
    page.reload()
    wait_for_answer(card_of(page))
    assert "a tiger at sea" in texts_of(card_of(page))


def test_a_picture_that_is_gone_can_be_tried_again(page: Page, served: Host):
    old = served.find("images/kitten-112-")
    data = served.files.pop(old)
    page.goto(served.url)
    expect(page.locator("lit-demo-messages")).to_contain_text("A picture could not be loaded.")
    served.files[old] = data
    retry_of(page).click()
    picture = page.locator("lit-demo-carousel img").first
    expect(picture).to_have_js_property("naturalWidth", 112)


def test_a_worker_that_dies_is_replaced(page: Page, served: Host):
    page.goto(served.url)
    card = card_of(page)
    ask(card, TYPED)
    first = wait_for_answer(card)
    for _ in range(2):
        (worker,) = page.workers
        worker.evaluate("self.close()")
        ask(card, "another text")
        wait_for_answer(card)
        ask(card, TYPED)
        assert wait_for_answer(card) == first


def test_a_worker_that_dies_while_it_computes_is_replaced(page: Page, served: Host):
    page.goto(served.url)
    card = card_of(page)
    ask(card, TYPED)
    wait_for_answer(card)
    (worker,) = page.workers
    # Nothing is answered, and then the worker ends without a word.
    worker.evaluate(
        "onmessage = null; addEventListener('message', (e) => {"
        " e.stopImmediatePropagation(); setTimeout(() => self.close(), 300); }, true)"
    )
    ask(card, "another text")
    wait_for_answer(card)


def test_a_worker_that_is_not_there_is_explained(page: Page, served: Host):
    url = served.find("assets/encoder.worker-")
    script = served.files.pop(url)
    page.goto(f"{served.url}#image=kitten&prompt=something+of+my+own")
    message = page.locator("lit-demo-messages")
    expect(message).to_contain_text("A part of this page could not be loaded. Reload the page.")
    assert texts_of(card_of(page)) == [TYPED]
    served.files[url] = script
    page.reload()
    assert wait_for_answer(card_of(page)) == [1]


def test_a_function_whose_worker_dies_computes_on(page: Page, function_site: Path):
    with host(function_site) as served:
        page.goto(served.url)
        expect(page.locator("output")).to_have_text("3")
        (worker,) = page.workers
        worker.evaluate("self.close()")
        page.get_by_role("slider", name="First number").fill("4")
        expect(page.locator("output")).to_have_text("4")


@pytest.mark.parametrize("name", ["weights-", "sample-output-"])
def test_a_function_with_one_bit_turned_is_never_used(page: Page, function_site: Path, name: str):
    with host(function_site) as served:
        (url, *_) = [url for url in served.files if name in url]
        served.flip(url)
        page.goto(served.url)
        status = page.get_by_role("status").filter(has_text="could not be loaded")
        expect(status).to_contain_text(f"{url.split('/')[-1]} {ALTERED}")
        assert served.requests.count(url) == 2
        served.flip(url)
        page.get_by_role("button", name="Try again").click()
        expect(page.locator("output")).to_have_text("3")


STORAGES = {
    "refused": """Object.defineProperty(window, 'localStorage', {
      get() { throw new DOMException('refused', 'SecurityError'); },
    });""",
    "full": """Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };""",
}


@pytest.mark.parametrize("storage", STORAGES)
def test_storage_that_is_refused_or_full_changes_nothing(page: Page, served: Host, storage: str):
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.add_init_script(STORAGES[storage])
    page.goto(served.url)
    ask(card_of(page), TYPED)
    wait_for_answer(card_of(page))
    page.wait_for_timeout(500)
    assert problems == []


def test_an_address_that_may_not_change_stops_nothing(page: Page, served: Host):
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.add_init_script(
        "history.replaceState = () => { throw new DOMException('too often', 'SecurityError'); }"
    )
    page.goto(served.url)
    ask(card_of(page), TYPED)
    wait_for_answer(card_of(page))
    assert problems == []


def test_over_http_files_are_verified_all_the_same(
    playwright: Playwright, served: Host, site: ServedSite
):
    # As on a phone that previews a site: browsers neither hash nor have locks there.
    rules = "--host-resolver-rules=MAP phone.test 127.0.0.1"
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, rules])
    page = browser.new_page()
    page.goto(served.url.replace("127.0.0.1", "phone.test"))
    assert page.evaluate("[isSecureContext, 'subtle' in crypto]") == [False, False]
    ask(card_of(page), TYPED)
    wait_for_answer(card_of(page))
    url = served.find("models/mini-small/images-")
    served.flip(url)
    model_choice(page, site.manifest.models[1]).check()
    expect(page.locator("lit-demo-messages")).to_contain_text(ALTERED)
    browser.close()


@pytest.mark.long
def test_a_lost_gpu_is_replaced_by_the_processor(playwright: Playwright, served: Host):
    browser = playwright.chromium.launch(
        executable_path=chromium_path(), args=list(SOFTWARE_GPU_FLAGS)
    )
    page = browser.new_page(service_workers="block")
    # As in a browser where a GPU was fastest the last time.
    encoder = json.loads(served.files["manifest.json"])["models"][0]["encoder"]
    key = json.dumps(f"lit-demo backend {encoder['model']['sha256']} ")
    page.add_init_script(f"localStorage.setItem({key} + navigator.userAgent, 'webgl')")
    page.goto(served.url)
    card = card_of(page)
    ask(card, TYPED)
    # WebGL on a processor takes its time.
    expect(card).to_have_attribute("data-state", "current", timeout=60_000)
    first = wait_for_answer(card)
    app = page.locator("lit-demo-app")
    expect(app).to_have_attribute("data-backend", "webgl")
    browser.new_browser_cdp_session().send("Browser.crashGpuProcess")
    ask(card, "another text")
    wait_for_answer(card)
    expect(app).to_have_attribute("data-backend", "wasm")
    ask(card, TYPED)
    assert wait_for_answer(card) == pytest.approx(first, abs=1e-3)
    browser.close()
