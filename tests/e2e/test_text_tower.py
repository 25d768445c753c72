"""A demo with a text tower of its own: Chromium answers what the small tower answers in Python."""

from pathlib import Path

import numpy as np
from playwright.sync_api import BrowserContext

from builder.models.load import load_model
from builder.spec.demo import load_spec
from tests.e2e.conftest import build, open_page, serve_site
from tests.e2e.demo_page import ask, card_of, texts_of, wait_for_answer, zimg_of
from tests.tuning.towers import describe_model, load_small, write_demo, write_random_tower

TYPED = "Two old boats by the RIVER"


def test_the_page_answers_with_the_small_tower(
    tmp_path: Path, cache: Path, context: BrowserContext, errors: list[str]
):
    folder = tmp_path / "demo"
    write_random_tower(folder / "tower", load_small(folder))
    spec = write_demo(folder, describe_model(more='text_tower = "tower"'))
    out = build(spec, tmp_path / "site", cache)
    model = load_model(load_spec(spec).models[0])
    with serve_site(out) as site, open_page(context, site.url, errors) as page:
        page.goto(f"{site.url}#image=red")
        page.reload()
        card = card_of(page)
        wait_for_answer(card)
        ask(card, TYPED)
        found = wait_for_answer(card)
        ztxt = model.text_tower(model.tokenizer(texts_of(card)))
        logits = model.scoring.scale * ztxt @ zimg_of(site, site.manifest.models[0], "red")
        exp = np.exp(logits - logits.max())
        np.testing.assert_allclose(found, exp / exp.sum(), atol=1e-3)
        assert TYPED in texts_of(card)
