import tomllib
from pathlib import Path

import pytest

from builder.spec.demo import load_spec
from tests.commands.run import run
from tests.conftest import gradient


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("Köln.png", "kitten on a sofa.jpg", "IMG_1.JPG"):
        gradient(20, 16).save(folder / name)
    return folder


def test_a_folder_of_pictures_becomes_a_demo(tmp_path: Path, photos: Path):
    out = tmp_path / "rhine-trip"
    code, printed = run("new", out, "--from", photos, "--license", "CC0-1.0", "--author", 'A "B"')
    assert code == 0, printed
    assert "with 3 pictures" in printed
    spec = load_spec(out)
    assert spec.title == "Rhine trip"
    assert [image.id for image in spec.images] == ["img-1", "kitten-on-a-sofa", "koln"]
    assert [image.prompts for image in spec.images] == [
        *(("picture 1",), ("kitten on a sofa",), ("köln",)),
    ]
    assert {image.author for image in spec.images} == {'A "B"'}
    assert (out / "images/img-1.jpg").read_bytes() == (photos / "IMG_1.JPG").read_bytes()
    text = (out / "demo.toml").read_text(encoding="utf-8")
    assert text.count("# Draft, from the file's name") == 3
    assert tomllib.loads(text)["defaults"] == {"author": 'A "B"', "license": "CC0-1.0"}


def test_pictures_may_stay_where_they_are(tmp_path: Path, photos: Path):
    code, printed = run("new", tmp_path / "demo", "--from", photos, "--refer")
    assert code == 0, printed
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == ["demo.toml"]
    spec = load_spec(tmp_path / "demo")
    assert {image.file.resolve() for image in spec.images} == set(photos.iterdir())
    assert "../photos/IMG_1.JPG" in (tmp_path / "demo/demo.toml").read_text(encoding="utf-8")


def test_nothing_is_written_over(tmp_path: Path, photos: Path):
    taken = tmp_path / "demo/images/koln.png"
    taken.parent.mkdir(parents=True)
    taken.write_text("mine")
    code, printed = run("new", tmp_path / "demo", "--from", photos)
    assert code == 2
    assert "koln.png: already exists" in printed
    assert [path for path in (tmp_path / "demo").rglob("*") if path.is_file()] == [taken]


def test_pictures_are_for_the_page_of_pictures(tmp_path: Path, photos: Path):
    code, printed = run("new", tmp_path / "demo", "--from", photos, "--template", "mnist")
    assert code == 2
    assert "--from is for pictures and sentences, not for mnist" in printed
