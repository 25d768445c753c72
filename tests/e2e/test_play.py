"""Ways to play with a demo, and what it says of what it cannot know, in Chromium."""

import re
from collections.abc import Callable

import numpy as np
from playwright.sync_api import BrowserContext, Page, expect

from builder.manifest import SoftmaxScoring
from builder.models.load import load_model
from builder.spec.models import ModelSpec
from tests.e2e.accessibility import find_violations
from tests.e2e.conftest import IMAGES, ServedSite
from tests.e2e.demo_page import ask, card_of, example_prompts, texts_of, wait_for_answer, zimg_of

OpenDemo = Callable[..., Page]


def test_a_set_of_captions_is_answered_without_the_encoder(
    open_demo: OpenDemo, context: BrowserContext, site: ServedSite
):
    encoder = site.manifest.models[0].encoder
    assert encoder is not None
    context.route(lambda url: url.endswith(encoder.weights[0].url), lambda route: None)
    page = open_demo(f"#image={IMAGES[0]}")
    card = card_of(page)
    wait_for_answer(card)
    sets = card.get_by_role("combobox", name="Set of captions")
    chosen = site.manifest.prompt_sets[1]
    sets.select_option(chosen.name)
    texts = re.compile("|".join(re.escape(prompt.text) for prompt in chosen.prompts))
    expect(card.get_by_role("textbox", name="Caption 1")).to_have_value(texts)
    answer = wait_for_answer(card)
    assert set(texts_of(card)) == {prompt.text for prompt in chosen.prompts}
    assert answer == sorted(answer, reverse=True)
    assert find_violations(page) == []
    # The address restores it, and the list brings the picture's own captions back.
    page.reload()
    expect(sets).to_have_value(chosen.name)
    sets.select_option(label="The picture’s own")
    expect(sets).to_have_value("")
    assert set(texts_of(card)) == set(example_prompts(site.manifest, IMAGES[0]))


def test_the_words_of_a_list_have_the_shares_that_jax_gives(open_demo: OpenDemo, site: ServedSite):
    page = open_demo(f"#image={IMAGES[0]}")
    card = card_of(page)
    examples = wait_for_answer(card)
    ask(card, "a photo of a {}")
    page.keyboard.press("Enter")
    words = ["kitten", "dog", "bison", *(f"word {i}" for i in range(20))]
    expect(card.get_by_role("textbox", name="Words for {}")).to_be_focused()
    page.keyboard.insert_text("\n".join(words))
    classes = card.locator("lit-demo-classes")
    expect(classes.get_by_text("Top 10 of 23")).to_be_visible()
    # The sentence itself is no caption.
    assert wait_for_answer(card) == examples
    shown = classes.locator("li .text").all_inner_texts()
    shares = [
        float(text.strip("<>%")) / 100 for text in classes.locator(".value").all_inner_texts()
    ]
    source = load_model(ModelSpec(name=site.manifest.models[0].id))
    assert isinstance(source.scoring, SoftmaxScoring)
    ztxt = source.text_tower(source.tokenizer([f"a photo of a {word}" for word in words]))
    logits = source.scoring.scale * (ztxt @ zimg_of(site, site.manifest.models[0], IMAGES[0]))
    expected = np.exp(logits - logits.max())
    expected /= expected.sum()
    assert len(shown) == len(shares) == 10
    for word, share in zip(shown, shares, strict=True):
        # Weights of eight bits, and shares as people read them.
        assert abs(share - expected[words.index(word)]) < 0.02, word
    assert find_violations(page) == []


def test_words_that_are_not_read_are_greyed_and_said(open_demo: OpenDemo):
    page = open_demo(f"#image={IMAGES[0]}")
    card = card_of(page)
    read = "a small tabby cat with white paws that plays with a big ball"
    ask(card, f"{read} of dark wool on a pink towel")
    wait_for_answer(card)
    expect(card.locator(".unread")).to_have_text("of dark wool on a pink towel")
    box = card.get_by_role("textbox", name="Your caption")
    expect(box).to_have_accessible_description(
        "Too long: the model did not read “of dark wool on a pink towel”."
    )
    assert find_violations(page) == []
    ask(card, read)
    wait_for_answer(card)
    expect(card.locator(".unread")).to_have_count(0)


def test_a_script_that_the_model_does_not_know_is_said(open_demo: OpenDemo):
    page = open_demo(f"#image={IMAGES[0]}")
    card = card_of(page)
    ask(card, "котёнок")
    wait_for_answer(card)
    expect(card.get_by_text("This model was trained on English.")).to_be_visible()


def test_it_is_shown_which_words_matter(open_demo: OpenDemo):
    page = open_demo(f"#image={IMAGES[0]}")
    card = card_of(page)
    wait_for_answer(card)
    card.get_by_role("button", name="Which words matter?").click()
    words = card.get_by_role("group", name="What each word adds")
    expect(words).to_have_count(5)
    kitten = words.filter(has_text="kitten").locator(".word", has_text="kitten")
    expect(kitten).to_have_text(re.compile(r"kitten \+\d+"))
    assert find_violations(page) == []
    card.get_by_role("button", name="Hide words").click()
    expect(words).to_have_count(0)
