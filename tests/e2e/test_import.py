"""A demo imported from the original's data: what it answers in Chromium."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.commands.run import run
from tests.e2e.conftest import ServedSite, build, serve_site
from tests.e2e.demo_page import card_of, texts_of, wait_for_answer
from tests.models.original_demo import Encoder, write_original_demo
from tests.shared import OFFICIAL_DEMO, needs

OpenDemo = Callable[..., Page]


CARDS = 20
"""As many as one link may well ask for."""


@pytest.fixture(scope="module")
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, cache: Path
) -> Iterator[ServedSite]:
    """The site of the official data, or of a made-up demo with an encoder of some kind."""
    folder = tmp_path_factory.mktemp("import")
    kind: Encoder | None = request.param
    source = OFFICIAL_DEMO if kind is None else write_original_demo(folder / "original", kind)
    code, text = run("import", source, "-o", folder / "project")
    assert code == 0, text
    with serve_site(build(folder / "project" / "demo.toml", folder / "site", cache)) as served:
        yield served


@needs(OFFICIAL_DEMO)
@pytest.mark.parametrize("site", [None], indirect=True, ids=["official"])
def test_the_official_demo_answers_as_it_did(page: Page, site: ServedSite):
    answers = json.loads((OFFICIAL_DEMO / "expected_tiny.json").read_bytes())
    assert len(answers) == 55
    for start in range(0, len(answers), CARDS):
        part = answers[start : start + CARDS]
        # Another query, since a new fragment alone would not open the page anew.
        link = "&".join(f"image={answer['id']}" for answer in part)
        page.goto(f"{site.url}?{start}#{link}")
        for number, answer in enumerate(part):
            card = card_of(page, number)
            found = wait_for_answer(card)
            expected = dict(zip(answer["prompts"], answer["probabilities"], strict=True))
            np.testing.assert_allclose(
                found, [expected.pop(text) for text in texts_of(card)], atol=1e-5
            )
            assert not expected


@needs(OFFICIAL_DEMO)
@pytest.mark.parametrize("site", [None], indirect=True, ids=["official"])
def test_without_an_encoder_there_is_no_box_but_a_reason(open_demo: OpenDemo):
    card = card_of(open_demo("#image=1"))
    wait_for_answer(card)
    expect(card.get_by_role("textbox", name="Your caption")).to_have_count(0)
    expect(card.get_by_role("textbox").first).not_to_be_editable()
    expect(card).to_contain_text("This model answers these examples only.")


# TensorFlow.js has no Einsum on wasm, so the page has to find another backend for it.
@pytest.mark.parametrize("site", ["plain", "einsum"], indirect=True)
def test_an_encoder_that_was_taken_over_answers_new_prompts(open_demo: OpenDemo, site: ServedSite):
    page = open_demo("#image=2b")
    card = card_of(page)
    known = wait_for_answer(card)
    # The tokens of "a cat", but the page has to compute them: no row has this text.
    card.get_by_role("textbox").nth(texts_of(card).index("a cat")).fill("A  CAT")
    np.testing.assert_allclose(wait_for_answer(card), known, atol=1e-5)
    assert page.locator("lit-demo-app").get_attribute("data-encoder") == "ready"
