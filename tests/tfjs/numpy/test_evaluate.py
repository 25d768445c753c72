"""Graphs are computed in numpy, and constants before anything runs."""

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Graph, TensorType, Value, constant, placeholder
from builder.tfjs.numpy.evaluate import evaluate, fold, run_node

X = placeholder("x", TensorType((2,), "float32"))
ONES = constant(np.ones(2, np.float32))


def test_outputs_are_computed_from_inputs_by_name():
    doubled = ops.binary("AddV2", Value(X), Value(X))
    top, places = ops.top_k(doubled, 1)
    graph = Graph((X,), {"top": top, "place": places, "x": Value(X)})
    found = evaluate(graph, {"x": np.array([3, 5], np.float32)})
    assert {name: array.tolist() for name, array in found.items()} == {
        "top": [10], "place": [1], "x": [3, 5],
    }  # fmt: skip


def test_results_have_the_type_that_the_graph_promises():
    (truth,) = run_node(
        ops.truth(Value(X)).node, [np.array([0, 2], np.float32), np.array(0, np.float32)]
    )
    assert truth.tolist() == [False, True]
    assert truth.dtype == np.bool_
    (whole,) = run_node(ops.cast(Value(X), "int32").node, [np.array([1.7, -1.7], np.float32)])
    assert (whole.tolist(), whole.dtype) == ([1, -1], np.int32)


def test_what_is_made_of_constants_alone_becomes_one():
    total = ops.binary("AddV2", ONES, ops.binary("Mul", ONES, ops.scalar(3, ONES)))
    folded = fold(total, {})
    assert folded.op == "Const"
    np.testing.assert_array_equal(folded.array, [4, 4])


def test_what_an_input_goes_into_stays_an_op_of_folded_parts():
    value = ops.binary("Mul", Value(X), ops.binary("AddV2", ONES, ONES))
    folded = fold(value, {})
    assert (folded.op, [part.op for part in folded.inputs]) == ("Mul", ["Placeholder", "Const"])


def test_a_result_that_would_make_the_weights_larger_stays_an_op():
    row = constant(np.ones(3000, np.float32))
    assert fold(ops.broadcast_to(row, (2, 3000)), {}).op == "Const", "twice the operands"
    assert fold(ops.broadcast_to(row, (3, 3000)), {}).op == "BroadcastTo"
    assert fold(ops.broadcast_to(ONES, (2048, 2)), {}).op == "Const", "4096 elements"
    assert fold(ops.broadcast_to(ONES, (2049, 2)), {}).op == "BroadcastTo"


def test_a_value_that_is_used_twice_is_folded_once():
    shared = ops.binary("AddV2", ONES, ONES)
    done: dict[Value, Value] = {}
    x = ops.binary("Mul", Value(X), shared)
    folded = fold(ops.binary("AddV2", x, ops.binary("Sub", x, shared)), done)
    constants = {id(node) for node in Graph((X,), {"y": folded}).nodes if node.op == "Const"}
    assert len(constants) == 1
