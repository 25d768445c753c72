"""Trees of parameters in files, and files that hold none."""

from pathlib import Path

import numpy as np
import pytest

from builder.errors import BuilderError
from builder.params import flatten_params, load_params, read_npz, save_params, unflatten_params


def test_the_arrays_of_a_file_are_read_by_name(tmp_path: Path):
    path = tmp_path / "params.npz"
    np.savez(path, **{"a/b": np.arange(3), "c": np.array(1.5)})  # pyright: ignore[reportArgumentType]
    arrays = read_npz(path)
    assert arrays.keys() == {"a/b", "c"}
    np.testing.assert_array_equal(arrays["a/b"], [0, 1, 2])


def test_a_file_with_a_pickle_in_it_is_refused_and_not_run(tmp_path: Path):
    path = tmp_path / "params.npz"
    np.savez(path, a=np.array([{"harm": 1}], object))
    with pytest.raises(BuilderError, match=r"params\.npz: is damaged: .*allow_pickle"):
        read_npz(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file"),
        (b"\x89PNG", "is not an npz file"),
        (b"", "is not an npz"),
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
    with pytest.raises(BuilderError, match=r"params\.npz: is damaged: .*Write it again"):
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
