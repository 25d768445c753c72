"""Captioned pictures from a csv, Parquet files and WebDataset's shards."""

import csv
import io
import json
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path

import fsspec
import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from builder.cache import Cache
from builder.errors import BuilderError
from builder.progress import Progress
from builder.tuning.pairs import Pairs, hold_out, read_pairs
from builder.tuning.shards import find_shards
from tests.evaluation.colours import COLOURS, make_colour_model

EXAMPLES = [(name, colour, (f"a {name} thing", name)) for name, colour in COLOURS.items()]


def picture(colour: tuple[int, int, int]) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (20, 16), colour).save(data, "PNG")
    return data.getvalue()


def tar(members: Iterable[tuple[str, bytes]]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return data.getvalue()


def web_dataset() -> bytes:
    members: list[tuple[str, bytes]] = [("README", b"not an example"), ("x.json", b"{}")]
    for number, (_, colour, captions) in enumerate(EXAMPLES):
        members.append((f"part/{number:03}.png", picture(colour)))
        if number:
            members.append((f"part/{number:03}.json", json.dumps({"caption": captions}).encode()))
        else:
            members.append((f"part/{number:03}.txt", captions[0].encode()))
    return tar(members)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def read(cache: Cache, *places: str | Path) -> Pairs:
    return read_pairs(
        [str(place) for place in places],
        make_colour_model(),
        cache=cache,
        progress=Progress(Console(quiet=True)),
    )


def test_a_csv_lists_pictures_and_captions(tmp_path: Path, cache: Cache):
    path = tmp_path / "pairs.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "caption1", "caption2"])
        for name, colour, captions in EXAMPLES:
            (tmp_path / f"{name}.png").write_bytes(picture(colour))
            rows.writerow([f"{name}.png", *captions])
    pairs = read(cache, path)
    assert pairs.captions == tuple(captions for *_, captions in EXAMPLES)
    np.testing.assert_array_equal(pairs.zimg.argmax(1), [0, 1, 2])
    assert pairs.texts[:3] == ["a red thing", "red", "a green thing"]
    assert pairs.image_of.tolist() == [0, 0, 1, 1, 2, 2]


def test_shards_of_web_dataset_are_read_once(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
):
    for number in range(2):
        (tmp_path / f"shard-{number:02}.tar").write_bytes(web_dataset())
    pairs = read(cache, tmp_path / "shard-{00..01}.tar")
    assert pairs.captions[:3] == (("a red thing",), EXAMPLES[1][2], EXAMPLES[2][2])
    np.testing.assert_array_equal(pairs.zimg.argmax(1), [0, 1, 2, 0, 1, 2])
    monkeypatch.setattr("builder.tuning.shards.Shard.read", pytest.fail)
    again = read(cache, tmp_path / "*.tar")
    assert again.captions == pairs.captions
    np.testing.assert_array_equal(again.zimg, pairs.zimg)


def test_a_shard_that_has_changed_is_read_again(tmp_path: Path, cache: Cache):
    path = tmp_path / "a.tar"
    path.write_bytes(web_dataset())
    before = find_shards(str(path))
    path.write_bytes(web_dataset() + bytes(512))
    assert find_shards(str(path)) != before


def test_shards_may_lie_wherever_fsspec_finds_them(cache: Cache):
    with fsspec.open("memory://pairs/a.tar", "wb") as file:
        file.write(web_dataset())  # pyright: ignore[reportAttributeAccessIssue]
    assert len(read(cache, "memory://pairs/*.tar")) == 3


def test_parquet_files_have_the_columns_of_hugging_faces_data_sets(tmp_path: Path, cache: Cache):
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    images = [{"bytes": picture(colour), "path": name} for name, colour, _ in EXAMPLES]
    captions = [list(captions) for *_, captions in EXAMPLES]
    path = tmp_path / "a.parquet"
    parquet.write_table(arrow.table({"image": images, "captions": captions}), path)
    pairs = read(cache, path)
    assert pairs.captions == tuple(captions for *_, captions in EXAMPLES)
    np.testing.assert_array_equal(pairs.zimg.argmax(1), [0, 1, 2])
    parquet.write_table(arrow.table({"url": ["a"]}), tmp_path / "b.parquet")
    with pytest.raises(BuilderError, match=r"b\.parquet: its columns are url\. It must have image"):
        read(cache, tmp_path / "b.parquet")


def test_parquet_without_pyarrow_names_the_extra(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(BuilderError, match=r"pip install 'lit-demo-builder\[tuning\]'"):
        read(cache, tmp_path / "a.parquet")


def test_what_is_no_shard_is_refused_in_a_sentence(tmp_path: Path, cache: Cache):
    (tmp_path / "damaged.tar").write_bytes(b"not a tar" * 99)
    (tmp_path / "empty.tar").write_bytes(tar([("a.txt", b"a text")]))
    (tmp_path / "broken.tar").write_bytes(tar([("a.png", b"no"), ("a.txt", b"a text")]))
    for name, message in (
        ("damaged.tar", r"damaged\.tar: is damaged or of another kind"),
        ("empty.tar", r"empty\.tar: has no picture with a caption"),
        ("broken.tar", r"broken\.tar:a: "),
        ("absent.tar", r"absent\.tar"),
        ("absent*.tar", r"absent\*\.tar: there are no such files"),
    ):
        with pytest.raises(BuilderError, match=message):
            read(cache, tmp_path / name)
    with pytest.raises(BuilderError, match="nosuch"):
        read(cache, "nosuch://bucket/a.tar")


def test_pictures_are_held_out_with_all_their_captions():
    captions = tuple((f"{i}", f"{i} again") for i in range(10))
    pairs = Pairs(np.arange(10, dtype=np.float32)[:, None], captions)
    learned, held_out = hold_out(pairs, 3, seed=0)
    assert (len(learned), len(held_out)) == (7, 3)
    for part in (learned, held_out):
        assert [int(row[0]) for row in part.zimg] == [int(texts[0]) for texts in part.captions]
    assert {*learned.captions, *held_out.captions} == {*captions}
    with pytest.raises(BuilderError, match="10 pictures, too few to hold out 6"):
        hold_out(pairs, 6, seed=0)
