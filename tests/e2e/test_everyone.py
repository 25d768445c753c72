"""What a demo is for visitors who see, hear, point or read in their own way, in Chromium."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import IMAGES
from tests.e2e.demo_page import card_of, foot, wait_for_answer

OpenDemo = Callable[..., Page]

LISTEN = """(status) => {
  window.said = [status.textContent.trim()];
  new MutationObserver(() => said.push(status.textContent.trim()))
    .observe(status, { childList: true, characterData: true, subtree: true });
}"""


def test_each_answer_is_read_out_once(open_demo: OpenDemo):
    page = open_demo(f"#image={IMAGES[0]}")
    card = card_of(page)
    wait_for_answer(card)
    status = card.locator("[role=status].visually-hidden")
    status.evaluate(LISTEN)
    box = card.get_by_role("textbox", name="Your caption")
    for word in ("kitten", " kitten", " with a soft toy"):
        box.press_sequentially(word)
        expect(card).to_have_attribute("data-state", "stale")
        wait_for_answer(card)
    said = page.evaluate("said")
    assert said[0].startswith("Best match: ")
    assert all(said), "what was said stays until there is news"
    assert all(before != after for before, after in pairwise(said))
    assert said[-1] == status.inner_text()


# 1280 x 1024 at 200 % and at 400 %.
@pytest.mark.parametrize(("width", "height"), [(640, 512), (320, 256)])
def test_nothing_is_cut_where_the_page_is_zoomed(
    open_demo: OpenDemo, page: Page, width: int, height: int
):
    page.set_viewport_size({"width": width, "height": height})
    open_demo()
    card = card_of(page)
    wait_for_answer(card)
    foot(page).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(FIND_CUT) == []
    box = card.get_by_role("textbox", name="Your caption")
    box.focus()
    expect(box).to_be_in_viewport()


# Texts that are wider than what holds them, and elements beyond the page's edge.
FIND_CUT = """() => {
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (!element.checkVisibility() || element.closest('.visually-hidden, .strip')) continue;
      const { right, left, width } = element.getBoundingClientRect();
      const beyond = width > 0 && (left < -1 || right > innerWidth + 1);
      const cut = getComputedStyle(element).overflowX !== 'visible' &&
        element.scrollWidth > element.clientWidth + 1;
      if (beyond || cut) found.push(`${element.localName}.${element.className}`);
    }
  };
  walk(document.querySelector('lit-demo-app'));
  return found;
}"""


@pytest.mark.parametrize("width", [320, 1280])
def test_what_is_pressed_is_at_least_44_pixels_large(open_demo: OpenDemo, page: Page, width: int):
    page.set_viewport_size({"width": width, "height": 800})
    open_demo("#image=none")
    card = card_of(page)
    wait_for_answer(card)
    card.get_by_role("button", name="Side by side").click()
    foot(page).click()
    page.locator("lit-demo-messages button").wait_for()
    assert page.evaluate(FIND_SMALL) == []


# Links in running text may be as small as that is; a box to tick counts with its label.
FIND_SMALL = """() => {
  const found = [];
  const walk = (root) => {
    const pressed = 'button, a, select, summary, label, textarea, ' +
      'input:not([type=checkbox], [type=radio])';
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (!element.matches(pressed) || !element.checkVisibility()) continue;
      if (element.matches('p:not(.links) a, dd a')) continue;
      const { width, height } = element.getBoundingClientRect();
      const inLabel = element.closest('label') !== null && element.localName !== 'label';
      if (width >= 44 && height >= 44) continue;
      if (!inLabel && element.checkVisibility({ visibilityProperty: true })) {
        found.push(`${element.localName} ${element.textContent.trim()} ${width} ${height}`);
      }
    }
  };
  walk(document.querySelector('lit-demo-app'));
  return found;
}"""


def test_bars_and_the_focus_are_seen_in_forced_colours(open_demo: OpenDemo, page: Page):
    page.emulate_media(forced_colors="active")
    open_demo()
    card = card_of(page)
    wait_for_answer(card)
    colours = card.evaluate(
        """(card) => {
          const prompts = [...card.shadowRoot.querySelectorAll('lit-demo-prompt')].slice(0, 2);
          const [best, other] = prompts.map((prompt) => prompt.shadowRoot.querySelector('rect'));
          return [best, other, document.body].map((element, i) =>
            getComputedStyle(element)[i < 2 ? 'fill' : 'color']);
        }"""
    )
    page_colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert page_colour not in colours
    assert colours[0] != colours[1], "the best stands out"
    for name in ("Caption 1", "Your caption"):
        box = card.get_by_role("textbox", name=name)
        box.focus()
        assert box.evaluate(
            """(box) => [box, box.parentElement]
              .some((element) => getComputedStyle(element).outlineStyle !== 'none')"""
        )
    for control in (page.get_by_role("button", name="More like this"), foot(page)):
        control.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert control.evaluate("(e) => getComputedStyle(e).outlineStyle") != "none"


def test_an_answer_is_printed_without_what_cannot_be_used_on_paper(open_demo: OpenDemo, page: Page):
    page.emulate_media(color_scheme="dark")
    open_demo()
    card = card_of(page)
    wait_for_answer(card)
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("h1")).to_be_visible()
    expect(card.locator("lit-demo-picture img")).to_be_visible()
    for part in (".value", "svg.bar"):
        expect(card.locator(f".caption:not(.draft) {part}").first).to_be_visible()
    for hidden in ("lit-demo-carousel", ".foot", ".tools", ".caption.draft"):
        expect(page.locator(hidden).first).to_be_hidden()
    # White paper, whatever the screen.
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert background == "rgb(245, 243, 238)"
