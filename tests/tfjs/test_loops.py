"""Loops and branches as the executor of TensorFlow.js runs them."""

# pyright: reportUnknownLambdaType=false

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from builder.tfjs.export import export
from builder.tfjs.graph import Graph, TensorType, Value, constant, make, placeholder
from builder.tfjs.lower import extent, lower
from builder.tfjs.model import GraphModel
from builder.tfjs.numpy.evaluate import evaluate
from builder.tfjs.ops import binary
from builder.tfjs.rewrite import rewrite
from builder.tfjs.rewrite.sharing import share_nodes
from builder.tfjs.runtime import NodeBackend, Runtime
from builder.tfjs.trace import trace
from tests.tfjs.functions import Function
from tests.tfjs.loops import LOOPS

HALVING: Any = lambda x: lax.while_loop(lambda s: s.sum() > 1, lambda s: s / 2, x)  # noqa: E731


@pytest.fixture
def few_are_unrolled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extent, "MOST_EQUATIONS", 50)


def exported(apply: Any, *shapes: Any, params: Any = ()) -> GraphModel:
    inputs = {f"x{i}": (s, "float32") if isinstance(s, str) else s for i, s in enumerate(shapes)}
    return export(apply if params else lambda _, *xs: apply(*xs), params, inputs)


@pytest.mark.usefixtures("few_are_unrolled")
@pytest.mark.parametrize("function", LOOPS, ids=str)
def test_loops_and_branches_compute_what_jax_computes(
    function: Function, runtimes: Mapping[NodeBackend, Runtime]
):
    graph = lower(trace(lambda _, *xs: function.apply(*xs), (), function.specs))
    _compare(list(evaluate(graph, function.arrays()).values()), function.results())
    model = exported(function.apply, *function.inputs)
    for runtime in runtimes.values():
        runtime.load(model.files)
        loaded = runtime.tensors
        # Whatever the first run disposes, the second one would miss.
        for _ in range(2):
            outputs = runtime.predict(function.arrays())
            _compare(list(outputs.values()), function.results())
            assert runtime.tensors == loaded


