"""Files of arrays: what is read from good ones, and how bad ones are refused."""

import io
import pickle
import struct
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy.lib import format as npy

from builder.errors import ModelError
from builder.towers.checkpoint import Checkpoint, checkpoint_fingerprint

VALUES = np.linspace(-2, 2, 24).reshape(2, 3, 4)


def save(path: Path, **arrays: Any) -> Path:
    np.savez(path, **arrays)
    return path


def npy_bytes(array: Any, version: tuple[int, int] | None = None) -> bytes:
    data = io.BytesIO()
    npy.write_array(data, np.asarray(array), version, allow_pickle=True)
    return data.getvalue()


def header(fields: str, *, length: int | None = None) -> bytes:
    """The start of a version 2 array, whose header may claim any length."""
    text = fields.encode()
    return b"\x93NUMPY\x02\x00" + struct.pack("<I", length or len(text)) + text


def zip_up(path: Path, members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


def read(path: Path, name: str = "a") -> Any:
    with Checkpoint(path) as file:
        return file.read(name)


@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f2", "<f8", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_floating_point_numbers_become_float32(dtype: str, order: Any, tmp_path: Path):
    stored = np.asarray(VALUES, dtype, order=order)
    loaded = read(save(tmp_path / "a.npz", a=stored))
    assert loaded.dtype == np.float32
    np.testing.assert_array_equal(loaded, stored.astype(np.float32))


def test_bfloat16_is_read_from_two_bytes_without_meaning(tmp_path: Path):
    narrow = VALUES.astype(ml_dtypes.bfloat16)
    loaded = read(save(tmp_path / "a.npz", a=narrow.view("V2")))
    np.testing.assert_array_equal(loaded, narrow.astype(np.float32))


@pytest.mark.parametrize("shape", [(), (1,), (0, 3), (700_001,)])
def test_arrays_of_any_size_are_read(shape: tuple[int, ...], tmp_path: Path):
    stored = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    path = zip_up(tmp_path / "a.npz", {"a.npy": npy_bytes(stored)})
    np.testing.assert_array_equal(read(path), stored)


def test_headers_of_the_second_version_and_folders_in_the_zip_are_no_obstacle(tmp_path: Path):
    path = zip_up(tmp_path / "a.npz", {"b/": b"", "b/a.npy": npy_bytes(VALUES, (2, 0))})
    with Checkpoint(path) as file:
        assert [*file.entries] == ["b/a"]
        assert file.entries["b/a"].shape == VALUES.shape
    np.testing.assert_array_equal(read(path, "b/a"), VALUES.astype(np.float32))


def test_arrays_lie_where_jax_can_use_them_without_a_copy(tmp_path: Path):
    assert read(save(tmp_path / "a.npz", a=VALUES)).ctypes.data % 64 == 0


def test_other_types_are_seen_but_not_read(tmp_path: Path):
    path = save(tmp_path / "a.npz", step=np.array(7), name=np.array("x"), a=VALUES)
    with Checkpoint(path) as file:
        assert {*file.entries} == {"step", "name", "a"}
        with pytest.raises(ModelError, match=r"'step' holds int64, not floating point numbers"):
            file.read("step")


def test_the_fingerprint_changes_with_every_number_and_name(tmp_path: Path):
    other = VALUES.copy()
    other[1, 2, 3] += 1e-9
    files = [{"a": VALUES}, {"a": other}, {"b": VALUES}, {"a": VALUES, "b": VALUES}]
    prints = [
        checkpoint_fingerprint(save(tmp_path / f"{i}.npz", **arrays))
        for i, arrays in enumerate(files)
    ]
    assert len({*prints}) == len(files)
    again = save(tmp_path / "again.npz", a=VALUES)
    assert checkpoint_fingerprint(again) == prints[0]


class Exploit:
    def __reduce__(self):
        return (pytest.fail, ("a pickle was run",))


@pytest.mark.parametrize("name", ["wanted", "unwanted"])
def test_pickles_are_refused_even_where_nobody_asks_for_them(name: str, tmp_path: Path):
    exploit = np.empty(1, object)
    exploit[0] = Exploit()
    members = {"wanted.npy": npy_bytes(VALUES), f"{name}.npy": npy_bytes(exploit)}
    with pytest.raises(ModelError, match=rf"'{name}' holds pickled Python objects"):
        Checkpoint(zip_up(tmp_path / "a.npz", members))


def test_a_bare_pickle_is_not_taken_for_a_checkpoint(tmp_path: Path):
    path = tmp_path / "a.npz"
    path.write_bytes(pickle.dumps(Exploit()))
    with pytest.raises(ModelError, match=r"a\.npz: is not an npz file"):
        Checkpoint(path)


@pytest.mark.parametrize(
    ("member", "complaint"),
    [
        (b"", "'a' is not an array"),
        (b"GIF89a, which is no array at all", "'a' is not an array"),
        (header("{'descr': '<f4', 'fortran_order'"), "'a' is not an array"),
        (
            header("{'descr': '<f4', 'fortran_order': False, 'shape': __import__('os')}"),
            "'a' is not an array",
        ),
        (header("{}", length=4_000_000_000), "'a' is not an array"),
        (header("[" * 4000), "'a' is not an array"),
        (npy_bytes(VALUES)[:-1], r"takes 192 bytes, but 191 are there"),
        (npy_bytes(VALUES) + b"\0", r"takes 192 bytes, but 193 are there"),
        (b"\x93NUMPY\x07\x00" + npy_bytes(VALUES)[8:], r"version \(7, 0\)"),
    ],
    ids=["empty", "gif", "cut", "code", "long", "deep", "short", "excess", "version"],
)
def test_members_that_are_no_arrays_are_refused(member: bytes, complaint: str, tmp_path: Path):
    with pytest.raises(ModelError, match=complaint):
        Checkpoint(zip_up(tmp_path / "a.npz", {"a.npy": member}))


@pytest.mark.parametrize("shape", ["(10**9,)", "(-2, -3)", "(1000000000, 1000000000)", "(2.5,)"])
def test_shapes_that_the_bytes_do_not_fill_are_refused(shape: str, tmp_path: Path):
    start = header(f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}")
    with pytest.raises(ModelError, match="'a'"):
        Checkpoint(zip_up(tmp_path / "a.npz", {"a.npy": start + bytes(24)}))


def test_a_bomb_is_looked_at_without_being_blown_up(tmp_path: Path):
    count = 100_000_000
    start = header(f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count},)}}")
    path = tmp_path / "a.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file,
        file.open("a.npy", "w") as member,
    ):
        member.write(start)
        for _ in range(100):
            member.write(bytes(4 * count // 100))
    assert path.stat().st_size < 3_000_000
    tracemalloc.start()
    with Checkpoint(path) as file:
        assert file.entries["a"].shape == (count,)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def test_a_file_that_lacks_its_end_is_refused(tmp_path: Path):
    path = save(tmp_path / "a.npz", a=VALUES)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ModelError, match=r"a\.npz: .* not a complete one\. Download it again"):
        Checkpoint(path)


@pytest.mark.parametrize("at", [0.02, 0.3, 0.9])
def test_altered_bytes_are_noticed(at: float, tmp_path: Path):
    stored = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    path = zip_up(tmp_path / "a.npz", {"a.npy": npy_bytes(stored)})
    data = bytearray(path.read_bytes())
    data[int(at * len(data))] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"a\.npz: 'a'"):
        read(path)


