"""Every pass changes the graph it is for, and never what the graph computes."""

# pyright: reportUnknownLambdaType=false

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from builder.tfjs.graph import Graph, TensorType, Value, constant, placeholder
from builder.tfjs.lower import lower
from builder.tfjs.numpy.evaluate import evaluate
from builder.tfjs.ops import binary
from builder.tfjs.rewrite import PASSES, rewrite
from builder.tfjs.rewrite.activations import fuse_softmax, use_sigmoid
from builder.tfjs.rewrite.algebra import fold_constants, simplify
from builder.tfjs.rewrite.engine import Pass
from builder.tfjs.rewrite.fusion import flatten_rows, fuse_products
from builder.tfjs.rewrite.normalization import centre_stream, centre_variance
from builder.tfjs.rewrite.projections import absorb_affine, merge_heads
from builder.tfjs.rewrite.pruning import prune_rows
from builder.tfjs.rewrite.reshapes import sink_reshapes
from builder.tfjs.rewrite.sharing import share_nodes
from builder.tfjs.rewrite.transposes import sink_transposes
from builder.tfjs.trace import trace
from tests.tfjs.functions import random_params

TOKENS = np.random.default_rng(0).integers(0, 11, (3, 5)).astype(np.int32)
ROWS = np.random.default_rng(1).normal(size=(3, 5, 8)).astype(np.float32)
W = np.random.default_rng(2).normal(size=(8, 4)).astype(np.float32)


class Block(nn.Module):
    """A transformer block before pooling, as in the text towers."""

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        y = nn.LayerNorm()(x)
        x = x + nn.MultiHeadDotProductAttention(num_heads=2)(y, y)
        return x + nn.Dense(8)(nn.gelu(nn.Dense(16)(nn.LayerNorm()(x))))


class Tower(nn.Module):
    """Two blocks over embedded tokens, the last token through a head."""

    @nn.compact
    def __call__(self, tokens: jax.Array) -> jax.Array:
        x = nn.Embed(11, 8)(tokens) + self.param("position", nn.initializers.normal(), (5, 8))
        x = nn.LayerNorm()(Block()(Block()(x)))
        return nn.Dense(3)(x[:, -1])


class Cnn(nn.Module):
    """A convolution and a depthwise one, with batch norms of fixed statistics."""

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        for groups in (1, 4):
            x = nn.Conv(4, (3, 3), strides=2, feature_group_count=groups)(x)
            x = nn.relu(nn.BatchNorm(use_running_average=True)(x))
        return x


def as_function(module: nn.Module, example: Any) -> Callable[..., Any]:
    """The module as a function, with parameters of which none is zero or one."""
    params = random_params(module, example)
    return lambda x: module.apply(params, x)


BLOCK = as_function(Block(), ROWS)
TOWER = as_function(Tower(), TOKENS)
PICTURES = np.random.default_rng(4).normal(size=(2, 8, 8, 3)).astype(np.float32)
CNN = as_function(Cnn(), PICTURES)
NORM_DENSE = as_function(nn.Sequential([nn.LayerNorm(), nn.Dense(4)]), ROWS)


def graph_of(apply: Callable[..., Any], x: Any) -> Graph:
    shape = ",".join(["b", *map(str, x.shape[1:])])
    return lower(trace(lambda _, x: apply(x), (), {"x": (shape, x.dtype)}))


def prepared(graph: Graph, for_pass: Pass) -> Graph:
    """The graph as `for_pass` meets it first in the list."""
    for earlier in PASSES[: PASSES.index(for_pass)]:
        graph = earlier(graph)
    return graph


@dataclass(frozen=True)
class Case:
    """A function on which a pass must show: how many of some ops there are before and after."""

    apply_pass: Pass
    apply: Callable[..., Any]
    x: Any
    before: dict[str, int]
    after: dict[str, int]

    def __str__(self) -> str:
        return self.apply_pass.__name__


