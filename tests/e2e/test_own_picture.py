"""A visitor's own picture: chosen, dropped or pasted, read on the device, and sent nowhere."""

import base64
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Request, expect

from builder.images.open import open_picture
from builder.images.preprocess import preprocess
from builder.models.load import load_model
from builder.spec.models import ModelSpec
from tests.e2e.accessibility import find_violations
from tests.e2e.conftest import DATA, ServedSite
from tests.e2e.demo_page import ask, card_of, model_choice, texts_of, wait_for_answer

OpenDemo = Callable[..., Page]
CAPTIONS = ("a cup of tea", "a fish in the sea", "a wind turbine", "a hammer on a bench")


def own(page: Page) -> Locator:
    return page.locator("lit-demo-own-picture")


def choose(page: Page, file: Path) -> None:
    own(page).locator("input[type=file]").set_input_files(file)


def bring(page: Page, file: Path, event: str) -> None:
    """Drop a file on the page, or paste it."""
    page.evaluate(
        """([event, data, name]) => {
          const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
          const files = new DataTransfer();
          files.items.add(new File([bytes], name, { type: 'image/jpeg' }));
          const options = { bubbles: true, cancelable: true };
          document.body.dispatchEvent(
            event === 'drop'
              ? new DragEvent('drop', { ...options, dataTransfer: files })
              : new ClipboardEvent('paste', { ...options, clipboardData: files }),
          );
        }""",
        [event, base64.b64encode(file.read_bytes()).decode(), file.name],
    )


def agree(page: Page) -> None:
    own(page).get_by_role("button", name="Load").click()


def expected_probabilities(file: Path, model_id: str) -> np.ndarray:
    """What JAX says of the captions, from the tower for devices and the pixels of Pillow."""
    model = load_model(ModelSpec(name=model_id)).on_device
    pixels = np.asarray(preprocess(open_picture(file), model.preprocessing), np.float32)
    zimg = model.load_image()(pixels[None] / 127.5 - 1)
    logits = model.scoring.scale * (model.text_tower(model.tokenizer(CAPTIONS)) @ zimg[0])
    exp = np.exp(logits - logits.max())
    return exp / exp.sum()


def compare_captions(page: Page) -> dict[str, float]:
    """Write the captions for the picture that is shown, and read their probabilities."""
    card = card_of(page)
    for text in CAPTIONS:
        ask(card, text)
        card.get_by_role("textbox", name="Your caption").press("Enter")
    expect(card.locator("lit-demo-prompt[data-probability]")).to_have_count(len(CAPTIONS))
    found = wait_for_answer(card)
    return dict(zip(texts_of(card), found, strict=True))


@pytest.fixture
def sent(context: BrowserContext) -> list[Request]:
    """Requests that carry data, or go elsewhere than to files of the site."""
    requests: list[Request] = []
    context.on("request", lambda request: requests.append(request) if request.post_data else None)
    return requests


def test_a_chosen_picture_is_asked_for_read_shown_and_ranked(
    open_demo: OpenDemo, site: ServedSite, sent: list[Request]
):
    page = open_demo()
    file = DATA / "images" / "teacup.jpg"
    choose(page, file)
    encoder = site.manifest.models[0].image_encoder
    assert encoder is not None
    parts = (encoder.golden, encoder.graph.model, *encoder.graph.weights)
    megabytes = math.floor(sum(part.bytes for part in parts) / 1e5 + 0.5) / 10
    expect(own(page)).to_contain_text(f"This loads {megabytes:.1f} MB, once. Your picture stays")
    assert find_violations(page) == []
    agree(page)
    card = card_of(page)
    expect(card.get_by_role("article", name="Your picture")).to_be_visible()
    expect(card.get_by_role("textbox", name="Your caption")).to_be_focused()
    assert find_violations(page) == []
    found = compare_captions(page)
    expected = expected_probabilities(file, "mini-tiny")
    np.testing.assert_allclose([found[text] for text in CAPTIONS], expected, atol=0.05)
    assert max(found, key=lambda text: found[text]) == CAPTIONS[int(expected.argmax())]

    thumbnails = page.locator("lit-demo-carousel").locator(".strip button img")
    expect(thumbnails.first).to_have_attribute("alt", "Your picture")
    card.get_by_role("button", name="More like this").click()
    expect(thumbnails).to_have_count(len(site.manifest.images) + 1)
    expect(thumbnails.first).to_have_attribute("alt", "Your picture")
    page.get_by_role("textbox", name="Find pictures").fill("an animal")
    expect(thumbnails.first).not_to_have_attribute("alt", "Your picture")
    expect(thumbnails).to_have_count(len(site.manifest.images) + 1)
    assert "own" not in page.url, "a link could not bring the picture along"
    assert sent == []


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_a_picture_is_dropped_or_pasted(open_demo: OpenDemo, event: str):
    page = open_demo()
    bring(page, DATA / "images" / "hammer.jpg", event)
    agree(page)
    expect(card_of(page).get_by_role("article", name="Your picture")).to_be_visible()
    bring(page, DATA / "images" / "teacup.jpg", event)
    # What was agreed to once is not asked again.
    expect(card_of(page).get_by_role("article", name="Your picture 2")).to_be_visible()


def test_another_model_reads_the_picture_again(open_demo: OpenDemo, site: ServedSite):
    page = open_demo()
    file = DATA / "images" / "hammer.jpg"
    choose(page, file)
    agree(page)
    card = card_of(page)
    expect(card.get_by_role("article", name="Your picture")).to_be_visible()
    compare_captions(page)
    before = wait_for_answer(card)
    model_choice(page, site.manifest.models[1]).click()
    expected = expected_probabilities(file, "mini-small")
    best = f"{CAPTIONS[int(expected.argmax())]}"
    expect(card.locator("lit-demo-prompt[data-probability]")).to_have_count(len(CAPTIONS))
    page.wait_for_function(
        "before => JSON.stringify([...document.querySelector('lit-demo-app').shadowRoot"
        ".querySelector('lit-demo-card').shadowRoot.querySelectorAll('lit-demo-prompt')]"
        ".map((p) => Number(p.dataset.probability)).filter((p) => p)) !== JSON.stringify(before)",
        arg=before,
    )
    found = dict(zip(texts_of(card), wait_for_answer(card), strict=False))
    assert max(found, key=lambda text: found[text]) == best
    np.testing.assert_allclose([found[text] for text in CAPTIONS], expected, atol=0.05)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.txt", b"hello", "This file is not a picture."),
        ("broken.jpg", b"\xff\xd8\xff\xe0 no", "not a picture that this browser can read"),
        ("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "This browser cannot read HEIC pictures"),
    ],
)
def test_what_cannot_be_read_is_said(
    open_demo: OpenDemo, tmp_path: Path, name: str, content: bytes, message: str
):
    page = open_demo()
    file = tmp_path / name
    file.write_bytes(content)
    choose(page, file)
    if not name.endswith(".txt"):
        agree(page)
    expect(page.locator("lit-demo-messages")).to_contain_text(message)
    expect(own(page).get_by_role("status")).to_have_text("")
