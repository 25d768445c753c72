"""A demo of pictures and sentences, as a notebook makes it."""

import gc
import inspect
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

import builder
from builder.errors import BuilderError
from builder.site.check import check_site
from builder.spec.demo import DemoSpec
from builder.spec.images import ImageSpec
from builder.spec.models import ModelSpec
from tests.colour_model import colour_model
from tests.conftest import gradient
from tests.site.manifests import load_manifest


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def demo(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> builder.Demo:
    monkeypatch.chdir(tmp_path)
    demo = builder.Demo(title="My colours!", cache_dir=cache, language="de")
    demo.add_model(towers=colour_model, quantization="none")
    demo.add_image(np.zeros((40, 30, 3), np.uint8), ["dark", "light"], description="Black.")
    return demo


def test_a_demo_of_arrays_and_functions_becomes_a_whole_site(demo: builder.Demo, tmp_path: Path):
    gradient(300, 260).save(tmp_path / "red-square.png")
    demo.add_image("red-square.png", prompts=["red"], author="Nobody")
    demo.build("site")
    assert check_site(tmp_path / "site") == []
    manifest = load_manifest(tmp_path / "site")
    assert (manifest.title, manifest.language) == ("My colours!", "de")
    assert [model.id for model in manifest.models] == ["colours"]
    assert [image.description for image in manifest.images] == ["Black.", "red square"]
    assert manifest.images[1].credit.author == "Nobody"
    assert demo.report is not None
    assert demo.report.images == 2


def test_a_cell_can_be_run_again(demo: builder.Demo, tmp_path: Path):
    for prompts in (["dark"], ["dark", "darker"]):
        demo.add_model(towers=colour_model())
        demo.add_image(np.zeros((40, 30, 3), np.uint8), prompts)
    demo.build(tmp_path / "site")
    manifest = load_manifest(tmp_path / "site")
    assert len(manifest.models) == len(manifest.images) == 1
    assert [prompt.text for prompt in manifest.images[0].prompts] == ["dark", "darker"]


def read(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        return answer.read()


def test_show_serves_what_was_added_last(demo: builder.Demo):
    preview = demo.show(height=600)
    assert preview is not None
    frame = preview._repr_html_()  # pyright: ignore[reportPrivateUsage] (as Jupyter calls it)
    assert f'src: "{preview.url}"' in frame
    assert 'height: "600"' in frame
    assert b"My colours!" in read(preview.url)
    demo.add_image(np.ones((9, 9)), ["light"], description="All is white.")
    again = demo.show()
    assert again is not None
    assert again.url == preview.url
    assert b"All is white." in read(again.url)


def test_the_server_ends_with_the_demo(cache: Path):
    temporary = builder.Demo("Short", cache_dir=cache)
    temporary.add_model(towers=colour_model)
    temporary.add_image(np.zeros((9, 9, 4)), ["dark"])
    preview = temporary.show()
    assert preview is not None
    assert read(preview.url)
    del temporary
    gc.collect()
    with pytest.raises(urllib.error.URLError):
        read(preview.url)


def test_zip_builds_what_was_not_built(demo: builder.Demo, tmp_path: Path):
    path = demo.zip()
    assert path == Path("my-colours.zip")
    with zipfile.ZipFile(tmp_path / path) as archive:
        assert {"index.html", "manifest.json"} <= set(archive.namelist())
    assert demo.zip(tmp_path / "other.zip").read_bytes() == path.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("picture", "pixel"),
    [
        (np.full((20, 30), 77, np.uint8), (77, 77, 77)),
        (np.full((20, 30, 3), 0.2, np.float32), (51, 51, 51)),
        (jnp.full((20, 30, 4), 1.0), (255, 255, 255)),
        (Image.new("RGB", (30, 20), (1, 2, 3)), (1, 2, 3)),
        (Image.new("CMYK", (30, 20), (255, 0, 0, 0)), (0, 255, 255)),
    ],
    ids=["grey", "floats", "jax", "pillow", "print"],
)
def test_arrays_and_pillow_images_are_pictures(
    demo: builder.Demo, tmp_path: Path, picture: Any, pixel: tuple[int, int, int]
):
    demo.add_image(picture, ["a"], id="given")
    demo.build("site")
    (image,) = [i for i in load_manifest(tmp_path / "site").images if i.id == "given"]
    with Image.open(tmp_path / "site" / image.photo.url) as shown:
        np.testing.assert_allclose(np.asarray(shown).mean(axis=(0, 1)), pixel, atol=1)


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros((3, 20, 30)), r"shape \(3, 20, 30\) is not a picture"),
        (np.zeros((0, 30)), r"shape \(0, 30\)"),
        (np.zeros((20, 30), np.int64), "array of int64"),
        (np.full((20, 30), 255.0), "must all be from 0 to 1"),
        (np.full((20, 30), np.nan), "must all be from 0 to 1"),
        ("absent.png", "there is no file .*absent.png"),
    ],
)
def test_what_is_no_picture_is_refused_at_once(demo: builder.Demo, picture: Any, message: str):
    with pytest.raises(BuilderError, match=message):
        demo.add_image(picture, ["a"])


def test_mistakes_are_named_where_they_are_made(demo: builder.Demo):
    with pytest.raises(BuilderError, match="add_image: prompts: the list is empty"):
        demo.add_image(np.zeros((9, 9)), [])
    with pytest.raises(TypeError, match="licence"):
        demo.add_image(np.zeros((9, 9)), ["a"], licence="CC0")  # pyright: ignore[reportCallIssue]
    with pytest.raises(BuilderError, match=r"'a cat' is one text, not .*\n.*\['a cat'\]"):
        demo.add_image(np.zeros((9, 9)), "a cat")
    with pytest.raises(BuilderError, match=r"there is no model 'mini-tine'. .*mini-tiny"):
        demo.add_model("mini-tine")
    with pytest.raises(BuilderError, match="add_model: quantization"):
        demo.add_model("mini-tiny", quantization="int5")  # pyright: ignore[reportArgumentType]
    with pytest.raises(BuilderError, match="nothing says which model this is"):
        demo.add_model()
    with pytest.raises(BuilderError, match="Demo: models: the list is empty"):
        builder.Demo("Empty").build("site")


def test_a_demo_says_in_short_what_is_in_it(demo: builder.Demo):
    assert repr(builder.Demo("Empty")) == "Demo('Empty', models: none yet, images: 0)"
    assert repr(demo) == "Demo('My colours!', models: colours, images: 1)"


def test_every_key_of_a_table_can_be_given_in_python():
    def named(function: Any) -> set[str]:
        return set(inspect.signature(function).parameters)

    assert set(ModelSpec.model_fields) <= named(builder.Demo.add_model)
    assert set(ImageSpec.model_fields) - {"file"} <= named(builder.Demo.add_image)
    # Python has other means of saying things once.
    elsewhere = {"models", "images", "template", "defaults", "prompt_table", "gallery"}
    page = set(DemoSpec.model_fields) - elsewhere
    assert page <= named(builder.Demo.__init__)