def test_a_name_that_stands_there_twice_is_refused(tmp_path: Path):
    path = save(tmp_path / "a.npz", a=VALUES)
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("a.npy", npy_bytes(VALUES))
    with pytest.raises(ModelError, match="'a' appears more than once"):
        Checkpoint(path)


@pytest.mark.parametrize("check", [Checkpoint, checkpoint_fingerprint])
def test_encrypted_files_are_refused(check: Any, tmp_path: Path):
    path = save(tmp_path / "a.npz", a=VALUES)
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"'a\.npy' is encrypted"):
        check(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressions_that_numpy_does_not_use_are_refused(method: int, tmp_path: Path):
    path = zip_up(tmp_path / "a.npz", {"a.npy": npy_bytes(VALUES)}, method)
    with pytest.raises(ModelError, match=r"method that numpy does not use"):
        Checkpoint(path)


def test_more_members_than_any_model_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("builder.npz._MAX_MEMBERS", 3)
    path = save(tmp_path / "a.npz", **dict.fromkeys("abcd", VALUES))
    with pytest.raises(ModelError, match="has 4 arrays; at most 3 are allowed"):
        Checkpoint(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ModelError, match=r"a\.npz: there is no such file"):
        Checkpoint(tmp_path / "a.npz")
    with pytest.raises(ModelError, match="is a folder, not a file"):
        Checkpoint(tmp_path)


def test_a_member_without_a_name_is_refused_as_any_other_that_is_no_array(tmp_path: Path):
    path = zip_up(tmp_path / "a.npz", {"a": b""})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 28] = 0  # The length of the name in the directory ...
    del data[at + 46]
    data[-10] -= 1  # ... and the directory's own.
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"a\.npz: ''"):
        Checkpoint(path)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 1e300])
def test_a_weight_that_float32_does_not_have_is_named_with_its_place(number: float, tmp_path: Path):
    values = VALUES.copy()
    values[1, 2, 3] = number
    path = save(tmp_path / "a.npz", a=values, b=np.asfortranarray(values))
    for name in ("a", "b"):
        with pytest.raises(
            ModelError, match=rf"a\.npz: '{name}' holds {number} at \[1, 2, 3\]".replace("+", r"\+")
        ):
            read(path, name)