def _compare(actual: list[Any], wanted: list[Any]) -> None:
    for found, expected in zip(actual, wanted, strict=True):
        assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def _lstm(width: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    params = {
        "kernel": rng.normal(size=(2 * width, 4 * width), scale=0.3).astype(np.float32),
        "bias": np.zeros(4 * width, np.float32),
    }

    def apply(params: Any, x: Any) -> Any:
        def step(state: Any, row: Any) -> Any:
            h, c = state
            gates = jnp.concatenate([row, h], -1) @ params["kernel"] + params["bias"]
            i, f, g, o = jnp.split(gates, 4, -1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        zero = jnp.zeros((x.shape[0], width))
        return lax.scan(step, (zero, zero), jnp.swapaxes(x, 0, 1))[1]

    return apply, params


def test_a_short_scan_needs_no_loop():
    apply, params = _lstm(8)
    model = exported(apply, "(b,8,8)", params=params)
    assert not model.needs_async
    assert "StatelessWhile" not in model.ops
    assert b"needsAsync" not in model.files["model.json"]


def test_a_thousand_steps_of_an_lstm_make_a_small_graph(runtimes: Mapping[NodeBackend, Runtime]):
    apply, params = _lstm(32)
    model = exported(apply, "(b,1000,32)", params=params)
    assert model.needs_async
    assert b'"userDefinedMetadata":{"needsAsync":true}' in model.files["model.json"]
    assert "run with executeAsync()" in repr(model)
    assert len(model.ops) < 200
    assert len(model.files["model.json"]) < 20_000
    x = np.random.default_rng(1).normal(size=(2, 1000, 32)).astype(np.float32)
    runtimes["wasm"].load(model.files)
    outputs = runtimes["wasm"].predict({"x0": x})
    np.testing.assert_allclose(outputs["output"], jax.jit(apply)(params, x), atol=1e-5)


def test_what_a_loop_runs_is_rewritten_too():
    apply, params = _lstm(8)
    counts = exported(apply, "(b,1000,8)", params=params).ops
    assert counts.count("_FusedMatMul") == 8
    assert "BatchMatMulV2" not in counts


def test_weights_in_loops_are_stored_once_and_can_be_quantized():
    apply, params = _lstm(32)
    both: Any = lambda p, x: (apply(p, x), jnp.tile(x[:, 0], 2) @ p["kernel"])  # noqa: E731
    model = exported(both, "(b,1000,32)", params=params)
    large = [name for name, array in model.weights.items() if array.size > 4096]
    assert large == ["kernel"]
    assert model.quantized({"kernel": "uint8"}).bytes < 0.6 * model.bytes


def test_what_stays_the_same_is_computed_before_the_loop():
    model = exported(
        lambda x, y: lax.while_loop(lambda s: s.sum() < 9, lambda s: s + jnp.exp(y), x),
        "(4)",
        "(4)",
    )
    assert [n["op"] for n in model.nodes if n["op"] == "Exp"] == ["Exp"]
    assert model.ops.count("Exp") == 1


def test_a_cheap_branch_is_computed_and_a_loop_only_if_it_is_taken():
    cheap = exported(lambda x: lax.cond(x.sum() > 0, jnp.sin, jnp.cos, x), "(4)")
    assert not cheap.needs_async
    looping = exported(lambda x: lax.cond(x.sum() > 1, HALVING, jnp.cos, x), "(4)")
    assert looping.needs_async
    assert looping.ops.count("StatelessIf") == 1


def test_branches_of_large_products_are_not_all_computed():
    def choose(x: Any) -> Any:
        return lax.switch(x[0, 0].astype(int), [lambda y: y @ y, lambda y: y @ y.T, jnp.sin], x)

    assert not exported(choose, "(100,100)").needs_async
    assert exported(choose, "(200,200)").ops.count("StatelessIf") == 2


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_a_scan_over_any_number_of_rows(rows: int, runtimes: Mapping[NodeBackend, Runtime]):
    model = exported(lambda x: lax.scan(lambda c, r: (c + r, c * r), jnp.ones(3), x), "(b,3)")
    runtimes["wasm"].load(model.files)
    x = np.random.default_rng(0).normal(size=(rows, 3)).astype(np.float32)
    total, stacked = runtimes["wasm"].predict({"x0": x}).values()
    np.testing.assert_allclose(total, 1 + x.sum(0), atol=1e-5)
    assert stacked.shape == x.shape


def test_a_scan_of_no_steps_stacks_nothing(runtimes: Mapping[NodeBackend, Runtime]):
    model = exported(lambda x: lax.scan(lambda c, r: (c, c + r), x, jnp.zeros((0, 3)))[1], "(3)")
    runtimes["wasm"].load(model.files)
    assert runtimes["wasm"].predict({"x0": np.ones(3, np.float32)})["output"].shape == (0, 3)


def test_loops_on_constants_are_run_before_the_export():
    def powers(x: Any) -> Any:
        return x * lax.while_loop(lambda s: s < 1000, lambda s: s * 2.0, jnp.float32(1))

    model = exported(powers, "(3)")
    assert model.ops == ("Mul",)


def test_loops_that_differ_in_their_bodies_are_not_merged():
    x = placeholder("x", TensorType((), "float32"))

    def loop(step: float) -> Value:
        inner = placeholder("s", TensorType((), "float32"))
        small = binary("Less", Value(inner), constant(9.0, "float32"))
        more = binary("AddV2", Value(inner), constant(step, "float32"))
        functions: Any = {
            "cond": Graph((inner,), {"0": small}),
            "body": Graph((inner,), {"0": more}),
        }
        return make("StatelessWhile", (Value(x),), x.outputs[0], **functions)

    graph = Graph((x,), {"a": loop(1.0), "b": loop(2.0)})
    for same in (share_nodes(graph), rewrite(graph)):
        assert same.ops.count("StatelessWhile") == 2
        found = evaluate(same, {"x": np.asarray(0.5, np.float32)})
        assert (found["a"], found["b"]) == (9.5, 10.5)
