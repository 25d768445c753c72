"""Embedding a gallery on this machine: shards, reruns, and pictures that cannot be read."""

import csv
import hashlib
import io
import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as parquet
import pytest
from PIL import Image
from rich.console import Console

from builder.embedding.local import embed_locally
from builder.embedding.pictures import EmbeddedPicture
from builder.errors import BuilderError
from builder.model import Preprocessing, Tower
from builder.progress import Progress
from tests.evaluation.colours import make_colour_model, paint
from tests.gallery.galleries import Gallery, paint_many


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    """Of 25 pictures."""
    paint_many(tmp_path / "photos", 25)
    return Gallery(tmp_path)


def read_report(gallery: Gallery) -> list[list[str]]:
    return list(csv.reader((gallery.out / "failures.csv").read_text("utf-8").splitlines()))


def test_every_picture_has_one_row_in_the_order_of_names(gallery: Gallery):
    done = gallery.embed()
    assert (done.pictures, done.shards, done.written, done.failures) == (25, 3, 3, 0)
    assert gallery.read("id") == [f"{n // 10:03}/{n:04}.png" for n in range(25)]
    assert gallery.read("size") == [[20, 16]] * 25
    assert gallery.read("error") == [None] * 25
    jpegs = gallery.read("jpeg")
    assert gallery.read("thumbnail") == [hashlib.sha256(jpeg).hexdigest() for jpeg in jpegs]
    assert gallery.read("thumbnail_bytes") == [len(jpeg) for jpeg in jpegs]
    assert {Image.open(io.BytesIO(jpeg)).size for jpeg in jpegs} == {(16, 16)}
    colours = np.array([(n % 256, 255 - n % 256, n * 37 % 256) for n in range(25)], np.float32)
    means = colours / 127.5 - 1 + 1.01
    expected = means / np.linalg.norm(means, axis=1, keepdims=True)
    assert np.abs(gallery.rows() - expected).max() < 0.02
    assert sorted(path.name for path in gallery.out.iterdir()) == [
        f"rows-0000{n}.parquet" for n in range(3)
    ]


def test_a_shard_says_what_it_was_made_with(gallery: Gallery):
    gallery.embed()
    schema = parquet.read_schema(gallery.out / "rows-00002.parquet")
    about = json.loads(schema.metadata[b"lit-demo"])
    assert (about["model"], about["dim"], about["count"], about["failures"]) == ("colours", 3, 5, 0)
    assert {"lit-demo-builder", "jax", "pillow"} <= set(about["versions"])
    assert str(schema.field("row").type) == "fixed_size_list<element: halffloat>[3]"


def test_a_second_run_computes_nothing(gallery: Gallery):
    gallery.embed()
    before = gallery.times()
    gallery.engine = lambda _: pytest.fail("nothing is missing")
    assert gallery.embed().written == 0
    assert gallery.times() == before


def test_a_run_that_was_interrupted_goes_on_where_it_was(gallery: Gallery):
    whole = partial(embed_locally, gallery.model, progress=gallery.progress)

    def stop_early(pictures: Iterator[object]) -> Iterator[EmbeddedPicture]:
        yield from itertools.islice(whole(pictures), 17)  # pyright: ignore[reportArgumentType]
        raise KeyboardInterrupt

    gallery.engine = stop_early  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(KeyboardInterrupt):
        gallery.embed()
    assert len(gallery.times()) == 1
    first = gallery.times()
    gallery.engine = None
    assert gallery.embed().written == 2
    assert gallery.times()[:1] == first
    assert len(set(gallery.read("id"))) == len(gallery.read("id")) == 25


def test_a_shard_whose_picture_was_replaced_is_computed_again(gallery: Gallery):
    gallery.embed()
    before = gallery.times()
    paint(gallery.folder / "photos/001/0012.png", (255, 0, 0))
    Image.new("RGB", (64, 48), (255, 0, 0)).save(gallery.folder / "photos/001/0012.png")
    assert gallery.embed().written == 1
    after = gallery.times()
    assert [one == two for one, two in zip(before, after, strict=True)] == [True, False, True]
    assert gallery.read("size")[12] == [64, 48]


def test_shards_without_the_thumbnails_that_a_site_needs_are_computed_again(gallery: Gallery):
    gallery.thumbnails = False
    gallery.embed()
    assert "jpeg" not in parquet.read_schema(gallery.out / "rows-00000.parquet").names
    gallery.thumbnails = True
    assert gallery.embed().written == 3
    gallery.thumbnails = False
    assert gallery.embed().written == 0, "those that are there harm nobody"


