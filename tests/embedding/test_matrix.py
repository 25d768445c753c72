import numpy as np
import pytest

from builder.embedding.matrix import Dtype, choose_dtype, decode_matrix, encode_matrix


def unit_rows(n: int, d: int) -> np.ndarray:
    rows = np.random.default_rng(0).normal(size=(n, d)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("dtype", "width", "error"), [("float32", 4, 1e-6), ("float16", 2, 2e-4), ("int8", 1, 3e-3)]
)
def test_a_matrix_comes_back_nearly_as_it_was(dtype: Dtype, width: int, error: float):
    rows = unit_rows(7, 64)
    stored = encode_matrix(rows, dtype)
    assert stored.shape == (7, 64)
    assert len(stored.data) == 7 * 64 * width
    np.testing.assert_allclose(decode_matrix(stored), rows, atol=error)
    cosines = decode_matrix(stored) @ rows.T - rows @ rows.T
    assert np.abs(cosines).max() < error


def test_the_largest_entry_uses_the_whole_int8_range():
    stored = encode_matrix(np.array([[0.5, -1.0], [0.25, 0.0]], np.float32), "int8")
    np.testing.assert_array_equal(np.frombuffer(stored.data, np.int8), [64, -127, 32, 0])


@pytest.mark.parametrize("rows", [np.zeros((2, 3), np.float32), np.zeros((0, 3), np.float32)])
def test_a_matrix_without_values_is_stored_too(rows: np.ndarray):
    np.testing.assert_array_equal(decode_matrix(encode_matrix(rows, "int8")), rows)


def test_rows_are_halved_only_where_scores_stay_what_they_are():
    rows = np.random.default_rng(0).standard_normal((8, 40)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert choose_dtype(rows, rows, scale=1) == "float16"
    assert choose_dtype(rows, rows, scale=110) == "float32"
