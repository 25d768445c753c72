"""Makers of ops know the type of what they make, and make nothing where nothing is to do."""

import pytest

from builder.tfjs import ops
from builder.tfjs.graph import TensorType, Value, placeholder

X = Value(placeholder("x", TensorType((2, 3, 4), "float32")))
FLAGS = Value(placeholder("flags", TensorType((2, 3, 4), "bool")))
COUNTS = Value(placeholder("counts", TensorType((3, 1), "int32")))


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ([(2, 3), (3,)], (2, 3)),
        ([(2, 1), (1, 3)], (2, 3)),
        ([(), (4,)], (4,)),
        ([(1,), (1, 1)], (1, 1)),
        ([(5, 1, 2), (3, 1), (1,)], (5, 3, 2)),
    ],
)
def test_shapes_broadcast_as_in_numpy(shapes: list[tuple[int, ...]], expected: tuple[int, ...]):
    assert ops.broadcast_shapes(*shapes) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (ops.binary("AddV2", COUNTS, ops.cast(X, "int32")), "int32[2,3,4]"),
        (ops.binary("Less", X, X), "bool[2,3,4]"),
        (ops.binary("LogicalAnd", FLAGS, FLAGS), "bool[2,3,4]"),
        (ops.unary("IsFinite", X, "bool"), "bool[2,3,4]"),
        (ops.reshape(X, (6, 4)), "float32[6,4]"),
        (ops.transpose(X, (2, 0, 1)), "float32[4,2,3]"),
        (ops.broadcast_to(COUNTS, (5, 3, 2)), "int32[5,3,2]"),
        (ops.shape_of(X), "int32[3]"),
        (ops.reduce("Max", X, (0, 2)), "float32[1,3,1]"),
        (ops.arg_reduce("ArgMin", X, 1), "int32[2,4]"),
        (ops.matmul(X, X, adj_y=True), "float32[2,3,3]"),
        (ops.matmul(X, X, adj_x=True), "float32[2,4,4]"),
        (ops.concat([X, X, X], 1), "float32[2,9,4]"),
        (ops.pad(X, (0, 1, 0), (0, 2, 0)), "float32[2,6,4]"),
        (ops.gather(X, COUNTS, 1), "float32[2,3,1,4]"),
        (ops.top_k(X, 2)[1], "int32[2,3,2]"),
        (ops.strided_slice(X, (0, 0, 0), (1, 2, 1), (2, 2, 4)), "float32[2,2,4]"),
    ],
    ids=lambda value: value.op if isinstance(value, Value) else "",
)
def test_the_result_has_the_type_that_tensorflow_gives(value: Value, text: str):
    assert str(value.type) == text


@pytest.mark.parametrize(
    "same",
    [
        lambda: ops.cast(X, "float32"),
        lambda: ops.reshape(X, (2, 3, 4)),
        lambda: ops.reshape(ops.reshape(X, (6, 4)), (2, 3, 4)),
        lambda: ops.transpose(X, (0, 1, 2)),
        lambda: ops.transpose(ops.transpose(X, (1, 2, 0)), (2, 0, 1)),
        lambda: ops.broadcast_to(X, (2, 3, 4)),
        lambda: ops.reduce("Sum", X, ()),
        lambda: ops.slice_(X, (0, 0, 0), (2, 3, 4)),
        lambda: ops.pad(X, (0, 0, 0), (0, 0, 0)),
        lambda: ops.reverse(X, ()),
    ],
)
def test_nothing_is_made_where_nothing_is_to_do(same: object):
    assert callable(same)
    assert same() == X


def test_two_transposes_are_one():
    value = ops.transpose(ops.transpose(X, (1, 2, 0)), (0, 2, 1))
    assert value.inputs == (X,)
    assert ops.int_tuple(value.node, "perm") == (1, 0, 2)


def test_truth_values_are_not_selected_or_reversed_as_numbers():
    # The wasm backend reads them as numbers.
    chosen = ops.select(FLAGS, FLAGS, FLAGS)
    assert (chosen.op, chosen.dtype) == ("LogicalOr", "bool")
    turned = ops.reverse(FLAGS, (0,))
    assert (turned.op, turned.dtype) == ("NotEqual", "bool")
    assert ops.select(FLAGS, X, X).op == "SelectV2"
    assert ops.truth(FLAGS) == FLAGS
