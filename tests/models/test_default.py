"""The demo that comes with the project: its pictures, its prompts, and how `mini` does on it."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from builder.cache import Cache
from builder.embedding.embed import embed, loaded
from builder.images.prepare import prepare_images
from builder.models.load import load_model
from builder.progress import Progress
from builder.resources import data_folder
from builder.spec.demo import DemoSpec, load_spec
from builder.spec.models import ModelSpec

DATA = data_folder()


@pytest.fixture(scope="module")
def spec() -> DemoSpec:
    return load_spec(DATA / "demo.toml")


@pytest.fixture(scope="module")
def true_captions() -> dict[str, str]:
    return json.loads((DATA / "true_captions.json").read_text(encoding="utf-8"))


def test_every_picture_has_five_prompts_and_one_is_true(
    spec: DemoSpec, true_captions: dict[str, str]
):
    assert len(spec.images) >= 48
    assert set(true_captions) == {image.id for image in spec.images}
    for image in spec.images:
        assert len(image.prompts) == 5
        assert true_captions[image.id] in image.prompts


def test_every_picture_is_free_and_credited(spec: DemoSpec):
    credits = (DATA / "CREDITS.md").read_text(encoding="utf-8")
    for image in spec.images:
        assert image.license in ("Public Domain", "CC0-1.0")
        assert image.author
        assert image.author in credits
        assert image.source
        assert image.source in credits


def test_every_picture_is_small_and_carries_no_metadata(spec: DemoSpec):
    for image in spec.images:
        with Image.open(image.file) as picture:
            assert max(picture.size) <= 640
            assert not picture.getexif()


def test_the_weights_fit_the_repository():
    folder = DATA / "models" / "mini"
    assert (folder / "image_lite2.npz").stat().st_size <= 12_000_000
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 40_000_000


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("mini-small", 0.8), ("mini-tiny", 0.7)])
def test_the_true_caption_wins(
    spec: DemoSpec, true_captions: dict[str, str], tmp_path: Path, name: str, least: float
):
    cache = Cache(tmp_path)
    model = load_model(ModelSpec(name=name))
    images = prepare_images(spec.images, [model.preprocessing], cache=cache).images
    seen = [loaded(image.spec.id, image.pixels) for image in images]
    progress = Progress(Console(file=io.StringIO()))
    found = embed(
        model,
        seen,
        spec.prompts,
        cache=cache,
        progress=progress,
    )
    row = dict(zip(spec.prompts, found.ztxt, strict=True))
    wins = [
        image.prompts[int(np.argmax([row[p] @ zimg for p in image.prompts]))]
        == true_captions[image.id]
        for image, zimg in zip(spec.images, found.zimg, strict=True)
    ]
    assert np.mean(wins) >= least
    # What a visitor sees first is right.
    assert all(wins[:6])
