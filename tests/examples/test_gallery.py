"""The pictures of the example of a gallery."""

import csv
import itertools
import runpy
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from builder.cache import Cache
from builder.gallery.sources import find_pictures
from builder.spec.demo import load_models_spec

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with its first thirty pictures, in a checkout of its own."""
    root = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "examples/gallery", root / "examples/gallery", ignore=_ignore_pictures)
    (root / "data").symlink_to(ROOT / "data")
    runpy.run_path(str(root / "examples/gallery/make_pictures.py"))["main"](30)
    return root / "examples/gallery"


def _ignore_pictures(_: str, names: list[str]) -> set[str]:
    return {"pictures", "rows"} & set(names)


def test_its_pictures_differ_and_are_described_and_credited(example: Path):
    gallery = load_models_spec(example / "demo.toml").gallery
    assert gallery
    found = list(find_pictures(gallery.pictures, gallery.folder, Cache(example / "cache")))
    assert len(found) == 30
    for name in ("description", "author", "license", *gallery.filters):
        assert all(listed.cells[name] for listed in found), name
    licenses = {part for listed in found for part in listed.cells["license"].split(" and ")}
    assert licenses <= {"CC0-1.0", "Public Domain"}
    pictures = [np.asarray(Image.open(listed.picture.address)) for listed in found]
    assert {picture.shape for picture in pictures} == {(256, 256, 3)}
    assert not any(np.array_equal(*pair) for pair in itertools.combinations(pictures, 2))


def test_it_is_the_same_each_time(example: Path):
    before = {path: path.read_bytes() for path in (example / "pictures").rglob("*.*")}
    shutil.rmtree(example / "pictures")
    runpy.run_path(str(example / "make_pictures.py"))["main"](30)
    assert {path: path.read_bytes() for path in (example / "pictures").rglob("*.*")} == before
    table = (example / "pictures/pictures.csv").read_text("utf-8").splitlines()
    rows = list(csv.DictReader(table))
    assert rows[2]["description"] == "Pyramid, dark"
