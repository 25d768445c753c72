"""A gallery's part of a site: what the page gets, and what the author is told."""

import csv
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from builder.errors import BuilderError
from builder.gallery import rows as gallery_rows
from builder.gallery.built import BuiltGallery
from builder.gallery.index.exact import read_exact_rows
from builder.gallery.index.files import list_urls
from builder.gallery_manifest import ExactIndex, FileList
from tests.evaluation.colours import paint
from tests.gallery.galleries import Gallery, build, paint_many


def write_table(folder: Path, rows: Sequence[Mapping[str, str]]) -> None:
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def read_records(built: BuiltGallery) -> dict[str, list[Any]]:
    """All records, field by field."""
    fields: dict[str, list[Any]] = {}
    for content in read_list(built, built.part.records):
        for name, values in json.loads(content).items():
            fields.setdefault(name, []).extend(values)
    return fields


def read_list(built: BuiltGallery, files: FileList) -> list[bytes]:
    return [built.files[url] for url in list_urls(files, built.files[files.url])]


def test_each_picture_that_can_be_read_has_a_row_a_record_and_a_thumbnail(tmp_path: Path):
    names = paint_many(tmp_path / "photos", 25)
    (tmp_path / "photos" / names[3]).write_bytes(b"not a picture")
    built = build(tmp_path)
    records = read_records(built)
    assert records["id"] == records["description"] == [n for n in names if n != names[3]]
    assert (records["width"], records["height"]) == ([20] * 24, [16] * 24)
    assert records["address"] == records["author"] == [None] * 24
    assert isinstance(built.part.index, ExactIndex)
    rows = read_exact_rows(built.part.index, built.files, 3)
    assert (len(rows), built.part.pictures) == (24, 24)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=0.02)
    for name in records["thumbnail"]:
        data = built.files[f"{built.part.thumbnails}{name}"]
        assert name == f"{hashlib.sha256(data).hexdigest()[:32]}.jpg"
    assert [record.id for record in built.first] == records["id"][:24]
    assert (built.report.pictures, built.report.failures) == (24, 1)
    assert built.report.failures_file
    assert "not a picture" in Path(built.report.failures_file).read_text()


def test_the_manifest_lists_every_file_by_its_content(tmp_path: Path):
    paint_many(tmp_path / "photos", 12)
    built = build(tmp_path)
    listed = {url for files in built.part.files for url in list_urls(files, built.files[files.url])}
    assert listed == {url for url in built.files if not url.endswith(".list")}
    for url, data in built.files.items():
        assert Path(url).stem == hashlib.sha256(data).hexdigest()[:32]
        assert built.files.sizes[url] == len(data)


def test_what_a_table_says_is_in_the_records(tmp_path: Path):
    names = paint_many(tmp_path / "photos", 3)
    about = {"author": "Ada", "license": "CC0-1.0", "source": "https://example.org/1"}
    texts = ("A red wall.", "", "A blue one.")
    rows = [
        {"file": f"photos/{name}", "id": f"p{i}", "description": text, "address": "", **about}
        for i, (name, text) in enumerate(zip(names, texts, strict=True))
    ]
    rows[2] |= {"address": "https://pictures.example.org/2.jpg", "author": ""}
    write_table(tmp_path, rows)
    built = build(tmp_path, pictures="table.csv")
    records = read_records(built)
    assert records["description"] == ["A red wall.", "p1", "A blue one."]
    assert records["author"] == ["Ada", "Ada", None]
    assert records["source"] == ["https://example.org/1"] * 3
    assert records["address"] == [None, None, "https://pictures.example.org/2.jpg"]
    assert built.hosts == ("https://pictures.example.org:443",)


def test_columns_are_what_visitors_filter_by(tmp_path: Path):
    names = paint_many(tmp_path / "photos", 5)
    years = ("1999", "99", "1999", "", "2001")
    rows = [{"file": f"photos/{n}", "year": y} for n, y in zip(names, years, strict=True)]
    write_table(tmp_path, rows)
    (column,) = build(tmp_path, pictures="table.csv", filters=["year"]).part.columns
    assert (column.name, column.values) == ("year", ("99", "1999", "2001"))
    built = build(tmp_path, pictures="table.csv", filters=["year"])
    assert read_list(built, built.part.columns[0].files) == [bytes([1, 0, 1, 255, 2])]


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (["file"], r"gallery.filters: the column 'file' has 60 different values\s+Filter by a col"),
        (["yaer"], r"no column 'yaer'\s+The columns are file, year. Correct the name"),
        (["year"], r"the column 'year' is empty"),
    ],
)
def test_a_column_that_nobody_could_filter_by_is_refused(
    tmp_path: Path, filters: list[str], message: str
):
    names = paint_many(tmp_path / "photos", 60)
    write_table(tmp_path, [{"file": f"photos/{name}", "year": " "} for name in names])
    with pytest.raises(BuilderError, match=message):
        build(tmp_path, pictures="table.csv", filters=filters)


