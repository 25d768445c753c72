from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest
from PIL import Image

from builder.drafting.pictures import find_pictures
from builder.errors import BuilderError, SpecError
from tests.conftest import gradient


def save(path: Path, **exif: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture, data = gradient(12, 9), Image.Exif()
    for tag, text in {"artist": 0x013B, "copyright": 0x8298, "description": 0x010E}.items():
        if tag in exif:
            data[text] = exif[tag].encode()  # as most programs do
    picture.save(path, exif=data)
    return path


def test_a_folder_is_read_in_the_order_of_its_numbers(tmp_path: Path):
    for name in ("b10.jpg", "b9.jpg", "A.jpg", "inner/c.jpg", ".hidden/d.jpg", ".e.jpg"):
        save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("not a picture")
    found = find_pictures(str(tmp_path))
    assert [image.file.name for image in found.images] == ["A.jpg", "b9.jpg", "b10.jpg", "c.jpg"]
    assert [file.name for file in found.left_out] == ["notes.txt"]


def test_a_pattern_chooses(tmp_path: Path):
    for name in ("a.jpg", "b.png", "inner/c.jpg"):
        save(tmp_path / name)
    found = find_pictures(f"{tmp_path}/**/*.jpg")
    assert [image.file.name for image in found.images] == ["a.jpg", "c.jpg"]


def test_credits_come_from_the_file(tmp_path: Path):
    save(tmp_path / "1.jpg", artist="Zoë", copyright="© Zoë, CC BY-SA 4.0", description="A lake.")
    save(tmp_path / "2.jpg", copyright="All rights reserved")
    one, two = find_pictures(str(tmp_path)).images
    assert (one.author, one.license, one.description) == ("Zoë", "CC BY-SA 4.0", "A lake.")
    assert (one.prompts, one.drafted) == (("a lake",), {"prompts"})
    assert (two.license, two.rights) == ("", "All rights reserved")
    assert (two.description, two.drafted) == ("Picture 2", {"description", "prompts"})


ROWS = {
    "file": ["a.jpg", "b.jpg"],
    "description": ["A cat.", ""],
    "prompt1": ["a cat", "x"],
    "prompt2": ["a dog", ""],
    "license": ["CC0-1.0", "MIT"],
}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_says_what_the_author_knows(tmp_path: Path, suffix: str):
    save(tmp_path / "a.jpg", description="Not this one.")
    save(tmp_path / "b.jpg")
    table = tmp_path / f"pictures.{suffix}"
    if suffix == "csv":
        lines = [",".join(row) for row in zip(*ROWS.values(), strict=True)]
        table.write_text("\n".join([",".join(ROWS), *lines]))
    else:
        pyarrow.parquet.write_table(pyarrow.table(ROWS), table)
    one, two = find_pictures(str(table)).images
    assert (one.description, one.prompts, one.license) == ("A cat.", ("a cat", "a dog"), "CC0-1.0")
    assert one.drafted == set()
    assert (two.description, two.prompts, two.license) == ("B", ("x",), "MIT")


def test_every_row_without_a_picture_is_named(tmp_path: Path):
    save(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_text("no")
    (tmp_path / "t.csv").write_text("file\na.jpg\nb.jpg\nc.jpg\n")
    with pytest.raises(SpecError) as caught:
        find_pictures(str(tmp_path / "t.csv"))
    b, c = map(str, caught.value.problems)
    assert "t.csv:3: 'b.jpg' is not a picture" in b
    assert "t.csv:4: 'c.jpg' is not a file" in c


@pytest.mark.parametrize("source", ["nowhere", "empty", "empty/*.jpg"])
def test_a_place_without_pictures_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BuilderError, match=f"{source.replace('*', '.')}: there is no"):
        find_pictures(source)
