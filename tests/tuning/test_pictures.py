"""Pictures that student and teacher are to agree on."""

from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from builder.cache import Cache
from builder.errors import BuilderError
from builder.model import Rows
from builder.progress import Progress
from builder.tuning import pictures
from builder.tuning.pictures import embed_pictures
from tests.evaluation.colours import COLOURS, make_colour_model, paint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, colour in COLOURS.items():
        paint(tmp_path / "photos" / name / "a.png", colour)
    (tmp_path / "photos" / "notes.txt").write_text("not a picture")
    return tmp_path / "photos"


def embed(place: Path) -> Rows:
    cache, progress = Cache(place.parent / "cache"), Progress(Console(quiet=True))
    return embed_pictures(make_colour_model(), place, cache=cache, progress=progress)


def test_pictures_are_found_in_all_folders_below_one(folder: Path):
    # By name: blue, green, red.
    np.testing.assert_array_equal(embed(folder).argmax(1), [2, 1, 0])


def test_pictures_may_be_those_of_a_csv(folder: Path):
    path = folder / "some.csv"
    path.write_text("file,caption\nred/a.png,red\ngreen/a.png,green\nred/a.png,red again\n")
    np.testing.assert_array_equal(embed(path).argmax(1), [0, 1])


def test_of_very_many_pictures_some_are_enough(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pictures, "_MOST", 2)
    np.testing.assert_array_equal(embed(folder).argmax(1), [2, 1])


def test_a_picture_that_cannot_be_read_is_named(folder: Path):
    (folder / "broken.jpg").write_text("not a picture")
    with pytest.raises(BuilderError, match=r"broken\.jpg"):
        embed(folder)
    (folder / "empty").mkdir()
    with pytest.raises(BuilderError, match="empty: has no pictures"):
        embed(folder / "empty")
