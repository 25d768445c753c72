"""What lies on disk of a download."""

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest

from builder.download.errors import AttemptError
from builder.download.record import Origin, Part, check_download, record_of
from builder.errors import ModelError


def test_a_file_put_there_by_hand_is_recorded(tmp_path: Path):
    target = tmp_path / "mine.npz"
    target.write_bytes(b"mine")
    check_download(target)
    target.write_bytes(b"other")
    with pytest.raises(ModelError, match="is not the one that was first put there"):
        check_download(target)


URL = "https://example.org/a.bin"


def begin(
    folder: Path,
    name: str = "a.bin",
    data: bytes = b"all",
    *,
    validator: str | None = None,
    length: int | None = None,
    md5: str | None = None,
) -> Part:
    """A part of which this data came."""
    part = Part(URL, folder / name)
    part.begin(Origin(URL, validator, length, md5))
    part.path.write_bytes(data)
    return part


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_part_knows_what_it_is_of(tmp_path: Path):
    begin(tmp_path, validator='"1"', length=10, md5="x")
    part = Part(URL, tmp_path / "a.bin")
    assert part.size == 3
    assert part.origin == Origin(URL, '"1"', 10, "x")
    assert Part("https://example.org/b.bin", tmp_path / "a.bin").origin is None


def test_nothing_was_begun_where_nothing_lies(tmp_path: Path):
    part = Part(URL, tmp_path / "a.bin")
    assert (part.size, part.origin, part.is_whole) == (0, None, False)
    part.discard()
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"url": "https://example.org/a.bin"}'])
def test_a_note_that_is_not_understood_is_as_none(tmp_path: Path, note: str):
    part = begin(tmp_path)
    (tmp_path / "a.bin.part.json").write_text(note)
    assert part.origin is None


@pytest.mark.parametrize(("length", "whole"), [(3, True), (4, False), (2, False), (None, False)])
def test_a_part_is_whole_when_it_has_the_length_that_was_named(
    tmp_path: Path, length: int | None, whole: bool
):
    part = begin(tmp_path, length=length)
    assert part.is_whole is whole


def test_a_whole_file_gets_its_name_and_a_record(tmp_path: Path):
    part = begin(tmp_path, md5=hashlib.md5(b"all").hexdigest())
    part.finish()
    assert names_in(tmp_path) == ["a.bin", "a.bin.json"]
    sha256 = hashlib.sha256(b"all").hexdigest()
    record = json.loads(record_of(tmp_path / "a.bin").read_text())
    assert record == {"url": URL, "sha256": sha256, "state": None}
    assert check_download(tmp_path / "a.bin") == sha256


def test_a_file_of_another_hash_is_discarded(tmp_path: Path):
    part = begin(tmp_path, md5="0" * 32)
    with pytest.raises(AttemptError, match=r"has the MD5 .*, but the server gave 0{32}"):
        part.finish()
    assert names_in(tmp_path) == []


def test_a_checkpoint_that_was_cut_off_is_discarded(tmp_path: Path):
    data = io.BytesIO()
    np.savez(data, a=np.arange(100))
    part = begin(tmp_path, "a.npz", data.getvalue()[:-40])
    with pytest.raises(AttemptError, match=r"not a complete \.npz file"):
        part.finish()
    assert names_in(tmp_path) == []
    begin(tmp_path, "a.npz", data.getvalue()).finish()
    assert names_in(tmp_path) == ["a.npz", "a.npz.json"]


def test_giving_up_says_what_else_can_be_done(tmp_path: Path):
    message = str(Part(URL, tmp_path / "a.bin").give_up("it is offline"))
    assert message.startswith(f"{URL}: cannot be downloaded: it is offline. Try again later")
    assert message.endswith(f"save it as {tmp_path / 'a.bin'}.")
