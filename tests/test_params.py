"""Trees of parameters in files, and files that hold none."""

import io
import struct
import zipfile
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from builder.errors import BuilderError
from builder.params import (
    flatten_params,
    load_params,
    read_npz,
    read_params,
    save_params,
    unflatten_params,
)


def test_the_arrays_of_a_file_are_read_by_name(tmp_path: Path):
    path = tmp_path / "params.npz"
    np.savez(path, **{"a/b": np.arange(3), "c": np.array(1.5)})  # pyright: ignore[reportArgumentType]
    arrays = read_npz(path)
    assert arrays.keys() == {"a/b", "c"}
    np.testing.assert_array_equal(arrays["a/b"], [0, 1, 2])


def test_a_file_with_a_pickle_in_it_is_refused_and_not_run(tmp_path: Path):
    path = tmp_path / "params.npz"
    np.savez(path, a=np.array([{"harm": 1}], object))
    with pytest.raises(BuilderError, match=r"params\.npz: 'a' holds pickled Python objects"):
        read_npz(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no such file"),
        (b"\x89PNG", "is not an npz file"),
        (b"", "is not an npz file"),
    ],
)
def test_what_is_not_such_a_file_is_refused_by_name(
    tmp_path: Path, content: bytes | None, message: str
):
    path = tmp_path / "params.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BuilderError, match=rf"params\.npz: {message}"):
        read_npz(path)


def test_a_damaged_file_is_refused_by_name(tmp_path: Path):
    path = tmp_path / "params.npz"
    np.savez_compressed(path, a=np.random.default_rng(0).normal(size=1000))
    data = bytearray(path.read_bytes())
    data[500:600] = bytes(100)
    path.write_bytes(data)
    with pytest.raises(BuilderError, match=r"params\.npz: 'a' cannot be read: .*write it anew"):
        read_npz(path)


def test_leaves_may_be_read_in_another_type(tmp_path: Path):
    save_params(tmp_path / "tree.npz", {"a": np.ones(2, np.float32)})
    assert load_params(tmp_path / "tree.npz", np.float64)["a"].dtype == np.float64


def test_parameters_survive_the_file_as_float16(tmp_path: Path) -> None:
    tree = {"a": {"b": np.array([0.1, 2.0], np.float32)}, "c": np.array([[1.5]], np.float32)}
    save_params(tmp_path / "tree.npz", tree)
    loaded = load_params(tmp_path / "tree.npz")
    assert flatten_params(loaded).keys() == {"a/b", "c"}
    np.testing.assert_array_equal(
        loaded["a"]["b"], np.array([0.1, 2.0], np.float16).astype(np.float32)
    )
    assert loaded["c"].dtype == np.float32


def test_flattening_is_undone_by_unflattening() -> None:
    tree = {"a": {"b": {"c": np.zeros(2)}, "d": np.ones(1)}}
    assert unflatten_params(flatten_params(tree)).keys() == tree.keys()
    assert flatten_params(unflatten_params(flatten_params(tree))).keys() == {"a/b/c", "a/d"}


@pytest.mark.parametrize("names", [("a", "a/b"), ("a/b", "a"), ("a/b/c", "a/b", "d")])
def test_an_array_and_a_dictionary_of_the_same_name_are_refused(
    names: tuple[str, ...], tmp_path: Path
):
    path = tmp_path / "params.npz"
    np.savez(path, **dict.fromkeys(names, np.ones(1)))  # pyright: ignore[reportArgumentType]
    with pytest.raises(BuilderError, match=r"params\.npz: 'a.*' stands in the way of another"):
        read_params(path)


def test_a_tree_deeper_than_jax_can_follow_is_refused(tmp_path: Path):
    path = tmp_path / "params.npz"
    np.savez(path, **{"a/" * 5000 + "b": np.ones(1)})  # pyright: ignore[reportArgumentType]
    with pytest.raises(BuilderError, match="nested more than 64 deep"):
        read_params(path)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.array([1, np.nan]), r"'a' holds nan at \[1\], which is not a finite float64"),
        (np.array(-np.inf, np.float16), "'a' holds -inf, which is not a finite float16"),
        (np.array([[0, 1j * np.inf]]), r"'a' holds .*infj\) at \[0, 1\]"),
        (np.array(["text"]), "'a' holds <U4, not numbers"),
        (np.array(["2020-01-01"], "datetime64[D]"), r"'a' holds datetime64\[D\], not numbers"),
        (np.zeros(2, [("x", "f4"), ("y", "i4")]), "'a' holds .*'x'.*, not numbers"),
    ],
    ids=["nan", "inf", "complex", "text", "date", "structured"],
)
def test_what_is_not_a_number_to_compute_with_is_named_with_its_place(
    array: np.ndarray, message: str, tmp_path: Path
):
    np.savez(tmp_path / "params.npz", a=array)
    with pytest.raises(BuilderError, match=message):
        read_npz(tmp_path / "params.npz")


def test_samples_may_hold_what_is_not_finite(tmp_path: Path):
    np.savez(tmp_path / "samples.npz", a=np.array([np.nan, np.inf]))
    stored = read_npz(tmp_path / "samples.npz", finite=False)["a"]
    np.testing.assert_array_equal(stored, [np.nan, np.inf])


def test_arrays_of_any_number_become_those_of_this_machine(tmp_path: Path):
    arrays = {
        "big": np.arange(3, dtype=">i4"),
        "empty": np.zeros((0, 7), np.int8),
        "flag": np.array([True, False]),
        "complex": np.array([1 + 2j], np.complex64),
        "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    }
    np.savez(tmp_path / "a.npz", **arrays)  # pyright: ignore[reportArgumentType]
    read = read_npz(tmp_path / "a.npz")
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array)
        assert read[name].dtype == array.dtype.newbyteorder("=")


def test_bfloat16_becomes_float32(tmp_path: Path):
    narrow = np.linspace(0, 1, 5).astype(ml_dtypes.bfloat16)
    np.savez(tmp_path / "a.npz", a=narrow.view("V2"))
    read = read_npz(tmp_path / "a.npz")["a"]
    np.testing.assert_array_equal(read, narrow.astype(np.float32))


def test_a_bomb_is_refused_before_it_takes_memory(tmp_path: Path):
    start = npy_header((25_000_000_000,))
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.npy", start)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    # The directory claims as many bytes as there would be, in the extra field of ZIP64.
    data[at + 24 : at + 28] = b"\xff" * 4
    extra = struct.pack("<HHQ", 1, 8, 100_000_000_000 + len(start))
    data[at + 30 : at + 32] = struct.pack("<H", len(extra))
    end = data.index(b"PK\x05\x06")
    data[end:end] = extra
    at_end = data.index(b"PK\x05\x06")
    size = struct.unpack_from("<I", data, at_end + 12)[0]
    struct.pack_into("<I", data, at_end + 12, size + len(extra))
    path.write_bytes(data)
    with pytest.raises(BuilderError, match="take 100,000,000,000 bytes; at most 4,294,967,296"):
        read_npz(path)


def npy_header(shape: tuple[int, ...]) -> bytes:
    data = io.BytesIO()
    fields = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(data, fields)
    return data.getvalue()
