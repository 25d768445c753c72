"""What a visitor does with a demo, in Chromium."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from builder.embedding.embed import Rows
from builder.manifest import SoftmaxScoring
from builder.models.load import load_model
from builder.spec.models import ModelSpec
from tests.e2e.accessibility import find_violations
from tests.e2e.conftest import IMAGES, ServedSite
from tests.e2e.demo_page import (
    card_of,
    example_prompts,
    model_choice,
    texts_of,
    wait_for_answer,
    zimg_of,
)

OpenDemo = Callable[..., Page]


def expected_probabilities(
    site: ServedSite, image_id: str, prompts: Sequence[str], model_index: int = 0
) -> Rows:
    """What JAX says, from the text tower itself and not from anything exported."""
    model = site.manifest.models[model_index]
    source = load_model(ModelSpec(name=model.id))
    assert isinstance(source.scoring, SoftmaxScoring)
    ztxt = source.text_tower(source.tokenizer(prompts))
    logits = source.scoring.scale * (ztxt @ zimg_of(site, model, image_id))
    exp = np.exp(logits - logits.max())
    return exp / exp.sum()


def choose(page: Page, site: ServedSite, image_id: str) -> Locator:
    """Choose a picture in the carousel; its card comes first."""
    (image,) = [image for image in site.manifest.images if image.id == image_id]
    page.locator("lit-demo-carousel").get_by_role("button", name=image.description).click()
    return card_of(page)


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
        prompts = example_prompts(site.manifest, image_id)
        assert texts_of(card) == prompts
        answer = wait_for_answer(card)
        np.testing.assert_allclose(
            answer, expected_probabilities(site, image_id, prompts), atol=1e-3
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
    card.get_by_role("textbox").first.fill(typed)
    card.get_by_role("button", name="Compute").click()
    answer = wait_for_answer(card)
    prompts = [typed, *example_prompts(site.manifest, IMAGES[0])[1:]]
    assert sum(answer) == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(answer, expected_probabilities(site, IMAGES[0], prompts), atol=1e-3)


def test_blank_prompts_take_no_part(open_demo: OpenDemo, site: ServedSite):
    page = open_demo(f"#image={IMAGES[0]}")
    card = card_of(page)
    prompts = example_prompts(site.manifest, IMAGES[0])
    card.get_by_role("textbox").nth(1).fill("   ")
    card.get_by_role("button", name="Compute").click()
    answer = wait_for_answer(card)
    assert np.isnan(answer[1])
    kept = [prompts[0], *prompts[2:]]
    np.testing.assert_allclose(
        [answer[0], *answer[2:]], expected_probabilities(site, IMAGES[0], kept), atol=1e-3
    )


def test_another_model_gives_its_own_answers(open_demo: OpenDemo, site: ServedSite):
    page = open_demo(f"#image={IMAGES[0]}")
    card = card_of(page)
    first = wait_for_answer(card)
    model_choice(page, site.manifest.models[1]).check()
    prompts = example_prompts(site.manifest, IMAGES[0])
    second = expected_probabilities(site, IMAGES[0], prompts, model_index=1)
    assert np.abs(np.array(first) - second).max() > 1e-3
    expect(card.locator("lit-demo-prompt").first).not_to_have_attribute(
        "data-probability", str(first[0])
    )
    np.testing.assert_allclose(wait_for_answer(card), second, atol=1e-3)


def test_a_share_link_restores_model_pictures_and_prompts(open_demo: OpenDemo, site: ServedSite):
    model = site.manifest.models[1]
    page = open_demo(f"#model={model.id}&image={IMAGES[0]}")
    choose(page, site, IMAGES[1])
    card = card_of(page)
    card.get_by_role("textbox").first.fill("a bison & a “friend” #1 = ünïcode 🦬")
    card.get_by_role("button", name="Compute").click()
    before = [(texts_of(card_of(page, n)), wait_for_answer(card_of(page, n))) for n in (0, 1)]
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    page.locator("lit-demo-card").first.wait_for()
    after = [(texts_of(card_of(page, n)), wait_for_answer(card_of(page, n))) for n in (0, 1)]
    assert [texts for texts, _ in after] == [texts for texts, _ in before]
    np.testing.assert_allclose([a for _, a in after], [a for _, a in before], atol=1e-6)
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
    expect(page.locator("lit-demo-card")).to_have_count(2)
    card = card_of(page)
    assert texts_of(card) == [prompt.text for prompt in chosen.prompts]
    focus_next("Prompt 1")
    page.keyboard.press("Control+A")
    page.keyboard.type("something else")
    page.keyboard.press("Enter")
    prompts = ["something else", *(prompt.text for prompt in chosen.prompts[1:])]
    np.testing.assert_allclose(
        wait_for_answer(card), expected_probabilities(site, chosen.id, prompts), atol=1e-3
    )


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
        text = page.locator(".plain").inner_text()
        assert image.prompts[0].text in text
        assert f"Photo: {image.credit.author}." in text
    context.close()
