"""Rows by name, as they lie in two files."""

from pathlib import Path

import numpy as np
import pytest

from builder.errors import ModelError
from builder.models.precomputed.rows import NamedRows, read_rows

ROWS = np.eye(3, dtype="<f4")
INFINITE = np.where(np.eye(3) * [0, 1, 0] > 0, np.inf, ROWS)


def write(folder: Path, names: bytes, rows: np.ndarray = ROWS) -> Path:
    (folder / "z.bin").write_bytes(rows.astype("<f4").tobytes())
    (folder / "z.txt").write_bytes(names)
    return folder


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_rows_are_found_by_their_names(tmp_path: Path, end: bytes):
    named = read_rows(write(tmp_path, "a\nein Hund\nü".encode() + end), "z", 3)
    assert named.index == {"a": 0, "ein Hund": 1, "ü": 2}
    np.testing.assert_array_equal(named.select(["ü", "a"]), ROWS[[2, 0]])
    assert named.missing(["a", "b", "ü", "c"]) == ["b", "c"]


def test_an_empty_name_is_one(tmp_path: Path):
    assert read_rows(write(tmp_path, b"a\n\nb\n"), "z", 3).index == {"a": 0, "": 1, "b": 2}


def test_names_may_be_selected_more_than_once():
    named = NamedRows(ROWS, {"a": 0, "b": 1})
    assert named.select(["b", "b"]).tolist() == [[0, 1, 0], [0, 1, 0]]
    assert named.select([]).shape == (0, 3)


def test_half_precision_is_exact_enough(tmp_path: Path):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(3, 3))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)
    np.testing.assert_array_equal(read_rows(write(tmp_path, b"a\nb\nc", rows), "z", 3).rows, rows)


@pytest.mark.parametrize(
    ("names", "rows", "message"),
    [
        (b"a\nb\xff\nc", ROWS, r"z\.txt:2: is not text in UTF-8"),
        (b"a\nb\na", ROWS, r"z\.txt: 'a' is listed twice"),
        (b"a\nb", ROWS, r"z\.bin: has 36 bytes, not 24: z\.txt has 2 lines"),
        (b"a\nb\nc", ROWS * 1.01, r"z\.bin: the row of 'a' does not have length 1"),
        (b"a\nb\nc", INFINITE, "the row of 'b' holds inf in column 1"),
    ],
)
def test_files_that_do_not_fit_each_other_are_refused(
    tmp_path: Path, names: bytes, rows: np.ndarray, message: str
):
    with pytest.raises(ModelError, match=message):
        read_rows(write(tmp_path, names, rows), "z", 3)


def test_what_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(ModelError, match=r"z\.txt: there is no such file"):
        read_rows(tmp_path, "z", 3)
    (tmp_path / "z.txt").mkdir()
    with pytest.raises(ModelError, match=r"z\.txt: is a folder, not a file"):
        read_rows(tmp_path, "z", 3)
