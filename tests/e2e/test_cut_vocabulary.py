"""Demos on cut vocabularies: what was kept is answered as before, and the page tells the rest."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, expect

from builder.models.load import load_model
from builder.spec.models import ModelSpec
from tests.e2e.conftest import ServedSite, build, open_page, serve_site
from tests.e2e.conftest import write_demo as write_default_demo
from tests.e2e.demo_page import ask, card_of, texts_of, wait_for_answer, zimg_of
from tests.e2e.test_hub_demo import probabilities
from tests.e2e.test_hub_demo import write_demo as write_hub_demo
from tests.shared import HUB_GOLDENS, needs

NOTE = "This demo does not know some of these words"
KEPT = "a sleepy kitten in a teacup"
CUT = "a hummingbird and a xylophone"


@pytest.fixture(scope="module")
def cut_site(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[ServedSite]:
    spec = write_default_demo(tmp_path_factory.mktemp("cut") / "demo")
    texts = "\n".join(f"{KEPT}, {n} of them" for n in range(20))
    (spec.parent / "texts.txt").write_text(texts, encoding="utf-8")
    # In eight bits, answers would differ from the whole model's by more than by the cut.
    table = 'quantization = "float16"\n[models.vocabulary]\ncorpus = "texts.txt"\n'
    key = 'image_encoder = "on-device"\n'
    text = spec.read_text(encoding="utf-8")
    assert text.index(key) < text.index("mini-small"), "the key is not of the first model"
    spec.write_text(text.replace(key, table, 1), encoding="utf-8")
    with serve_site(build(spec, spec.parent / "site", cache)) as served:
        yield served


def test_kept_texts_are_answered_as_by_the_whole_model(
    cut_site: ServedSite, context: BrowserContext, errors: list[str]
):
    whole = load_model(ModelSpec(name="mini-tiny"))
    with open_page(context, cut_site.url, errors) as page:
        page.goto(cut_site.url)
        card = card_of(page)
        wait_for_answer(card)
        expect(card.get_by_text(NOTE)).to_have_count(0)
        ask(card, KEPT)
        found = wait_for_answer(card)
        ztxt = whole.text_tower(whole.tokenizer(texts_of(card)))
        zimg = zimg_of(cut_site, cut_site.manifest.models[0], cut_site.manifest.images[0].id)
        expected = probabilities(whole.scoring.scale * (ztxt @ zimg), sigmoid=False)
        np.testing.assert_allclose(found, expected, atol=2e-3)
        expect(card.get_by_text(NOTE)).to_have_count(0)


def test_the_page_says_which_prompt_uses_what_was_cut(
    cut_site: ServedSite, context: BrowserContext, errors: list[str]
):
    with open_page(context, cut_site.url, errors) as page:
        page.goto(cut_site.url)
        card = card_of(page)
        wait_for_answer(card)
        ask(card, CUT)
        expect(card.get_by_text(NOTE)).to_have_count(1)
        box = card.get_by_role("textbox", name="Your caption")
        expect(box).to_have_accessible_description(re.compile(NOTE))
        ask(card, KEPT)
        expect(card.get_by_text(NOTE)).to_have_count(0)
        wait_for_answer(card)
        ask(card, "猫")
        expect(card.get_by_text(NOTE)).to_be_visible()


def test_the_report_says_what_was_saved(cut_site: ServedSite):
    report = json.loads((cut_site.folder / "report.json").read_text(encoding="utf-8"))
    cut, whole = (model["vocabulary"] for model in report["models"])
    assert whole is None
    assert cut["pieces"] < 3000 < cut["pieces_before"] == 10_000
    assert cut["min_cosine"] > 1 - 1e-5
    assert list(cut["shares"]) == ["texts.txt"]
    first, second = (
        sum(ref.bytes for ref in model.encoder.weights)
        for model in cut_site.manifest.models
        if model.encoder
    )
    assert first + cut["rows_saved"] * 192 / 2 < second


@needs(HUB_GOLDENS)
@pytest.mark.long
@pytest.mark.parametrize("name", ["clip_openai", "dual_clip_xlmr", "dual_vit_bert"])
def test_hubs_models_answer_as_their_libraries_with_less(
    tmp_path: Path, cache: Path, context: BrowserContext, errors: list[str], name: str
):
    with np.load(HUB_GOLDENS / name / "golden.npz") as golden:
        logits = golden["logits_per_image"]
        texts: list[str] = json.loads(golden["texts"].item())
    usable = [i for i, text in enumerate(texts) if text.strip()]
    shown, typed = usable[:3], usable[3:6]
    spec = write_hub_demo(tmp_path, name, [texts[i] for i in shown])
    lines = [" ".join(texts[i].split()) for i in usable[:6]]
    # Every tenth line is held out, so the texts come twice.
    corpus = [*lines, *(f"{line} {line}" for line in lines)]
    (tmp_path / "texts.txt").write_text("\n".join(corpus), encoding="utf-8")
    # In eight bits, answers would differ from the whole model's by more than by the cut.
    table = 'quantization = "float16"\n[models.vocabulary]\ncorpus = "texts.txt"\n'
    head, images = spec.read_text(encoding="utf-8").split("[[images]]", 1)
    spec.write_text(f"{head}{table}[[images]]{images}", encoding="utf-8")
    out = build(spec, tmp_path / "site", cache)
    with serve_site(out) as site, open_page(context, site.url, errors) as page:
        page.goto(f"{site.url}#image=image-0")
        page.reload()
        card = card_of(page)
        wait_for_answer(card)
        for j in typed:
            ask(card, texts[j])
            found = wait_for_answer(card)
            at = [texts.index(text) for text in texts_of(card)]
            assert at[-1] == j
            np.testing.assert_allclose(
                found, probabilities(logits[0, at], sigmoid=False), atol=1e-3
            )