def test_shards_that_are_too_many_are_removed(gallery: Gallery):
    gallery.embed()
    for path in (gallery.folder / "photos/002").iterdir():
        path.unlink()
    assert gallery.embed().shards == 2
    assert len(gallery.read("id")) == 20


def test_pictures_that_cannot_be_read_are_reported_and_the_others_have_rows(gallery: Gallery):
    photos = gallery.folder / "photos"
    (photos / "000/0003.png").write_bytes(b"not a picture")
    (photos / "002/0021.png").write_bytes((photos / "002/0022.png").read_bytes()[:60])
    (photos / "001/0011.png").unlink()
    (photos / "001/0011.png").symlink_to("nowhere.png")
    done = gallery.embed()
    assert done.failures == 3
    header, *lines = read_report(gallery)
    assert header == ["file", "reason"]
    assert [Path(file).name for file, _ in lines] == ["0003.png", "0011.png", "0021.png"]
    assert "not a picture" in lines[0][1]
    assert gallery.read("row")[3] is None
    assert len(gallery.rows()) == 22
    assert np.isfinite(gallery.rows()).all()
    assert gallery.embed().failures == 3
    assert len(read_report(gallery)) == 4


def test_a_report_goes_when_everything_can_be_read_again(gallery: Gallery):
    broken = gallery.folder / "photos/000/0003.png"
    broken.write_bytes(b"not a picture")
    gallery.embed()
    paint(broken, (1, 2, 3))
    assert gallery.embed().failures == 0
    assert not (gallery.out / "failures.csv").exists()


def test_more_failures_than_allowed_end_the_run_and_keep_finished_shards(gallery: Gallery):
    for number in (15, 21, 22):
        (gallery.folder / f"photos/{number // 10:03}/{number:04}.png").write_bytes(b"")
    gallery.max_failures = 1
    with pytest.raises(BuilderError, match=r"lists 2 pictures .* more than\s+max_failures = 1"):
        gallery.embed()
    assert len(read_report(gallery)) == 3
    assert len(gallery.times()) == 2
    gallery.max_failures = 3
    assert gallery.embed().written == 1


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        ({"image_fingerprint": "others"}, "other weights, preprocessing or code of colours"),
        ({"preprocessing": Preprocessing(8, fit="squash")}, "other weights, preprocessing"),
        ({"id": "greys", "image_fingerprint": "others"}, r"another model, .* now greys"),
    ],
    ids=["weights", "preprocessing", "model"],
)
def test_rows_of_another_model_or_preprocessing_are_never_mixed(
    gallery: Gallery, changed: dict[str, Any], difference: str
):
    gallery.embed()
    before = gallery.times()
    gallery.model = replace(gallery.model, **changed)
    (gallery.folder / "photos/000/0000.png").unlink()
    with pytest.raises(BuilderError, match=rf"rows of {difference}.* -o, or delete this one"):
        gallery.embed()
    assert gallery.times() == before


def test_another_size_of_shards_is_refused(gallery: Gallery):
    gallery.embed()
    gallery.shard_size = 5
    with pytest.raises(BuilderError, match=r"with --shard-size 10, now it is 5. Use the same"):
        gallery.embed()


def test_a_damaged_shard_is_named(gallery: Gallery):
    gallery.embed()
    (gallery.out / "rows-00001.parquet").write_bytes(b"PAR1")
    with pytest.raises(BuilderError, match=r"rows-00001.parquet: is damaged .* Delete it"):
        gallery.embed()


def test_a_gallery_without_pictures_is_refused(tmp_path: Path):
    (tmp_path / "photos").mkdir()
    with pytest.raises(BuilderError, match=r"photos/\*\*/\*.png: there are no pictures"):
        Gallery(tmp_path).embed()
    assert not (tmp_path / "rows").exists()


def test_a_tower_that_returns_no_number_names_the_picture(gallery: Gallery):
    model = make_colour_model()
    bad = Tower(lambda params, x: x.mean((1, 2)) * np.nan + params, model.load_image().params)
    gallery.model = replace(model, load_image=lambda: bad)
    with pytest.raises(BuilderError, match=r"0000.png', which is not finite"):
        gallery.embed()


def test_progress_says_how_fast_and_how_long_it_will_be(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("builder.progress._LINE_EVERY_S", 0.0)
    said = io.StringIO()
    gallery.progress = Progress(Console(file=said, width=200))
    gallery.embed()
    assert "Embed pictures with colours (25)" in said.getvalue()
    assert "pictures/s, 0:00:00 left" in said.getvalue()
