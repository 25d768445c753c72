"""Files that are not in memory."""

from pathlib import Path

import pytest

from builder.errors import BuilderError
from builder.stored_files import FileParts, JoinedFiles, SpilledFiles, sizes_of


def test_spilled_files_are_read_back_and_leave_nothing(tmp_path: Path):
    files = SpilledFiles(tmp_path / "cache")
    files.update({"a": b"one", "b": b"", "c": b"three"})
    files["a"] = b"another"
    assert dict(files) == {"a": b"another", "b": b"", "c": b"three"}
    assert files.sizes == {"a": 7, "b": 0, "c": 5}
    del files["b"]
    assert "b" not in files
    assert list((tmp_path / "cache").iterdir()) == []


def test_files_that_stand_in_a_file_are_read_from_where_it_was(tmp_path: Path):
    (tmp_path / "all").write_bytes(b"head|onethree")
    file = (tmp_path / "all").open("rb")
    file.read(5)
    files = FileParts(file, {"a": 3, "b": 0, "c": 5})
    assert dict(files) == {"a": b"one", "b": b"", "c": b"three"}
    assert files["a"] == b"one"
    assert sizes_of(files) == {"a": 3, "b": 0, "c": 5}
    del files
    assert file.closed


def test_of_joined_files_the_last_count_and_none_is_read_for_its_size(tmp_path: Path):
    spilled = SpilledFiles(tmp_path)
    spilled["a"] = b"one"
    spilled["b"] = b"two"
    joined = JoinedFiles(spilled, {"b": b"second", "c": b"three"})
    assert dict(joined) == {"a": b"one", "b": b"second", "c": b"three"}
    assert joined.sizes == sizes_of(dict(joined)) == {"a": 3, "b": 6, "c": 5}
    assert list(joined) == ["a", "b", "c"]


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(BuilderError, match=r"file: cannot be written: .* --cache-dir"):
        SpilledFiles(tmp_path / "file")
