"""Demos of models that an author brings: what they answer in Chromium is what Python answers."""

import socket
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import BrowserContext, Page

from builder.manifest import Model, SigmoidScoring
from builder.models.load import load_model
from builder.publish.serve import make_server, running
from builder.spec.demo import load_spec
from tests.conftest import gradient
from tests.e2e.conftest import ServedSite, build, serve_site
from tests.e2e.demo_page import ask, card_of, model_choice, texts_of, wait_for_answer, zimg_of
from tests.towers.checkpoints import LIT, SIGLIP, VOCABULARY, write_checkpoint

OpenDemo = Callable[..., Page]

IDS = ("lit", "siglip", "make")
TYPED = "Two PUPPIES on a sofa, asleep"

DEMO = """
title = "My models"
description = "Random, but mine."

[[models]]
checkpoint = "lit.npz"
resolution = 64
quantization = "none"

[models.architecture]
image = { width = 32, depth = 2, mlp_dim = 64, num_heads = 2, pool_type = "tok" }
text = { width = 32, depth = 2, mlp_dim = 64, num_heads = 2, vocab_size = 10_000 }
out_dim = ["none", 32]

[models.tokenizer]
vocabulary = "vocabulary.model"

[[models]]
checkpoint = "siglip.npz"
resolution = 96
quantization = "none"

[models.architecture]
image = { width = 32, depth = 2, mlp_dim = 64, num_heads = 2, pool_type = "map" }
text = { width = 32, depth = 2, mlp_dim = 64, num_heads = 2, vocab_size = 10_000 }
out_dim = ["none", 32]
bias_init = -10.0

[models.tokenizer]
vocabulary = "vocabulary.model"
max_length = 24
canonicalization = ["lower-ascii"]

[[models]]
towers = "my_towers:make"
quantization = "none"

[[images]]
file = "picture.png"
description = "Colours."
prompts = ["a kitten", "A puppy on a sofa", "colours"]
"""

TOWERS = """
from pathlib import Path

import jax.numpy as jnp

import builder
from builder.text.load import load_tokenizer

FOLDER = Path(__file__).parent
TABLE = jnp.cos(jnp.arange(10_000 * 8.0)).reshape(10_000, 8)
MIX = jnp.sin(jnp.arange(24.0)).reshape(3, 8)


def make():
    return builder.TwoTowerModel(
        image=builder.Tower(lambda mix, images: images.mean((1, 2)) @ mix, MIX),
        text=builder.Tower(lambda table, tokens: table[tokens].mean(1), TABLE),
        tokenizer=load_tokenizer(FOLDER / "vocabulary.model", max_length=16),
        scale=5.0,
    )
"""


def write_demo(folder: Path, head: str = "") -> Path:
    folder.mkdir()
    write_checkpoint(folder / "lit.npz", LIT, resolution=64)
    write_checkpoint(folder / "siglip.npz", SIGLIP, resolution=96, max_length=24, bias=0.5)
    (folder / "my_towers.py").write_text(TOWERS, encoding="utf-8")
    (folder / "vocabulary.model").write_bytes(VOCABULARY.read_bytes())
    gradient(300, 260).save(folder / "picture.png")
    spec = folder / "demo.toml"
    spec.write_text(head + DEMO, encoding="utf-8")
    return spec


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def site(folder: Path, cache: Path) -> Iterator[ServedSite]:
    spec = write_demo(folder / "demo")
    with serve_site(build(spec, folder / "demo" / "site", cache)) as served:
        yield served


def model_of(site: ServedSite, model_id: str) -> Model:
    (model,) = [model for model in site.manifest.models if model.id == model_id]
    return model


def expected_probabilities(
    site: ServedSite, model_id: str, prompts: Sequence[str]
) -> NDArray[np.floating]:
    """What Python says, from the author's own towers."""
    specs = load_spec(site.folder.parent / "demo.toml").models
    source = load_model(specs[IDS.index(model_id)])
    ztxt = source.text_tower(source.tokenizer(prompts))
    logits = source.scoring.scale * (ztxt @ zimg_of(site, model_of(site, model_id), "picture"))
    if isinstance(source.scoring, SigmoidScoring):
        return 1 / (1 + np.exp(-logits - source.scoring.bias))
    exp = np.exp(logits - logits.max())
    return exp / exp.sum()


@pytest.mark.parametrize("model_id", IDS)
def test_the_page_answers_what_python_answers(open_demo: OpenDemo, site: ServedSite, model_id: str):
    page = open_demo()
    model_choice(page, model_of(site, model_id)).click()
    card = card_of(page)
    before = wait_for_answer(card)
    expected = expected_probabilities(site, model_id, texts_of(card))
    np.testing.assert_allclose(before, expected, atol=1e-3)
    ask(card, TYPED)
    found = wait_for_answer(card)
    expected = expected_probabilities(site, model_id, texts_of(card))
    np.testing.assert_allclose(found, expected, atol=1e-3)
    assert texts_of(card)[-1] == TYPED


def test_a_sigmoid_judges_each_prompt_by_itself(site: ServedSite):
    assert isinstance(model_of(site, "siglip").scoring, SigmoidScoring)
    prompts = ["a kitten", "colours"]
    both = expected_probabilities(site, "siglip", prompts)
    alone = [expected_probabilities(site, "siglip", [prompt])[0] for prompt in prompts]
    np.testing.assert_allclose(both, alone, atol=1e-6)


@contextmanager
def serve_data(site: Path, port: int) -> Generator[None]:
    with running(make_server(site, port=port, host="127.0.0.1", base_path="/data/")):
        yield


def test_models_and_images_come_from_the_base_url(
    folder: Path, cache: Path, context: BrowserContext, errors: list[str]
):
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    address = f"http://127.0.0.1:{port}/data/"
    spec = write_demo(folder / "elsewhere", f'base_url = "{address}"')
    out = build(spec, folder / "elsewhere" / "site", cache)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    with serve_site(out) as site, serve_data(out, port):
        page.goto(site.url)
        card = card_of(page)
        wait_for_answer(card)
        ask(card, TYPED)
        found = wait_for_answer(card)
        expected = expected_probabilities(site, "lit", texts_of(card))
        np.testing.assert_allclose(found, expected, atol=1e-3)
        shown = page.locator("lit-demo-picture img").first
        assert shown.evaluate("image => image.naturalWidth") > 0
        assert not any(url.startswith((f"{site.url}models", f"{site.url}images")) for url in asked)
    assert any(url.startswith(f"{address}models/lit/") for url in asked)
    assert any(url.startswith(f"{address}images/picture") for url in asked)
    assert errors == []
