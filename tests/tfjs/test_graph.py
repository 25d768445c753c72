"""Graphs are held by their outputs, and their nodes come in an order to run them in."""

import numpy as np
import pytest

from builder.tfjs.graph import Graph, TensorType, Value, constant, make, naming, placeholder

KIND = TensorType((2,), "float32")


def tanh(x: Value) -> Value:
    return make("Tanh", (x,), x.type)


def test_producers_come_before_consumers_and_each_once():
    x = placeholder("x", KIND)
    a = tanh(Value(x))
    b, c = tanh(a), make("AddV2", (a, tanh(a)), KIND)
    total = make("AddV2", (b, c), KIND)
    nodes = Graph((x,), {"y": total, "a": a}).nodes
    assert len(nodes) == len(set(nodes)) == 6
    places = {node: place for place, node in enumerate(nodes)}
    for node in nodes:
        assert all(places[value.node] < places[node] for value in node.inputs)


def test_what_no_output_reaches_does_not_exist_but_inputs_do():
    x, unused = placeholder("x", KIND), placeholder("unused", KIND)
    tanh(Value(unused))
    graph = Graph((x, unused), {"y": tanh(Value(x))})
    assert [node.op for node in graph.nodes] == ["Placeholder", "Placeholder", "Tanh"]


def test_a_long_chain_needs_no_recursion():
    x = placeholder("x", KIND)
    value = Value(x)
    for _ in range(5000):
        value = tanh(value)
    assert len(Graph((x,), {"y": value}).nodes) == 5001


def test_ops_are_those_that_are_executed():
    x = placeholder("x", KIND)
    total = make("AddV2", (Value(x), constant([1, 2], "float32")), KIND)
    assert Graph((x,), {"y": tanh(total)}).ops == ("AddV2", "Tanh")


def test_nodes_are_equal_only_if_they_are_the_same():
    assert constant(1, "int32") != constant(1, "int32")
    x = placeholder("x", KIND)
    assert Value(x) == Value(x)


def test_a_constant_cannot_be_written_and_has_a_type_that_tensorflow_js_knows():
    array = np.ones(2, np.float32)
    value = constant(array)
    assert value.type == KIND
    assert value.array is not None
    with pytest.raises(ValueError, match="read-only"):
        value.array[0] = 2
    array[0] = 2  # that of the caller is still its own
    assert str(TensorType((3, 4), "int32")) == "int32[3,4]"
    with pytest.raises(TypeError, match="float64"):
        constant(np.ones(2))


def test_names_are_those_of_the_scope_they_are_made_in():
    with naming("outer"):
        first = constant(1, "int32")
        with naming("inner"):
            second = constant(1, "int32")
        third = constant(1, "int32")
    assert [v.node.name for v in (first, second, third)] == ["outer", "inner", "outer"]
    assert constant(1, "int32").node.name == ""
