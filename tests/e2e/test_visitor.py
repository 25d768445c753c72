"""What a visitor does with a demo, in Chromium."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageColor
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.e2e.accessibility import find_violations
from tests.e2e.conftest import IMAGES, ServedSite
from tests.e2e.demo_page import (
    ask,
    card_of,
    example_prompts,
    expected_probabilities,
    model_choice,
    texts_of,
    wait_for_answer,
    zimg_of,
)

OpenDemo = Callable[..., Page]


def choose(page: Page, site: ServedSite, image_id: str) -> Locator:
    """Choose a picture in the carousel; it takes the place of the last one."""
    (image,) = [image for image in site.manifest.images if image.id == image_id]
    page.locator("lit-demo-carousel").get_by_role("button", name=image.description).click()
    return card_of(page)


def answers_of(card: Locator) -> dict[str, float]:
    """The probability of each caption."""
    found = wait_for_answer(card)
    return dict(zip(texts_of(card), found, strict=True))


def hold_back_encoder(context: BrowserContext, site: ServedSite) -> list[Route]:
    """Keep every request for an encoder waiting; the routes can be let go later."""
    held: list[Route] = []
    encoders = [model.encoder for model in site.manifest.models if model.encoder]
    weights = {file.url for encoder in encoders for file in encoder.weights}
    context.route(
        lambda url: any(url.endswith(name) for name in weights), lambda route: held.append(route)
    )
    return held


def test_precomputed_prompts_are_answered_before_the_encoder_has_loaded(
    open_demo: OpenDemo, context: BrowserContext, site: ServedSite
):
    hold_back_encoder(context, site)
    page = open_demo(f"#image={IMAGES[0]}")
    for image_id in IMAGES:
        card = card_of(page) if image_id == IMAGES[0] else choose(page, site, image_id)
        answer = wait_for_answer(card)
        assert set(texts_of(card)) == set(example_prompts(site.manifest, image_id))
        assert answer == sorted(answer, reverse=True)
        np.testing.assert_allclose(
            answer, expected_probabilities(site, image_id, texts_of(card)), atol=1e-3
        )
    assert page.locator("lit-demo-app").get_attribute("data-encoder") != "ready"


@pytest.mark.parametrize(
    "typed",
    [
        "a small cat with a toy",
        "Ein Kätzchen, 猫 and 🐈‍⬛",
        "THE  EIFFEL\u3000TOWER",
        '<img src=x onerror=alert(1)> & "quotes", and far beyond what sixteen tokens can hold',
    ],
)
def test_a_typed_prompt_has_the_probability_that_jax_gives(
    open_demo: OpenDemo, site: ServedSite, typed: str
):
    page = open_demo(f"#image={IMAGES[0]}")
    card = card_of(page)
    ask(card, typed)
    answer = wait_for_answer(card)
    assert typed in texts_of(card)
    assert sum(answer) == pytest.approx(1, abs=1e-6)
    expected = expected_probabilities(site, IMAGES[0], texts_of(card))
    # The weights that are shipped have eight bits.
    np.testing.assert_allclose(answer, expected, atol=5e-3)


def test_a_caption_in_the_box_is_answered_while_it_is_typed(open_demo: OpenDemo, site: ServedSite):
    page = open_demo(f"#image={IMAGES[0]}")
    card = card_of(page)
    wait_for_answer(card)
    box = card.get_by_role("textbox", name="Your caption")
    box.press_sequentially("a cat with a toy")
    examples = texts_of(card)[:-1]
    expect(card.locator("lit-demo-prompt[data-probability]")).to_have_count(6)
    answer = wait_for_answer(card)
    assert texts_of(card) == [*examples, "a cat with a toy"]
    expected = expected_probabilities(site, IMAGES[0], texts_of(card))
    np.testing.assert_allclose(answer, expected, atol=5e-3)
    # Enter makes it one of the captions; the box, still with the focus, is free for the next.
    page.keyboard.press("Enter")
    expect(box).to_have_value("")
    page.keyboard.type("a dog")
    expect(card.locator("lit-demo-prompt[data-probability]")).to_have_count(7)
    assert wait_for_answer(card)[:6] == sorted(wait_for_answer(card)[:6], reverse=True)


def test_a_picture_comes_back_with_what_was_typed_for_it(open_demo: OpenDemo, site: ServedSite):
    page = open_demo(f"#image={IMAGES[0]}")
    ask(card_of(page), "my own words")
    wait_for_answer(card_of(page))
    before = texts_of(card_of(page))
    choose(page, site, IMAGES[1])
    expect(page.locator("lit-demo-card")).to_have_count(1)
    assert "my own words" not in texts_of(card_of(page))
    choose(page, site, IMAGES[0])
    assert texts_of(card_of(page)) == before


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 640), (1280, 800)])
def test_the_first_screen_is_the_answer_and_nothing_moves(
    open_demo: OpenDemo, page: Page, width: int, height: int
):
    page.set_viewport_size({"width": width, "height": height})
    page.add_init_script(SHIFTS)
    open_demo()
    card = card_of(page)
    wait_for_answer(card)
    box = card.get_by_role("textbox", name="Your caption").bounding_box()
    picture = card.locator("lit-demo-picture img").bounding_box()
    assert box is not None
    assert picture is not None
    assert picture["y"] > 0
    assert box["y"] + box["height"] <= height
    assert page.evaluate("shifts") == []


SHIFTS = """
  window.shifts = [];
  new PerformanceObserver((list) => shifts.push(...list.getEntries().map((e) => e.value)))
    .observe({ type: 'layout-shift', buffered: true });
