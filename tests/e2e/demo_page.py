"""The parts of a demo's page, as a visitor finds them."""

from collections.abc import Sequence

import numpy as np
from playwright.sync_api import Locator, Page, expect

from builder.embedding.embed import Rows
from builder.manifest import Model, SiteManifest, SoftmaxScoring
from builder.models.load import load_model
from builder.spec.models import ModelSpec
from tests.e2e.conftest import ServedSite
from tests.site.manifests import read_rows


def zimg_of(site: ServedSite, model: Model, image_id: str) -> Rows:
    """The shipped row of a picture."""
    ref = model.image_embeddings
    assert ref.dtype != "float32"
    return read_rows(site.folder, ref)[ref.rows.index(image_id)]


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


def example_prompts(manifest: SiteManifest, image_id: str) -> list[str]:
    """The prompts that come with a picture."""
    (image,) = [image for image in manifest.images if image.id == image_id]
    return [prompt.text for prompt in image.prompts]


def card_of(page: Page, number: int = 0) -> Locator:
    """A card of the page, counted from its start."""
    return page.locator("lit-demo-card").nth(number)


def ask(card: Locator, text: str) -> None:
    """Put a text into the box, in the place of what is there; it is answered after a pause."""
    card.get_by_role("textbox", name="Your caption").fill(text)


def wait_for_answer(card: Locator) -> list[float]:
    """The probabilities of a card's captions as they are shown, once all are there."""
    expect(card).to_have_attribute("data-state", "current")
    prompts = card.locator("lit-demo-prompt[data-probability]")
    return [float(p.get_attribute("data-probability") or "nan") for p in prompts.all()]


def texts_of(card: Locator) -> list[str]:
    """The captions of a card in the order in which they are shown."""
    texts = [field.input_value() for field in card.get_by_role("textbox").all()]
    return [text for text in texts if text.strip()]


_IS_SHOWN = """(text) => {
  const inside = (roots, name) => roots.flatMap((root) => [...root.querySelectorAll(name)]);
  const shadows = (elements) => elements.flatMap(({ shadowRoot }) => shadowRoot ?? []);
  const cards = inside(shadows(inside([document], 'lit-demo-app')), 'lit-demo-card');
  return inside(shadows(cards), 'lit-demo-prompt[data-probability]').some(
    ({ shadowRoot }) => shadowRoot.querySelector('.text').dataset.text === text);
}"""


def wait_for_bar(page: Page, text: str) -> None:
    """Wait for a caption with its bar, on any card, and notice it within 10 ms."""
    # A locator would look ever more rarely.
    page.wait_for_function(_IS_SHOWN, arg=text, polling=10)


_FOOT = "lit-demo-app .foot > details"


def foot(page: Page) -> Locator:
    """What opens the part at the foot of the page, about the demo and its model."""
    return page.locator(f"{_FOOT} > summary")


def model_choice(page: Page, model: Model) -> Locator:
    """The button that chooses a model, in the part at the foot of the page."""
    if page.locator(_FOOT).get_attribute("open") is None:
        foot(page).click()
    return page.locator("lit-demo-model-picker").get_by_role("radio", name=model.name)
