"""Lowering keeps what a function computes, and refuses what TensorFlow.js cannot."""

# pyright: reportUnknownLambdaType=false

from collections.abc import Callable
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

from builder.errors import ExportError
from builder.tfjs.graph import Graph
from builder.tfjs.lower import lower
from builder.tfjs.numpy.evaluate import evaluate
from builder.tfjs.rewrite import rewrite
from builder.tfjs.trace import trace
from tests.tfjs.functions import FUNCTIONS, Function


@cache
def lowered(function: Function) -> Graph:
    return lower(trace(lambda _, *xs: function.apply(*xs), (), function.specs))


@pytest.mark.parametrize("function", FUNCTIONS, ids=str)
def test_a_lowered_function_computes_what_jax_computes(function: Function):
    graph, inputs = lowered(function), function.arrays()
    for actual, wanted in zip(evaluate(graph, inputs).values(), function.results(), strict=True):
        assert actual.shape == wanted.shape
        assert actual.dtype == wanted.dtype
        np.testing.assert_allclose(actual, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("function", FUNCTIONS, ids=str)
def test_types_in_the_graph_are_those_of_jax(function: Function):
    for value, wanted in zip(lowered(function).outputs.values(), _shapes(function), strict=True):
        assert str(value.shape) == wanted


def _shapes(function: Function) -> list[str]:
    scope = jax.export.SymbolicScope()
    structs = [
        jax.ShapeDtypeStruct(jax.export.symbolic_shape(shape, scope=scope), dtype)
        for shape, dtype in function.inputs
    ]
    return [str(leaf.shape) for leaf in jax.tree.leaves(jax.eval_shape(function.apply, *structs))]


def test_nodes_are_named_after_the_module_that_made_them():
    block = next(f for f in FUNCTIONS if f.name == "transformer_block")
    names = {node.name for node in lowered(block).nodes if node.op == "BatchMatMulV2"}
    assert "_Block/Dense_0/dot_general" in names


def test_parameters_are_constants_named_after_their_place():
    params = {"layer": {"kernel": np.eye(2, dtype=np.float32)}}
    traced = trace(lambda p, x: x @ p["layer"]["kernel"], params, {"x": ("(b, 2)", "float32")})
    constants = [node.name for node in lower(traced).nodes if node.op == "Const"]
    assert constants == ["layer/kernel"]


REFUSED: list[tuple[str, Callable[..., Any], str, str]] = [
    ("unknown", lambda x: lax.linalg.cholesky_update(x.T @ x, x[0]), "float32", "does not know"),
    ("running batch", lambda x: lax.cummax(x, axis=0), "float32", "fix the size"),
    ("seven axes", lambda x: jnp.sort(x.reshape(-1, 1, 1, 2, 1, 1, 2)), "float32", "6 axes"),
    ("4-D convolution", lambda x: lax.conv(x[:, :, None, None, None, None], jnp.ones(
        (1, 4, 1, 1, 1, 1)), (1, 1, 1, 1), "SAME"), "float32", "up to three axes"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("apply", "dtype", "words"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_what_tfjs_cannot_do_is_refused_with_the_line_that_asked(
    apply: Callable[..., Any], dtype: str, words: str
):
    function = Function("refused", lambda x: apply(x), (("(b,4)", dtype),))
    with pytest.raises(ExportError, match=words) as caught:
        lowered(function)
    message = str(caught.value)
    assert "test_lower.py:" in message
    assert "JAX primitive: " in message
    assert f"{dtype}[" in message
    assert "Way out: " in message


def test_a_shape_that_is_not_one_is_refused_by_name():
    with pytest.raises(ExportError, match=r"input 'x': '\(b 16\)' is not a shape"):
        trace(lambda _, x: x, (), {"x": ("(b 16)", "float32")})


def test_integers_beyond_32_bits_are_refused():
    with pytest.raises(ExportError, match="parameter 'n'"):
        trace(lambda p, x: x + p["n"], {"n": np.array([2**40])}, {"x": ("(b)", "float32")})


def test_a_wrong_number_of_output_names_is_refused():
    with pytest.raises(ExportError, match="2 output names"):
        trace(lambda _, x: x, (), {"x": ("(b)", "float32")}, ["y", "z"])


@pytest.mark.parametrize(
    ("names", "words"),
    [(["x"], "'x' is the name of more than one"), (["a:b"], "'a:b' is no name")],
)
def test_names_that_clash_or_that_tensorflow_cannot_read_are_refused(names: list[str], words: str):
    with pytest.raises(ExportError, match=words):
        trace(lambda _, x: -x, (), {"x": ("(b)", "float32")}, names)


def test_bfloat16_parameters_are_computed_with_as_float32():
    params = {"w": jnp.asarray([0.5, 1.5], jnp.bfloat16)}
    graph = lower(trace(lambda p, x: x * p["w"], params, {"x": ("(b, 2)", "float32")}))
    x = np.ones((1, 2), np.float32)
    np.testing.assert_array_equal(evaluate(graph, {"x": x})["output"], [[0.5, 1.5]])


@st.composite
def products(draw: st.DrawFn) -> tuple[Any, tuple[int, ...], tuple[int, ...]]:
    """Dimension numbers of a dot_general, and shapes that fit them."""
    sizes = st.integers(1, 4)
    batch, contract = draw(st.lists(sizes, max_size=2)), draw(st.lists(sizes, max_size=2))
    shapes: list[tuple[int, ...]] = []
    numbers: list[tuple[list[int], list[int]]] = []
    for _ in range(2):
        free = draw(st.lists(sizes, max_size=2))
        places = draw(st.permutations(range(len(batch) + len(contract) + len(free))))
        dims = [*batch, *contract, *free]
        shapes.append(tuple(dims[i] for i in places))
        batched = [places.index(i) for i in range(len(batch))]
        contracted = [places.index(len(batch) + i) for i in range(len(contract))]
        numbers.append((contracted, batched))
    (left, left_batch), (right, right_batch) = numbers
    return ((left, right), (left_batch, right_batch)), shapes[0], shapes[1]


@pytest.mark.slow
@settings(max_examples=60, deadline=None, derandomize=True)
@given(products())
def test_any_product_of_arrays_is_a_product_of_matrices(
    case: tuple[Any, tuple[int, ...], tuple[int, ...]],
):
    numbers, left, right = case
    function = Function(
        "dot_general",
        lambda x, y: lax.dot_general(x, y, numbers),
        ((str(left), "float32"), (str(right), "float32")),
    )
    inputs = function.arrays()
    expected = function.apply(*inputs.values())
    graph = lowered(function)
    for made in (graph, rewrite(graph)):
        (actual,) = evaluate(made, inputs).values()
        assert actual.shape == expected.shape
        np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-4)
