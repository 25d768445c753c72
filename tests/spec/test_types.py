"""The types of `demo.toml` check what they name."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from builder.spec.types import ExistingFile, ExistingFolder, Table


class Names(Table):
    file: ExistingFile | None = None
    folder: ExistingFolder | None = None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    (tmp_path / "models" / "tiny").mkdir(parents=True)
    for name in ("my-dog.jpg", "Cat.JPG", "none"):
        (tmp_path / "images" / name).touch()
    return tmp_path


def message_for(place: Path, /, **names: str) -> str:
    with pytest.raises(ValidationError) as caught:
        Names.model_validate(names, context=place)
    (error,) = caught.value.errors()
    return error["msg"]


def test_what_exists_is_found_in_the_folder_of_the_specification(folder: Path):
    names = {"file": "images/my-dog.jpg", "folder": "models/tiny"}
    found = Names.model_validate(names, context=folder)
    assert found.file == folder / "images" / "my-dog.jpg"
    assert found.folder == folder / "models" / "tiny"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("images/my-dgo.jpg", "images/my-dog.jpg"),
        ("images/my-dog.jpeg", "images/my-dog.jpg"),
        ("images/cat.jpg", "images/Cat.JPG"),
    ],
)
def test_a_missing_file_suggests_a_similar_one_as_it_would_be_written(
    folder: Path, written: str, meant: str
):
    message = message_for(folder, file=written)
    assert message == f"there is no file {folder / written}. Did you mean {meant}?"


def test_a_missing_folder_suggests_a_folder_only(folder: Path):
    (folder / "models" / "tinny").touch()
    message = message_for(folder, folder="models/tinni")
    assert message == f"there is no folder {folder}/models/tinni. Did you mean models/tiny?"


@pytest.mark.parametrize("written", ["images/bird.jpg", "images/models.png", "nowhere/my-dog.jpg"])
def test_nothing_is_suggested_where_nothing_is_similar(folder: Path, written: str):
    message = message_for(folder, file=written)
    assert message == f"there is no file {folder / written}. Put it there, or correct the name."
