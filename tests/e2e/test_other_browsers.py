"""The page in Firefox, and in WebKitGTK, which has Safari's engine: what a visitor does first."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import DATA, ServedSite
from tests.e2e.demo_page import example_prompts, expected_probabilities
from tests.e2e.host import Host, host
from tests.e2e.test_int8_kernels import MULTIPLY, find_binary
from tests.e2e.test_library import PROBABILITIES
from tests.e2e.test_mnist_page import SEVEN
from tests.e2e.test_own_picture import CAPTIONS
from tests.e2e.test_own_picture import expected_probabilities as expected_of_own
from tests.e2e.webdriver import Driver, firefox_path, run_firefox, run_webkit, webkit_path

BOX = 'textarea[aria-label="Your caption"]'
TYPED = "a small cat with a toy"

# The captions that are shown with their probabilities, once all are there with what was typed.
ANSWER = """(typed) => {
  const [card] = all('lit-demo-card');
  if (card?.dataset.state !== 'current') return null;
  const prompts = all('lit-demo-prompt', card.shadowRoot).filter((p) => p.dataset.probability);
  const answer = prompts.map(
    (prompt) => [all('textarea', prompt.shadowRoot)[0].value, Number(prompt.dataset.probability)],
  );
  return answer.some(([text]) => !typed || text === typed) && Object.fromEntries(answer);
}"""

KEPT = """async () => {
  const cacheName = `lit-demo ${new URL('.', location).href}`;
  return Boolean(await caches.match('manifest.json', { cacheName }));
}"""


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def driver(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Driver]:
    """A page of the browser; each test has an origin of its own, which nothing was kept of."""
    find, run = {
        "firefox": (firefox_path, run_firefox),
        "webkit": (webkit_path, run_webkit),
    }[request.param]
    binary = find()
    if binary is None:
        pytest.skip(f"{request.param} is not installed; on Debian, `make browsers` does that")
    with run(binary, tmp_path_factory.mktemp(request.param)) as driver:
        yield driver


@pytest.fixture
def served(site: ServedSite) -> Iterator[Host]:
    with host(site.folder) as served:
        yield served


def wait_for_answer(driver: Driver, typed: str = "") -> dict[str, float]:
    return driver.wait_for(ANSWER, typed)


def compare(found: dict[str, float], expected: np.ndarray, atol: float) -> None:
    np.testing.assert_allclose([*found.values()], expected, atol=atol)


def test_precomputed_captions_are_answered_without_the_encoder(
    driver: Driver, served: Host, site: ServedSite
):
    served.hangs_up = lambda url: "worker" in url
    driver.goto(f"{served.url}#image=kitten")
    found = wait_for_answer(driver)
    assert {*found} == {*example_prompts(site.manifest, "kitten")}
    compare(found, expected_probabilities(site, "kitten", [*found]), atol=1e-3)


def test_a_typed_caption_has_the_probability_that_jax_gives(
    driver: Driver, served: Host, site: ServedSite
):
    driver.goto(f"{served.url}#image=kitten")
    driver.type(BOX, TYPED)
    found = wait_for_answer(driver, TYPED)
    compare(found, expected_probabilities(site, "kitten", [*found]), atol=1e-3)
    assert driver.evaluate("() => all('lit-demo-app')[0].dataset.backend") == "wasm"


def test_a_picture_of_the_visitors_own_is_read(driver: Driver, served: Host):
    file = DATA / "images" / "teacup.jpg"
    driver.goto(served.url)
    driver.type("lit-demo-own-picture input[type=file]", str(file))
    driver.click("lit-demo-own-picture button.primary")
    driver.wait_for("() => all('article[aria-label=\"Your picture\"]').length")
    for text in CAPTIONS:
        driver.type(BOX, f"{text}\n")
    driver.wait_for("(count) => all('lit-demo-prompt').length > count", len(CAPTIONS))
    found = wait_for_answer(driver, CAPTIONS[-1])
    compare(
        {text: found[text] for text in CAPTIONS}, expected_of_own(file, "mini-tiny"), atol=0.05
    )


def test_a_visited_page_opens_without_a_network(driver: Driver, served: Host):
    driver.goto(served.url)
    driver.type(BOX, TYPED)
    before = wait_for_answer(driver, TYPED)
    driver.wait_for(KEPT)
    served.hangs_up = lambda url: True
    driver.goto(f"{served.url}?again")
    driver.type(BOX, TYPED)
    assert wait_for_answer(driver, TYPED) == before


def test_integer_products_are_those_of_chromium(driver: Driver, browser: Browser, served: Host):
    driver.goto(f"{served.url}lit.d.ts")
    page = browser.new_page()
    shape = (5, 768, 24)
    expected = page.evaluate(MULTIPLY, [find_binary("SIMD"), 0, *shape])
    page.close()
    assert driver.evaluate(MULTIPLY, [find_binary("SIMD"), 0, *shape]) == expected
    relaxed = find_binary("RELAXED_SIMD")
    validate = "(binary) => WebAssembly.validate(Uint8Array.from(atob(binary), (c) => c.charCodeAt(0)))"
    if driver.evaluate(validate, relaxed):
        assert driver.evaluate(MULTIPLY, [relaxed, 0, *shape]) == expected


def test_the_output_of_a_function_follows_its_slider(driver: Driver, function_site: Path):
    with host(function_site) as served:
        driver.goto(served.url)
        output = "(text) => all('output')[0]?.textContent.trim() === text"
        driver.wait_for(output, "3")
        # The arrow to the right, as WebDriver writes it.
        driver.type("input[type=range]", "\ue014")
        driver.wait_for(output, "3.1")


def test_lit_js_answers_on_a_page_of_another_origin(driver: Driver, served: Host, site: ServedSite):
    driver.goto(f"{served.url}lit.d.ts")
    answer = driver.evaluate(PROBABILITIES, [f"{site.url}lit.mjs", None])
    best = [max(range(3), key=row.__getitem__) for row in answer["similarities"]]
    assert best == [0, 1, 2]
    assert answer["probabilities"] == answer["byId"]
