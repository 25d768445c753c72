"""The types that the tables of a demo are made of."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from builder.spec.types import (
    ExistingFile,
    ExistingFolder,
    Id,
    Table,
    TargetName,
    Text,
    WebAddress,
    WebFolder,
    slug,
)


def accepts(kind: Any, value: object) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Id, ["a", "a-b_c", "2x"], ["", "A", "a--b", "-a", "a-", "a b", "ä"]),
        (Text, ["a", " a "], ["", " ", "\n\t"]),
        (
            WebAddress,
            ["http://a", "https://a.b/c?d#e"],
            [
                "a.b",
                "ftp://a",
                "https://",
                "http://a ",
                "https://*/",
                "https://a:b@c",
                "https://[::",
            ],
        ),
        (
            WebFolder,
            ["https://a/b", "http://localhost:80/", "http://127.0.0.1"],
            ["https://a/?b", "https://a#b", "https://a;b", "https://a,b", "http://a", "https://*/"],
        ),
        (TargetName, ["a:b", "a.b_c:d"], ["a", "a:b:c", "a.b", ":b", "a:", "a-b:c", 3]),
    ],
)
def test_a_type_takes_its_values_and_no_others(kind: Any, good: list[str], bad: list[object]):
    assert [value for value in good if not accepts(kind, value)] == []
    assert [value for value in bad if accepts(kind, value)] == []


def test_files_and_folders_are_looked_for_beside_the_demo(tmp_path: Path):
    (tmp_path / "a.png").touch()
    (tmp_path / "rows").mkdir()
    file, folder = TypeAdapter(ExistingFile), TypeAdapter(ExistingFolder)
    assert file.validate_python("a.png", context=tmp_path) == tmp_path / "a.png"
    assert folder.validate_python("rows", context=tmp_path) == tmp_path / "rows"
    with pytest.raises(ValidationError, match=r"rows is a folder, not a file"):
        file.validate_python("rows", context=tmp_path)
    with pytest.raises(ValidationError, match=r"a\.png is a file, not a folder"):
        folder.validate_python("a.png", context=tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("A Cat's life", "a-cat-s-life"), ("--x__y--", "x-y"), ("Ünü", "n"), ("東京", ""), ("", "")],
)
def test_a_slug_is_an_id_or_nothing(text: str, expected: str):
    assert slug(text) == expected
    assert not expected or accepts(Id, expected)


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
    assert message == f"there is no file {folder / written}. Add it, or correct the name."
