"""What TensorFlow takes as constant inputs and attributes of an op."""

import base64
from typing import Any

import numpy as np
import pytest

from builder.tfjs import ops
from builder.tfjs.graph import TensorType, Value, placeholder
from builder.tfjs.operands import attributes, constant_operands

X = Value(placeholder("x", TensorType((4, 6), "float32")))
INTS = Value(placeholder("i", TensorType((2,), "int32")))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ops.reshape(X, (2, 12)), [[2, 12]]),
        (ops.transpose(X, (1, 0)), [[1, 0]]),
        (ops.reduce("Sum", X, (0, 1)), [[0, 1]]),
        (ops.arg_reduce("ArgMax", X, 1), [1]),
        (ops.slice_(X, (1, 2), (3, 4)), [[1, 2], [3, 4]]),
        # The end is behind the last entry that is taken, not at a whole step.
        (ops.strided_slice(X, (1, 0), (2, 3), (2, 2)), [[1, 0], [4, 4], [2, 3]]),
        (ops.pad(X, (1, 0), (0, 2), 7), [[[1, 0], [0, 2]], 7]),
        (ops.concat([X, X], 1), [1]),
        (ops.gather(X, INTS, 1), [1]),
        (ops.reverse(X, (0,)), [[0]]),
        (ops.top_k(X, 3)[0], [3]),
        (ops.unary("Tanh", X), []),
    ],
    ids=lambda value: value.op if isinstance(value, Value) else "",
)
def test_constants_follow_the_values(value: Value, expected: list[Any]):
    operands = constant_operands(value.node)
    assert len(operands) == len(expected)
    for operand, wanted in zip(operands, expected, strict=True):
        np.testing.assert_array_equal(operand, wanted)


def test_positions_are_int32_and_what_pads_has_the_type_of_the_padded():
    widths, value = constant_operands(ops.pad(X, (1, 0), (0, 0), 7).node)
    assert (widths.dtype, value.dtype) == (np.int32, np.float32)


def test_attributes_are_written_as_in_a_graphdef():
    assert attributes(ops.cast(X, "int32").node) == {"DstT": {"type": "DT_INT32"}}
    assert attributes(ops.concat([X, X], 0).node) == {"N": {"i": "2"}}
    assert attributes(ops.reduce("Max", X, (0,)).node) == {"keep_dims": {"b": True}}
    product = ops.matmul(X, X, adj_y=True)
    assert attributes(product.node) == {"adj_y": {"b": True}}, "false is the default"
    y = Value(placeholder("y", TensorType((6, 3), "float32")))
    bias = Value(placeholder("b", TensorType((3,), "float32")))
    fused = attributes(ops.fused_matmul(X, y, bias).node)
    assert [base64.b64decode(op) for op in fused["fused_ops"]["list"]["s"]] == [b"BiasAdd"]