CASES = [
    Case(sink_reshapes, lambda x: jnp.tanh(x.reshape(-1, 8)).reshape(x.shape), ROWS,
         {"Reshape": 2}, {"Reshape": 0}),
    Case(simplify, lambda x: jnp.mean(x, axis=-1, keepdims=True), ROWS,
         {"Sum": 1, "RealDiv": 1}, {"Mean": 1, "RealDiv": 0}),
    Case(simplify, lambda x: 2.0 * (3.0 * (1.0 * (x + 0.0) * x)), ROWS,
         {"Mul": 4, "AddV2": 1}, {"Mul": 1, "Square": 1, "AddV2": 0}),
    Case(sink_transposes, lambda x: x[:, :1].transpose(1, 0, 2), ROWS,
         {"Transpose": 1}, {"Transpose": 0, "Reshape": 1}),
    Case(simplify, lambda x: jnp.where(x > 0, x, -1.0), ROWS,
         {"BroadcastTo": 1}, {"BroadcastTo": 0}),
    Case(share_nodes, lambda x: jnp.tanh(x) * jnp.exp(jnp.tanh(x)), ROWS,
         {"Tanh": 2}, {"Tanh": 1}),
    Case(centre_variance, lambda x: jnp.mean(x**2, -1) - jnp.mean(x, -1) ** 2, ROWS,
         {"Mean": 2, "Square": 2}, {"Mean": 2, "Square": 1, "Sub": 1}),
    Case(fuse_softmax, jax.nn.softmax, ROWS, {"Exp": 1, "Max": 1}, {"Softmax": 1, "Exp": 0}),
    Case(use_sigmoid, nn.gelu, ROWS, {"Tanh": 1, "Mul": 5}, {"Tanh": 0, "Sigmoid": 1, "Mul": 4}),
    Case(absorb_affine, NORM_DENSE, ROWS, {"Mul": 2, "AddV2": 3}, {"Mul": 1, "AddV2": 2}),
    Case(absorb_affine, lambda x: (x @ W + 1.0) / 3.0, ROWS, {"RealDiv": 1}, {"RealDiv": 0}),
    Case(centre_stream, TOWER, TOKENS, {"Mean": 10, "Sub": 5}, {"Mean": 5, "Sub": 0}),
    Case(prune_rows, TOWER, TOKENS, {"Slice": 1}, {"Slice": 2}),
    Case(merge_heads, BLOCK, ROWS, {"BatchMatMulV2": 8, "Transpose": 4},
         {"BatchMatMulV2": 6, "Transpose": 2, "SplitV": 1}),
    Case(flatten_rows, lambda x: x @ W + x[..., :4], ROWS, {"Reshape": 0}, {"Reshape": 3}),
    Case(fuse_products, lambda x: jax.nn.sigmoid(x[:, 0] @ W + W[0]), ROWS,
         {"BatchMatMulV2": 1, "AddV2": 1, "Sigmoid": 1},
         {"_FusedMatMul": 1, "AddV2": 0, "Sigmoid": 0}),
    Case(sink_transposes, lambda x: (jnp.exp(x.transpose(0, 2, 1)) * W[:, :1]).transpose(0, 2, 1),
         ROWS, {"Transpose": 2}, {"Transpose": 0}),
    Case(sink_transposes, lambda x: x.transpose(0, 2, 1).sum(axis=2, keepdims=True), ROWS,
         {"Transpose": 1}, {"Transpose": 0, "Sum": 1}),
    Case(absorb_affine, CNN, PICTURES, {"Conv2D": 1, "DepthwiseConv2dNative": 1, "Mul": 2},
         {"Conv2D": 1, "DepthwiseConv2dNative": 1, "Mul": 0}),
    Case(fuse_products, CNN, PICTURES, {"Conv2D": 1, "DepthwiseConv2dNative": 1, "AddV2": 2},
         {"_FusedConv2D": 1, "FusedDepthwiseConv2dNative": 1, "AddV2": 0}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_pass_changes_the_graph_and_not_the_numbers(case: Case):
    before = prepared(graph_of(case.apply, case.x), case.apply_pass)
    after = case.apply_pass(before)
    counts = Counter(before.ops), Counter(after.ops)
    assert {op: counts[0][op] for op in case.before} == case.before
    assert {op: counts[1][op] for op in case.after} == case.after
    assert_same_numbers(before, after, case.x)


def assert_same_numbers(before: Graph, after: Graph, x: Any) -> None:
    for name, wanted in evaluate(before, {"x": x}).items():
        actual = evaluate(after, {"x": x})[name]
        np.testing.assert_allclose(actual, wanted, rtol=1e-5, atol=1e-5)
        assert after.outputs[name].type == before.outputs[name].type


def test_constants_are_folded_unless_they_grow():
    x = placeholder("x", TensorType((2,), "float32"))
    small = binary("Mul", constant(3, "float32"), constant([1, 2], "float32"))
    large = binary(
        "AddV2", constant(np.zeros((9000, 1), "f4")), constant(np.zeros((1, 9000), "f4"))
    )
    before = Graph((x,), {"y": binary("AddV2", Value(x), small), "large": large})
    after = fold_constants(before)
    assert Counter(after.ops) == {"AddV2": 2}
    np.testing.assert_array_equal(evaluate(after, {"x": np.ones(2, "f4")})["y"], [4, 7])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_passes_have_nothing_to_say_twice(case: Case):
    graph = rewrite(graph_of(case.apply, case.x))
    assert Counter(rewrite(graph).ops) == Counter(graph.ops)


def test_transposes_that_undo_each_other_vanish():
    apart = graph_of(lambda x: x.reshape(-1, 5, 2, 4).transpose(0, 2, 1, 3), ROWS)
    there_and_back = graph_of(lambda x: x.transpose(2, 0, 1).transpose(1, 2, 0), ROWS)
    assert apart.ops == ("Reshape", "Transpose")
    assert there_and_back.ops == ()


def test_a_dense_layer_with_activation_is_one_node():
    graph = rewrite(graph_of(lambda x: jax.nn.sigmoid(x[:, 0] @ W + W[0]), ROWS))
    assert graph.ops == ("Slice", "Reshape", "_FusedMatMul")


def test_the_last_block_is_computed_for_the_pooled_token_only():
    graph = rewrite(graph_of(TOWER, TOKENS))
    shapes = [str(n.outputs[0].shape) for n in graph.nodes if n.op == "Sigmoid"]
    assert shapes == ["(5*b, 16)", "(b, 16)"]


def test_rows_are_kept_while_something_else_reads_them():
    graph = prepared(graph_of(lambda x: (jnp.tanh(x)[:, 0], jnp.tanh(x)), ROWS), prune_rows)
    assert prune_rows(graph) is graph


def test_a_stream_that_is_read_without_a_norm_keeps_its_mean():
    block = as_function(Block(), ROWS)
    table = np.random.default_rng(3).normal(size=(11, 8)).astype(np.float32)
    graph = prepared(graph_of(lambda t: block(jnp.asarray(table)[t]), TOKENS), centre_stream)
    assert centre_stream(graph) is graph


def test_softmax_over_another_axis_is_left_alone():
    graph = prepared(graph_of(lambda x: jax.nn.softmax(x, axis=1), ROWS), fuse_softmax)
    assert fuse_softmax(graph) is graph


def test_names_survive_rewriting():
    graph = rewrite(graph_of(TOWER, TOKENS))
    names = {node.name for node in graph.nodes if node.op == "_FusedMatMul"}
    assert "Tower/Block_0/Dense_0/add" in names
