"""Ops in numpy: those whose conventions are not numpy's own."""

import numpy as np
import pytest

from builder.tfjs import ops
from builder.tfjs.graph import Attr, TensorType, Value, make, placeholder
from builder.tfjs.numpy.evaluate import run_node
from builder.tfjs.numpy.implementations import KERNELS
from builder.tfjs.operands import OPERANDS

ROWS = np.array([[3.0, 1.0, 3.0], [-1.0, 0.0, 2.0]], np.float32)
X = Value(placeholder("x", TensorType((2, 3), "float32")))
PICTURE = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)


def test_every_op_with_constant_operands_is_there():
    assert [op for op in OPERANDS if op not in KERNELS] == []


def test_of_equal_numbers_the_first_is_the_largest():
    values, places = run_node(ops.top_k(X, 2)[0].node, [ROWS])
    np.testing.assert_array_equal(values, [[3, 3], [2, 0]])
    np.testing.assert_array_equal(places, [[0, 2], [2, 1]])
    assert places.dtype == np.int32
    np.testing.assert_array_equal(run_node(ops.arg_reduce("ArgMax", X, 1).node, [ROWS])[0], [0, 2])


@pytest.mark.parametrize(
    ("backwards", "expected"), [(False, [[3, 4, 7], [-1, -1, 1]]), (True, [[7, 4, 3], [1, 2, 2]])]
)
def test_sums_run_from_either_end(backwards: bool, expected: list[list[int]]):
    value = ops.accumulate("Cumsum", X, 1, backwards=backwards)
    np.testing.assert_array_equal(run_node(value.node, [ROWS])[0], expected)


def test_updates_of_the_same_place_are_added_or_the_last_one_stays():
    positions = Value(placeholder("p", TensorType((3, 1), "int32")))
    updates = Value(placeholder("u", TensorType((3,), "float32")))
    vector = Value(placeholder("v", TensorType((4,), "float32")))
    places, numbers = np.array([[1], [3], [1]]), np.array([5, 6, 7], np.float32)
    added = ops.scatter_sum(positions, updates, 4, None)
    np.testing.assert_array_equal(run_node(added.node, [places, numbers])[0], [0, 12, 0, 6])
    before = np.ones(4, np.float32)
    written = ops.scatter_update(vector, positions, updates)
    found = run_node(written.node, [before, places, numbers])[0]
    np.testing.assert_array_equal(found, [1, 7, 1, 6])
    np.testing.assert_array_equal(before, [1, 1, 1, 1])


def test_whole_numbers_are_divided_into_whole_numbers():
    counts = Value(placeholder("c", TensorType((2,), "int32")))
    value = ops.binary("RealDiv", counts, counts)
    (found,) = run_node(value.node, [np.array([7, -8], np.int32), np.array([2, 2], np.int32)])
    assert (found.tolist(), found.dtype) == ([3, -4], np.int32)


def test_softmax_of_large_numbers_is_finite():
    (found,) = run_node(ops.softmax(X).node, [ROWS * 1000])
    np.testing.assert_allclose(found, [[0.5, 0, 0.5], [0, 0, 1]], atol=1e-7)


def test_what_is_not_a_number_is_computed_in_silence():
    (found,) = run_node(ops.unary("Log", X).node, [ROWS])
    np.testing.assert_array_equal(np.isnan(found), ROWS < 0)
    assert np.isneginf(found[1, 1])


def windowed(op: str, weights: np.ndarray | None, **attrs: Attr) -> np.ndarray:
    x = Value(placeholder("x", TensorType((1, 4, 4, 1), "float32")))
    values, arrays = (x,), [PICTURE]
    if weights is not None:
        values += (Value(placeholder("w", TensorType(weights.shape, "float32"))),)
        arrays.append(weights)
    node = make(op, values, TensorType((), "float32"), **attrs).node
    return run_node(node, arrays)[0][0, ..., 0]


def test_pools_are_over_windows_of_a_picture():
    size: dict[str, Attr] = {"ksize": (1, 2, 2, 1), "strides": (1, 2, 2, 1), "padding": "VALID"}
    np.testing.assert_array_equal(windowed("MaxPool", None, **size), [[5, 7], [13, 15]])
    np.testing.assert_array_equal(windowed("AvgPool", None, **size), [[2.5, 4.5], [10.5, 12.5]])


def test_a_convolution_pads_dilates_and_steps():
    weights = np.array([1, 10], np.float32).reshape(1, 2, 1, 1)
    dilated = windowed(
        "Conv2D", weights, strides=(1, 3, 1, 1), dilations=(1, 1, 2, 1), padding="VALID"
    )
    # Rows 0 and 3; of each, an entry and ten times the one two places on.
    np.testing.assert_array_equal(dilated, [[20, 31], [152, 163]])
    padded = windowed(
        "Conv2D",
        weights,
        strides=(1, 3, 1, 1),
        dilations=(1, 1, 1, 1),
        padding="EXPLICIT",
        explicit_paddings=(0, 0, 0, 0, 1, 0, 0, 0),
    )
    np.testing.assert_array_equal(padded[0], [0, 10, 21, 32])
