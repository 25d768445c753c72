"""Test sets: pictures and their classes or captions, and what is wrong with them."""

from pathlib import Path

import pytest

from builder.errors import BuilderError, SpecError
from builder.evaluation.data import load_captioned_images, load_labelled_images
from tests.evaluation.colours import paint


def test_folders_are_classes(classes: Path) -> None:
    data = load_labelled_images(classes)
    assert data.classes == ("blue", "dark green", "red")
    names = [file.relative_to(classes).as_posix() for file in data.files]
    assert names[:3] == ["blue/a.png", "blue/b.png", "dark_green/a.png"]
    assert names[3:] == ["red/a.png", "red/c.png", "red/deeper/b.png"]
    assert data.labels.tolist() == [0, 0, 1, 2, 2, 2]


def test_a_csv_names_classes(classes: Path) -> None:
    path = classes / "test.csv"
    path.write_text("\ufefffile,class\nred/a.png,red\nblue/a.png,blue\n", encoding="utf-8")
    data = load_labelled_images(path)
    assert data.files == (classes / "red/a.png", classes / "blue/a.png")
    assert data.classes == ("blue", "red")
    assert data.labels.tolist() == [1, 0]


def test_captions_stand_in_columns_and_in_rows(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        paint(tmp_path / "images" / name, (1, 2, 3))
    path = tmp_path / "captions.csv"
    path.write_text(
        'file,license,caption1,caption2\na.png,x,"one, two",three\nb.png,x,four,\na.png,x,five,\n'
    )
    data = load_captioned_images(path)
    assert data.files == (tmp_path / "images/a.png", tmp_path / "images/b.png")
    assert data.captions == ("one, two", "three", "five", "four")
    assert data.image_of.tolist() == [0, 0, 0, 1]
    assert load_captioned_images(path, 1).captions == ("one, two", "four")


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (None, ["test.csv: there is no such file"]),
        ("", ["test.csv:1: the columns are none", "the columns file and class"]),
        ("name,class\na,b\n", ["test.csv:1: the columns are name, class"]),
        ("file,class\n", ["test.csv: has no pictures"]),
        ("file,class\nred/a.png,red\n", ["test.csv: has only one class"]),
        ("file,class\nred/a.png,red,blue\n", ["test.csv:2: the row does not have 2 cells"]),
        ("file,class\nred/a.png\n", ["test.csv:2: the row does not have 2 cells"]),
        ("file,class\nnone.png,red\nred/a.png,\n", ["test.csv:2: there is no file 'none.png'"]),
        ("file,class\nnone.png,red\nred/a.png,\n", ["test.csv:3: there is no class"]),
        (
            "file,class\nred/a.png,red\nred/a.png,blue\n",
            ["one picture has the classes 'blue' and 'red'"],
        ),
        ('file,class\n"red/a.png,red\n', ["test.csv:2: not a csv: "]),
    ],
)
def test_a_csv_that_cannot_be_used_says_where_and_why(
    text: str | None, messages: list[str], classes: Path
) -> None:
    path = classes / "test.csv"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(BuilderError) as caught:
        load_labelled_images(path)
    for message in messages:
        assert message in str(caught.value)


def test_folders_without_pictures_or_with_one_class_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="has no pictures in class folders"):
        load_labelled_images(tmp_path)
    paint(tmp_path / "red" / "a.png", (1, 2, 3))
    with pytest.raises(SpecError, match="has only one class"):
        load_labelled_images(tmp_path)
