"""The page in Firefox, and in WebKitGTK, which has Safari's engine: what a visitor does first."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import DATA, ServedSite
from tests.e2e.demo_page import ask, card_of, example_prompts, expected_probabilities
from tests.e2e.demo_page import wait_for_answer as wait_for_chromium
from tests.e2e.host import Host, host
from tests.e2e.test_int8_kernels import MULTIPLY, find_binary
from tests.e2e.test_library import PROBABILITIES
from tests.e2e.test_own_picture import CAPTIONS
from tests.e2e.test_own_picture import expected_probabilities as expected_of_own
from tests.e2e.webdriver import Driver

BOX = 'textarea[aria-label="Your caption"]'
TYPED = "a small cat with a toy"

# Keys, as WebDriver writes them.
ENTER = "\ue007"
ARROW_RIGHT = "\ue014"

# The captions that are shown with their probabilities, once all are there with what was typed.
ANSWER = """(typed) => {
  if (all('lit-demo-card')[0]?.dataset.state !== 'current') return null;
  const prompts = all('lit-demo-card >> lit-demo-prompt[data-probability]');
  const answer = prompts.map(({ text, dataset }) => [text, Number(dataset.probability)]);
  return answer.some(([text]) => !typed || text === typed) && Object.fromEntries(answer);
}"""

KEPT = """async () => {
  const cacheName = `lit-demo ${new URL('.', location).href}`;
  return Boolean(await caches.match('manifest.json', { cacheName }));
}"""


VALIDATE = """
(binary) => WebAssembly.validate(Uint8Array.from(atob(binary), (c) => c.charCodeAt(0)))
"""
SHAPE = (5, 768, 24)
"""Rows, and the sides of the matrix that they are multiplied by."""


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
    encoder = site.manifest.models[0].encoder
    assert encoder
    served.hangs_up = lambda url: url in {file.url for file in encoder.weights}
    driver.goto(f"{served.url}#image=kitten")
    found = wait_for_answer(driver)
    assert {*found} == {*example_prompts(site.manifest, "kitten")}
    compare(found, expected_probabilities(site, "kitten", [*found]), atol=1e-3)


def test_a_typed_caption_has_the_probability_that_jax_gives(
    driver: Driver, served: Host, site: ServedSite, open_demo: Callable[..., Page]
):
    driver.goto(f"{served.url}#image=kitten")
    driver.type(BOX, TYPED)
    found = wait_for_answer(driver, TYPED)
    # The weights that are shipped have eight bits.
    compare(found, expected_probabilities(site, "kitten", [*found]), atol=5e-3)
    card = card_of(open_demo("#image=kitten"))
    ask(card, TYPED)
    in_chromium = wait_for_chromium(card)
    assert sorted(found.values()) == pytest.approx(sorted(in_chromium), abs=1e-5)
    assert driver.evaluate("() => all('lit-demo-app')[0].dataset.backend") == "wasm"


def test_a_picture_of_the_visitors_own_is_read(driver: Driver, served: Host):
    file = DATA / "images" / "teacup.jpg"
    driver.goto(served.url)
    driver.type("lit-demo-own-picture >> input[type=file]", str(file))
    driver.click("lit-demo-own-picture >> button.primary")
    driver.wait_for("() => all('article[aria-label=\"Your picture\"]').length")
    for text in CAPTIONS:
        driver.type(BOX, text)
        wait_for_answer(driver, text)
        driver.type(BOX, ENTER)
        driver.wait_for("(box) => all(box)[0]?.value === ''", BOX)
    found = wait_for_answer(driver, CAPTIONS[-1])
    compare({text: found[text] for text in CAPTIONS}, expected_of_own(file, "mini-tiny"), atol=0.05)


def test_a_visited_page_opens_without_a_network(driver: Driver, served: Host):
    driver.goto(served.url)
    driver.type(BOX, TYPED)
    before = wait_for_answer(driver, TYPED)
    driver.wait_for(KEPT)
    served.hangs_up = lambda url: True
    driver.goto(f"{served.url}?again")
    driver.type(BOX, TYPED)
    assert wait_for_answer(driver, TYPED) == before


@pytest.mark.parametrize("variant", ["SIMD", "RELAXED_SIMD"])
def test_integer_products_are_those_of_chromium(
    driver: Driver, browser: Browser, served: Host, variant: str
):
    driver.goto(f"{served.url}lit.d.ts")
    if not driver.evaluate(VALIDATE, find_binary(variant)):
        pytest.skip(f"{variant} is not in this browser")
    found = driver.evaluate(MULTIPLY, [find_binary(variant), 0, *SHAPE])
    page = browser.new_page()
    assert found == page.evaluate(MULTIPLY, [find_binary("SIMD"), 0, *SHAPE])
    page.close()


def test_the_output_of_a_function_follows_its_slider(driver: Driver, function_site: Path):
    with host(function_site) as served:
        driver.goto(served.url)
        output = "(text) => all('output')[0]?.textContent.trim() === text"
        driver.wait_for(output, "3")
        driver.type("lit-demo-sliders >> div:nth-child(2) > input[type=range]", ARROW_RIGHT)
        driver.wait_for(output, "3.1")


def test_lit_js_answers_on_a_page_of_another_origin(driver: Driver, served: Host, site: ServedSite):
    driver.goto(f"{served.url}lit.d.ts")
    answer = driver.evaluate(PROBABILITIES, [f"{site.url}lit.mjs", None])
    best = [max(range(3), key=row.__getitem__) for row in answer["similarities"]]
    assert best == [0, 1, 2]
    assert answer["probabilities"] == answer["byId"]
