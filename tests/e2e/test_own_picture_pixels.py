"""What the browser makes of a picture against what Pillow makes of it, as the model sees both."""

import base64
import io
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms
from playwright.sync_api import Page

from builder.embedding.embed import Rows
from builder.images.open import open_picture
from builder.images.preprocess import preprocess
from builder.model import ImageTextModel
from builder.models.load import load_model
from builder.spec.models import ModelSpec
from tests.e2e.conftest import DATA

OpenDemo = Callable[..., Page]
PHOTOGRAPHS = sorted((DATA / "images").glob("*.jpg"))[:50]
MIN_COSINE = 0.999


@cache
def model() -> ImageTextModel:
    return load_model(ModelSpec(name="mini-tiny")).on_device


def rows_in_python(files: Iterable[Path]) -> Rows:
    kind = model().preprocessing
    pixels = [np.asarray(preprocess(open_picture(file), kind), np.float32) for file in files]
    tower = model().load_image()
    return np.concatenate([tower(square[None] / 127.5 - 1) for square in pixels])


def rows_in_browser(page: Page, files: Iterable[Path]) -> Rows:
    """What the page's own session embeds, without the steps of a visitor."""
    rows = [
        page.evaluate(
            """async (data) => {
              const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
              const { inUse } = document.querySelector('lit-demo-app').demo;
              const { row } = await inUse.session.addPicture('own:test', new Blob([bytes]));
              return [...row];
            }""",
            base64.b64encode(file.read_bytes()).decode(),
        )
        for file in files
    ]
    return np.array(rows, np.float32)


def cosines(page: Page, files: Sequence[Path]) -> np.ndarray:
    found, expected = rows_in_browser(page, files), rows_in_python(files)
    return (found * expected).sum(1) / np.linalg.norm(found, axis=1)


def make_variants(folder: Path) -> list[Path]:
    """A photograph in many ways to store it, each upright and in the same colours for a viewer."""
    photo = open_picture(PHOTOGRAPHS[0])
    wide = photo.resize((photo.width * 2, photo.height))
    files: list[Path] = []

    def save(name: str, picture: Image.Image, **options: Any) -> None:
        files.append(folder / name)
        picture.save(files[-1], **options)

    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        save(f"turned-{orientation}.jpg", wide, exif=exif, quality=92)
    save("plain.png", wide)
    save("plain.webp", wide, quality=90)
    save("grey.png", wide.convert("L"))
    save("palette.png", wide.quantize(64))
    alpha = Image.linear_gradient("L").resize(wide.size)
    clear = wide.copy()
    clear.putalpha(alpha)
    save("clear.png", clear)
    save("large.jpg", wide.resize((5000, 3001)), quality=85)
    save("tiny.png", photo.resize((40, 30)))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    save("profile.jpg", wide, icc_profile=profile, quality=92)
    return files


def test_a_picture_has_the_row_of_python_however_it_is_stored(open_demo: OpenDemo, tmp_path: Path):
    page = open_demo()
    files = make_variants(tmp_path)
    found = dict(zip([file.name for file in files], cosines(page, files), strict=True))
    assert {name: cosine for name, cosine in found.items() if cosine < MIN_COSINE} == {}


@pytest.mark.parametrize("files", [PHOTOGRAPHS[::10]], ids=["five"])
def test_photographs_have_the_rows_of_python(open_demo: OpenDemo, files: Sequence[Path]):
    assert cosines(open_demo(), files).min() >= MIN_COSINE


@pytest.mark.long
def test_fifty_photographs_have_the_rows_of_python(open_demo: OpenDemo):
    found = cosines(open_demo(), PHOTOGRAPHS)
    print(f"least cosine {found.min():.6f}, mean {found.mean():.6f}")
    assert len(found) == 50
    assert found.min() >= MIN_COSINE


def test_the_page_shows_the_middle_of_a_picture(open_demo: OpenDemo, tmp_path: Path):
    page = open_demo()
    picture = Image.new("RGB", (300, 100), "red")
    picture.paste("blue", (100, 0, 200, 100))
    data = io.BytesIO()
    picture.save(data, "PNG")
    shown = page.evaluate(
        """async (data) => {
          const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
          const { inUse } = document.querySelector('lit-demo-app').demo;
          const { shown, side } = await inUse.session.addPicture('own:test', new Blob([bytes]));
          const content = new Uint8Array(await shown.arrayBuffer());
          return { side, type: shown.type, jpeg: btoa(String.fromCharCode(...content)) };
        }""",
        base64.b64encode(data.getvalue()).decode(),
    )
    assert (shown["side"], shown["type"]) == (100, "image/jpeg")
    with Image.open(io.BytesIO(base64.b64decode(shown["jpeg"]))) as seen:
        assert seen.size == (100, 100)
        np.testing.assert_allclose(
            np.asarray(seen)[:, [0, 50, 99]], [[[0, 0, 255]] * 3] * 100, atol=8
        )
