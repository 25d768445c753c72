"""Demos of hubs' models: what the page answers in Chromium is what the model's own library said."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import BrowserContext

from tests.e2e.conftest import build, open_page, serve_site
from tests.e2e.demo_page import ask, card_of, texts_of, wait_for_answer
from tests.shared import HUB_GOLDENS, needs

BRIEF = ("clip_openai",)
"""`make long` tries all."""

NAMES = (
    *("alt_clip", "chinese_clip", "clip_eos", "clip_fp16", "clip_openai", "clip_sharded"),
    *("dual_clip_xlmr", "dual_vit_bert", "siglip", "siglip2_gemma", "v5_clip_bf16"),
    *("v5_dual_clip_roberta", "openclip_clipa", "openclip_quickgelu_custom", "openclip_resnet"),
    *("openclip_mobileclip", "openclip_mobileclip_fused"),
    *("openclip_siglip", "openclip_vit", "openclip_xlmr"),
)

HEADS = {
    "openclip_siglip": "image = { num_heads = 4 }",
    "openclip_xlmr": "text = { num_heads = 4 }",
}
"""Those of towers that have sizes of no published name."""

EXAMPLES = 5


def write_demo(folder: Path, name: str, texts: Sequence[str]) -> Path:
    """A demo of the golden pictures, with the first texts as prompts."""
    lines = [
        'title = "A model of a hub"',
        'description = "Small and random."',
        "[[models]]",
        f"checkpoint = {json.dumps(str(HUB_GOLDENS / name))}",
    ]
    if name in HEADS:
        lines += ["[models.architecture]", HEADS[name]]
    with np.load(HUB_GOLDENS / name / "golden.npz") as golden:
        for i in range(3):
            Image.fromarray(golden[f"image_{i}"]).save(folder / f"image-{i}.png")
            lines += [
                "[[images]]",
                f'file = "image-{i}.png"',
                'description = "Noise."',
                f"prompts = {json.dumps(texts, ensure_ascii=False)}",
            ]
    spec = folder / "demo.toml"
    spec.write_text("\n".join(lines), encoding="utf-8")
    return spec


def probabilities(logits: NDArray[np.floating], *, sigmoid: bool) -> NDArray[np.floating]:
    if sigmoid:
        return 1 / (1 + np.exp(-logits))
    exp = np.exp(logits - logits.max())
    return exp / exp.sum()


@needs(HUB_GOLDENS)
@pytest.mark.parametrize(
    "name",
    [name if name in BRIEF else pytest.param(name, marks=pytest.mark.long) for name in NAMES],
)
def test_the_page_answers_what_the_models_library_answers(
    tmp_path: Path, cache: Path, context: BrowserContext, errors: list[str], name: str
):
    with np.load(HUB_GOLDENS / name / "golden.npz") as golden:
        logits, sigmoid = golden["logits_per_image"], "bias" in golden
        texts: list[str] = json.loads(golden["texts"].item())
    usable = [i for i, text in enumerate(texts) if text.strip()]
    shown, typed = usable[:EXAMPLES], usable[EXAMPLES:]
    spec = write_demo(tmp_path, name, [texts[i] for i in shown])
    out = build(spec, tmp_path / "site", cache)
    with serve_site(out) as site, open_page(context, site.url, errors) as page:
        for i in range(3):
            page.goto(f"{site.url}#image=image-{i}")
            page.reload()
            card = card_of(page)
            wait_for_answer(card)
            assert sorted(texts_of(card)) == sorted(texts[j] for j in shown)
            for text in [None, *(texts[j] for j in typed)]:
                if text is not None:
                    ask(card, text)
                found = wait_for_answer(card)
                at = [texts.index(shown_text) for shown_text in texts_of(card)]
                expected = probabilities(logits[i, at], sigmoid=sigmoid)
                np.testing.assert_allclose(found, expected, atol=1e-3)
