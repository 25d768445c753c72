"""Which pictures a gallery has: patterns, tables, archives."""

import io
import json
from pathlib import Path

import fsspec
import pyarrow
import pyarrow.parquet as parquet
import pytest
from PIL import Image

from builder.cache import Cache
from builder.embedding.pictures import see_picture
from builder.errors import BuilderError
from builder.gallery import sources
from builder.gallery.sources import find_pictures, find_stored
from builder.model import Preprocessing
from tests.evaluation.colours import paint
from tests.gallery.galleries import paint_many
from tests.tuning.test_pairs import tar


def ids(folder: Path, pictures: str) -> list[str]:
    return [picture.id for picture in find_stored(pictures, folder, Cache(folder / "cache"))]


def png(colour: tuple[int, int, int]) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (20, 16), colour).save(data, "PNG")
    return data.getvalue()


def colours(folder: Path, pictures: str) -> list[tuple[int, ...]]:
    """What the pictures show."""
    found = find_stored(pictures, folder, Cache(folder / "cache"))
    seen = [see_picture(((0, 0), picture), Preprocessing(8), thumbnails=True) for picture in found]
    assert [record.error for record, _ in seen] == [None] * len(seen)
    return [tuple(int(value) for value in pixels[0, 0]) for _, pixels in seen]


def test_a_pattern_finds_files_in_all_folders_by_name(tmp_path: Path):
    paint_many(tmp_path / "photos", 12)
    paint(tmp_path / "photos/.trash/a.png", (0, 0, 0))
    (tmp_path / "photos/notes.txt").touch()
    expected = [f"{n // 10:03}/{n:04}.png" for n in range(12)]
    assert ids(tmp_path, "photos/**/*.png") == expected
    assert ids(tmp_path, f"{tmp_path}/photos/**/*.png") == expected
    assert ids(tmp_path, "photos/001/*") == ["0010.png", "0011.png"]
    assert ids(tmp_path, "photos/*/0011.png") == ["001/0011.png"]
    with pytest.raises(BuilderError, match="there are no pictures"):
        ids(tmp_path, "photos/*.png")


def test_a_folder_with_wildcards_in_its_own_name_is_only_a_name(tmp_path: Path):
    folder = tmp_path / "2019 [a*]"
    paint(folder / "x.png", (0, 0, 0))
    assert ids(folder, "*.png") == ["x.png"]


def test_the_version_of_a_picture_changes_with_its_file(tmp_path: Path):
    paint(tmp_path / "a.png", (0, 0, 0))
    (before,) = find_stored("*.png", tmp_path, Cache(tmp_path / "cache"))
    Image.new("RGB", (99, 99)).save(tmp_path / "a.png")
    (after,) = find_stored("*.png", tmp_path, Cache(tmp_path / "cache"))
    assert before.version != after.version


def test_a_pattern_may_be_an_address(tmp_path: Path):
    with fsspec.open("memory://pictures/a/b.png", "wb") as file:
        file.write(png((255, 0, 0)))  # pyright: ignore[reportAttributeAccessIssue]
    assert ids(tmp_path, "memory://pictures/**/*.png") == ["a/b.png"]
    assert colours(tmp_path, "memory://pictures/**/*.png") == [(254, 0, 0)]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_table_names_files_and_addresses(tmp_path: Path, kind: str):
    paint(tmp_path / "sub/a.png", (0, 0, 255))
    with fsspec.open("memory://b.png", "wb") as file:
        file.write(png((255, 0, 0)))  # pyright: ignore[reportAttributeAccessIssue]
    rows = {
        "file": ["a.png", "memory://b.png", "nowhere.png"],
        "id": ["one", None, None],
        "author": ["Ada", None, None],
    }
    place = tmp_path / "sub" / f"table.{kind}"
    if kind == "csv":
        place.write_text("file,id,author\na.png,one,Ada\nmemory://b.png,,\nnowhere.png,,\n")
    else:
        parquet.write_table(pyarrow.table(rows), place)
    found = list(find_stored(f"sub/table.{kind}", tmp_path, Cache(tmp_path / "cache")))
    assert [picture.id for picture in found] == ["one", "memory://b.png", "nowhere.png"]
    seen = [
        see_picture(((0, n), picture), Preprocessing(8), thumbnails=False)[0]
        for n, picture in enumerate(found)
    ]
    assert [record.size for record in seen] == [(20, 16), (20, 16), None]
    assert seen[2].error == "there is no such file"
    absent = found[2].version
    paint(tmp_path / "sub/nowhere.png", (0, 0, 0))
    later = list(find_stored(f"sub/table.{kind}", tmp_path, Cache(tmp_path / "cache")))
    assert later[2].version != absent


def test_pictures_of_web_dataset_are_read_where_they_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for number, colour in enumerate(((255, 0, 0), (0, 0, 255))):
        members = [
            (f"part/{number}.json", json.dumps({"caption": "x"}).encode()),
            (f"part/{number}.png", png(colour)),
            (f"part/{number}.txt", b"x"),
        ]
        (tmp_path / f"shard-{number}.tar").write_bytes(tar(members))
    assert ids(tmp_path, "shard-{0..1}.tar") == ["part/0", "part/1"]
    assert colours(tmp_path, "shard-*.tar") == [(254, 0, 0), (0, 0, 254)]
    monkeypatch.setattr(sources, "list_members", pytest.fail)
    assert ids(tmp_path, "shard-{0..1}.tar") == ["part/0", "part/1"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"name\nx\n", "the first line must name the columns file"),
        ("a.csv", b"file,id\n,x\n", "there is no file"),
        ("a.csv", b"file\n\xff\xfe\n", "damaged or of another kind"),
        ("a.parquet", b"PAR1", "damaged or of another kind"),
        ("a.tar", b"x" * 600, "damaged or of another kind"),
        ("b.csv", None, "No such file"),
        ("nowhere/*.jpg", None, "No such file"),
        ("unknown://x/*.jpg", None, "unknown"),
    ],
)
def test_what_is_not_a_source_of_pictures_is_refused_with_its_name(
    tmp_path: Path, name: str, content: bytes | None, message: str
):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BuilderError, match=f"(?is){name.split('*')[0]}.*{message}"):
        ids(tmp_path, name)


def test_passwords_in_addresses_are_not_in_messages(tmp_path: Path):
    (tmp_path / "a.csv").write_text("file\nmemory://x/a.png?token=hidden\n")
    (found,) = find_stored("a.csv", tmp_path, Cache(tmp_path / "cache"))
    assert "hidden" not in found.name


def test_an_archive_says_what_stands_beside_a_picture(tmp_path: Path):
    members = {
        "part/0.jpg": png((1, 2, 3)),
        "part/0.json": b'{"author": "Ada", "year": 1843, "tags": ["x"], "licensed": true}',
        "part/0.txt": b"A red house.\n",
        "part/1.jpg": png((3, 2, 1)),
        "part/1.json": b"not json",
    }
    (tmp_path / "a.tar").write_bytes(tar(members.items()))
    for _ in range(2):  # from the archive, and from the cache
        found = list(find_pictures("a.tar", tmp_path, Cache(tmp_path / "cache")))
        assert [listed.picture.id for listed in found] == ["part/0", "part/1"]
        cells = {"author": "Ada", "year": "1843", "licensed": "True", "description": "A red house."}
        assert [listed.cells for listed in found] == [cells, {}]