"""


def test_blank_prompts_take_no_part(open_demo: OpenDemo, site: ServedSite):
    page = open_demo(f"#image={IMAGES[0]}")
    card = card_of(page)
    wait_for_answer(card)
    card.get_by_role("textbox").nth(1).fill("   ")
    expect(card.locator("lit-demo-prompt[data-probability]")).to_have_count(4)
    kept = texts_of(card)
    assert len(kept) == 4
    np.testing.assert_allclose(
        wait_for_answer(card), expected_probabilities(site, IMAGES[0], kept), atol=1e-3
    )
    # Once the visitor is elsewhere, it is gone.
    card.get_by_role("textbox", name="Your caption").focus()
    expect(card.locator("lit-demo-prompt")).to_have_count(5)


def test_another_model_gives_its_own_answers(open_demo: OpenDemo, site: ServedSite):
    page = open_demo(f"#image={IMAGES[0]}")
    card = card_of(page)
    first = wait_for_answer(card)
    model_choice(page, site.manifest.models[1]).check()
    expect(card.locator("lit-demo-prompt").first).not_to_have_attribute(
        "data-probability", str(first[0])
    )
    found = wait_for_answer(card)
    second = expected_probabilities(site, IMAGES[0], texts_of(card), model_index=1)
    assert np.abs(np.array(first) - second).max() > 1e-3
    np.testing.assert_allclose(found, second, atol=1e-3)


def test_a_share_link_restores_model_pictures_and_prompts(open_demo: OpenDemo, site: ServedSite):
    model = site.manifest.models[1]
    page = open_demo(f"#model={model.id}&image={IMAGES[0]}")
    wait_for_answer(card_of(page))
    card_of(page).get_by_role("button", name="Side by side").click()
    choose(page, site, IMAGES[1])
    card = card_of(page, 1)
    ask(card, "a bison & a “friend” #1 = ünïcode 🦬")
    before = [answers_of(card_of(page, n)) for n in (0, 1)]
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    page.locator("lit-demo-card").first.wait_for()
    after = [answers_of(card_of(page, n)) for n in (0, 1)]
    assert after == [pytest.approx(answers, abs=1e-6) for answers in before]
    expect(model_choice(page, model)).to_be_checked()


def test_a_link_to_what_is_not_there_warns(open_demo: OpenDemo):
    page = open_demo("#model=none&image=unicorn&prompt=a+unicorn")
    expect(page.locator("lit-demo-messages")).to_contain_text("unicorn")
    assert len(wait_for_answer(card_of(page))) == 5


def test_everything_works_with_the_keyboard_alone(open_demo: OpenDemo, site: ServedSite):
    page = open_demo(f"#image={IMAGES[0]}")
    wait_for_answer(card_of(page))

    def focus_next(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if name in page.evaluate(DEEP_FOCUS):
                return
        raise AssertionError(f"Tab does not reach {name}")

    focus_next(f"image: {site.manifest.images[0].description[:20]}")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    chosen = site.manifest.images[1]
    card = card_of(page)
    expect(card).to_contain_text(f"Photo: {chosen.credit.author}")
    assert set(texts_of(card)) == {prompt.text for prompt in chosen.prompts}
    replaced = texts_of(card)[0]
    focus_next("Caption 1")
    page.keyboard.press("Control+A")
    page.keyboard.type("something else")
    page.keyboard.press("Enter")
    expect(card.locator("lit-demo-prompt[data-probability]")).to_have_count(5)
    answer = wait_for_answer(card)
    assert "something else" in texts_of(card)
    assert replaced not in texts_of(card)
    np.testing.assert_allclose(
        answer, expected_probabilities(site, chosen.id, texts_of(card)), atol=5e-3
    )
    assert "Caption" in page.evaluate(DEEP_FOCUS), "the focus stays where the visitor typed"


DEEP_FOCUS = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  const image = element?.querySelector?.('img');
  return `${element?.getAttribute?.('aria-label') ?? ''} image: ${image?.alt ?? ''} ` +
    (element?.textContent ?? '');
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_is_accessible_and_fits(open_demo: OpenDemo, page: Page, scheme: str, width: int):
    page.emulate_media(color_scheme=scheme)  # pyright: ignore[reportArgumentType]
    page.set_viewport_size({"width": width, "height": 800})
    open_demo()
    wait_for_answer(card_of(page))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert find_violations(page) == []


def test_without_javascript_pictures_prompts_and_credits_are_there(
    browser: Browser, site: ServedSite
):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url)
    for image in site.manifest.images:
        expect(page.get_by_alt_text(image.description)).to_have_count(1)
        text = page.locator("lit-demo-app").inner_text()
        assert image.prompts[0].text in text
        assert f"Photo: {image.credit.author}" in text
    shares = page.locator("article .value").all_inner_texts()
    assert shares[0].endswith("%")
    assert len(shares) == len(site.manifest.images[0].prompts)
    context.close()


def test_what_the_page_shows_first_is_what_its_script_says(
    browser: Browser, open_demo: OpenDemo, site: ServedSite
):
    context = browser.new_context(java_script_enabled=False)
    still = context.new_page()
    still.goto(site.url)
    rows = ("article .text", "article .value")
    before = [still.locator("lit-demo-app").locator(row).all_inner_texts() for row in rows]
    context.close()
    card = card_of(open_demo())
    wait_for_answer(card)
    values = card.locator(".caption:not(.draft) .value").all_inner_texts()
    assert [texts_of(card), [value.split()[-1] for value in values]] == [before[0][:-1], before[1]]


def test_pictures_are_found_by_a_sentence_and_by_likeness(open_demo: OpenDemo, site: ServedSite):
    page = open_demo(f"#image={IMAGES[0]}")
    wait_for_answer(card_of(page))
    order = page.locator("lit-demo-carousel img")
    descriptions = {image.id: image.description for image in site.manifest.images}
    page.get_by_label("Find pictures by a sentence").fill("a tall iron tower in paris")
    expect(order.first).to_have_attribute("alt", descriptions["eiffel-tower"])
    expect(page.locator("lit-demo-finder")).to_contain_text("Best fit first")
    choose(page, site, "eiffel-tower")
    expect(card_of(page)).to_have_attribute("data-state", "current")
    page.locator("lit-demo-finder").get_by_role("button", name="Clear").click()
    expect(order.first).to_have_attribute("alt", site.manifest.images[0].description)
    card_of(page).get_by_role("button", name="More like this").click()
    model = site.manifest.models[0]
    own = zimg_of(site, model, "eiffel-tower")
    nearest = sorted(IMAGES, key=lambda name: -float(own @ zimg_of(site, model, name)))
    assert [image.get_attribute("alt") for image in order.all()] == [
        descriptions[name] for name in nearest
    ]


def test_back_goes_through_what_was_shown_and_what_was_removed_can_come_back(
    open_demo: OpenDemo, site: ServedSite
):
    page = open_demo(f"#image={IMAGES[0]}")
    ask(card_of(page), "my own words")
    wait_for_answer(card_of(page))
    page.keyboard.press("Enter")
    card_of(page).get_by_role("button", name="Reset").click()
    assert "my own words" not in texts_of(card_of(page))
    page.locator("lit-demo-messages").get_by_role("button", name="Undo").click()
    assert "my own words" in texts_of(card_of(page))
    before = answers_of(card_of(page))
    expect(page).to_have_url(re.compile("my"))
    choose(page, site, IMAGES[1])
    expect(page).to_have_url(re.compile(IMAGES[1]))
    page.go_back()
    expect(card_of(page)).to_contain_text(f"Photo: {site.manifest.images[0].credit.author}")
    assert answers_of(card_of(page)) == pytest.approx(before, abs=1e-6)
    page.go_forward()
    expect(card_of(page)).to_contain_text(f"Photo: {site.manifest.images[1].credit.author}")


def test_a_page_that_is_loaded_again_has_what_was_typed_answered_or_not(
    open_demo: OpenDemo, context: BrowserContext, site: ServedSite
):
    # The encoder never comes.
    context.route("**/weights-*.bin", lambda route: None)
    page = open_demo(f"#image={IMAGES[0]}")
    expect(card_of(page).locator("lit-demo-prompt[data-probability]").first).to_be_visible()
    ask(card_of(page), "typed and left")
    choose(page, site, IMAGES[1])
    ask(card_of(page), "typed and not answered")
    expect(page).not_to_have_url(re.compile("typed"))
    page.reload()
    expect(page.locator("lit-demo-card")).to_have_count(1)
    assert texts_of(card_of(page))[-1] == "typed and not answered"
    choose(page, site, IMAGES[0])
    assert texts_of(card_of(page))[-1] == "typed and left"
    # A link that is opened says itself what it shows.
    page.goto("about:blank")
    open_demo(f"#image={IMAGES[1]}")
    assert "typed and not answered" not in texts_of(card_of(page))


def test_an_answer_is_saved_as_an_image(open_demo: OpenDemo, page: Page):
    page.add_init_script("delete window.ClipboardItem")
    open_demo(f"#image={IMAGES[0]}")
    card = card_of(page)
    answer = wait_for_answer(card)
    with page.expect_download() as download:
        card.get_by_role("button", name="Copy as image").click()
    expect(card.locator("lit-demo-snapshot")).to_contain_text("Saved.")
    assert download.value.suggested_filename == f"{IMAGES[0]}.png"
    with Image.open(download.value.path()) as image:
        drawn = np.asarray(image.convert("RGB")).astype(int)
    assert drawn.shape[1] == 1080
    accent = page.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--accent')"
    )
    like_accent = np.abs(drawn - ImageColor.getrgb(accent)).max(2) <= 2
    # The longest run of the accent's colour is the bar of the best caption.
    longest = max(int(row.sum()) for row in like_accent[1080:])
    assert longest == pytest.approx(answer[0] * (1080 - 2 * 48), abs=16)