@pytest.mark.parametrize(
    ("column", "value"), [("source", "javascript:alert(1)"), ("address", "see page 3")]
)
def test_an_address_that_is_none_is_refused_with_its_line(tmp_path: Path, column: str, value: str):
    (name,) = paint_many(tmp_path / "photos", 1)
    write_table(tmp_path, [{"file": f"photos/{name}", column: value}])
    with pytest.raises(BuilderError, match=rf"table.csv:2: {column}: '{re.escape(value)}' "):
        build(tmp_path, pictures="table.csv")


def test_thumbnails_may_be_where_the_author_keeps_them(tmp_path: Path):
    names = paint_many(tmp_path / "photos", 2)
    built = build(tmp_path, thumbnails="https://example.org/small")
    assert built.part.thumbnails == "https://example.org/small/"
    assert read_records(built)["thumbnail"] == names
    assert built.hosts == ("https://example.org:443",)
    assert not [url for url in built.files if url.endswith(".jpg")]


def test_pictures_may_be_shown_from_their_own_addresses(tmp_path: Path):
    (name,) = paint_many(tmp_path / "photos", 1)
    write_table(tmp_path, [{"file": f"photos/{name}", "address": "https://example.org/a.jpg"}])
    built = build(tmp_path, pictures="table.csv", thumbnails="address")
    assert built.part.thumbnails is None
    assert read_records(built)["thumbnail"] == ["https://example.org/a.jpg"]
    write_table(tmp_path, [{"file": f"photos/{name}", "address": ""}])
    with pytest.raises(BuilderError, match=r"csv:2: the picture has no address\s+Give it one"):
        build(tmp_path, pictures="table.csv", thumbnails="address")


def test_rows_beside_the_demo_are_used_and_few_that_are_missing_are_computed(tmp_path: Path):
    paint_many(tmp_path / "photos", 25)
    gallery = Gallery(tmp_path)
    gallery.embed()
    paint_many(tmp_path / "photos", 27)
    assert build(tmp_path).part.pictures == 27
    assert len(gallery.read("id")) == 27
    assert build(tmp_path, rows=tmp_path / "rows").part.pictures == 27


def test_more_pictures_than_a_build_should_embed_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    paint_many(tmp_path / "photos", 12)
    monkeypatch.setattr(gallery_rows, "MOST_EMBEDDED", 11)
    with pytest.raises(BuilderError, match=r"lacks 12 of 12 pictures.*Run `lit-demo embed` first"):
        build(tmp_path)
    with pytest.raises(BuilderError, match=r"rows: there are no rows in it. `lit-demo embed -o"):
        build(tmp_path, rows=tmp_path / "rows")


def test_a_second_build_reads_no_picture(tmp_path: Path):
    names = paint_many(tmp_path / "photos", 3)
    first = build(tmp_path)
    kept = [(tmp_path / "photos" / name).stat() for name in names]
    for name, stat in zip(names, kept, strict=True):
        path = tmp_path / "photos" / name
        path.write_bytes(b"\0" * stat.st_size)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert dict(build(tmp_path).files) == dict(first.files)


def test_a_shard_that_changes_while_the_site_is_written_is_named(tmp_path: Path):
    paint_many(tmp_path / "photos", 3)
    gallery = Gallery(tmp_path)
    gallery.embed()
    built = build(tmp_path)
    paint(tmp_path / "photos/000/0001.png", (9, 9, 9))
    Image.new("RGB", (40, 40), (9, 9, 9)).save(tmp_path / "photos/000/0001.png")
    gallery.embed()
    with pytest.raises(BuilderError, match=r"rows-00000.parquet: has changed while the site was"):
        dict(built.files)
