"""What a graph computes, in numpy: for constants before the export, and to test rewrites."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from builder.tfjs.graph import Array, Graph, Node, Value, constant, naming
from builder.tfjs.ops import int_attr, int_tuple, is_fixed, is_static, size, with_inputs


def _erf(x: Array) -> Array:
    return np.vectorize(math.erf, otypes=[x.dtype])(x)


def _relu(x: Array) -> Array:
    return np.maximum(x, 0)


def _rsqrt(x: Array) -> Array:
    return 1 / np.sqrt(x)


def _squared_difference(x: Array, y: Array) -> Array:
    return np.square(x - y)


def _sigmoid(x: Array) -> Array:
    return 0.5 * (1 + np.tanh(0.5 * x))


def _softmax(x: Array) -> Array:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _divide(x: Array, y: Array) -> Array:
    return x // y if x.dtype == np.int32 else x / y


ELEMENTWISE: Mapping[str, Callable[..., Any]] = {
    "Abs": np.abs,
    "AddV2": np.add,
    "Ceil": np.ceil,
    "Cos": np.cos,
    "Equal": np.equal,
    "Erf": _erf,
    "Exp": np.exp,
    "Expm1": np.expm1,
    "Floor": np.floor,
    "Greater": np.greater,
    "GreaterEqual": np.greater_equal,
    "IsFinite": np.isfinite,
    "Less": np.less,
    "LessEqual": np.less_equal,
    "Log": np.log,
    "Log1p": np.log1p,
    "LogicalAnd": np.logical_and,
    "LogicalNot": np.logical_not,
    "LogicalOr": np.logical_or,
    "Maximum": np.maximum,
    "Minimum": np.minimum,
    "Mul": np.multiply,
    "Neg": np.negative,
    "NotEqual": np.not_equal,
    "Pow": np.power,
    "RealDiv": _divide,
    "Round": np.round,
    "Rsqrt": _rsqrt,
    "Sigmoid": _sigmoid,
    "Sign": np.sign,
    "Sin": np.sin,
    "Sqrt": np.sqrt,
    "Square": np.square,
    "SquaredDifference": _squared_difference,
    "Sub": np.subtract,
    "Tanh": np.tanh,
    "Relu": _relu,
}
"""Ops that compute each element alone, so that they commute with reshapes and slices."""

_REDUCTIONS: Mapping[str, Callable[..., Any]] = {
    "All": np.all,
    "Any": np.any,
    "Max": np.max,
    "Mean": np.mean,
    "Min": np.min,
    "Prod": np.prod,
    "Sum": np.sum,
}


Kernel: TypeAlias = Callable[[Node, Sequence[Any]], Any]


def _elementwise(function: Callable[..., Any]) -> Kernel:
    return lambda _, xs: function(*xs)


def _reduction(function: Callable[..., Any]) -> Kernel:
    return lambda node, xs: function(xs[0], axis=int_tuple(node, "axes"), keepdims=True)


def _matmul(node: Node, xs: Sequence[Any]) -> Any:
    a, b = xs
    a = a.swapaxes(-1, -2) if node.attrs["adj_x"] else a
    b = b.swapaxes(-1, -2) if node.attrs["adj_y"] else b
    return a @ b


def _fused_matmul(node: Node, xs: Sequence[Any]) -> Any:
    fused = node.attrs["fused_ops"]
    assert isinstance(fused, tuple)
    product = xs[0] @ xs[1] + xs[2]
    return ELEMENTWISE[str(fused[1])](product) if len(fused) > 1 else product


def _broadcast_to(node: Node, xs: Sequence[Any]) -> Any:
    shape = node.outputs[0].shape if len(xs) == 1 else tuple(xs[1])
    return np.broadcast_to(xs[0], shape)


def _shape_of(_: Node, xs: Sequence[Any]) -> Any:
    return np.array(np.shape(xs[0]))


def _select(_: Node, xs: Sequence[Any]) -> Any:
    return np.where(xs[0], xs[1], xs[2])


def _slice(node: Node, xs: Sequence[Any]) -> Any:
    starts = zip(int_tuple(node, "begin"), node.outputs[0].shape, strict=True)
    # An axis taken whole may be symbolic: then the operand has the size of this run.
    return xs[0][tuple(slice(b, b + n) if is_fixed(n) else slice(None) for b, n in starts)]


def _split(node: Node, xs: Sequence[Any]) -> Any:
    return np.split(xs[0], np.cumsum(int_tuple(node, "sizes"))[:-1], int_attr(node, "axis"))


KERNELS: Mapping[str, Kernel] = {
    **{op: _elementwise(function) for op, function in ELEMENTWISE.items()},
    **{op: _reduction(function) for op, function in _REDUCTIONS.items()},
    "ArgMax": lambda node, xs: np.argmax(xs[0], int_attr(node, "axis")),
    "ArgMin": lambda node, xs: np.argmin(xs[0], int_attr(node, "axis")),
    "BatchMatMulV2": _matmul,
    "BroadcastTo": _broadcast_to,
    "Cast": lambda _, xs: xs[0],  # `run_node` casts
    "ConcatV2": lambda node, xs: np.concatenate(xs, int_attr(node, "axis")),
    "GatherV2": lambda node, xs: np.take(xs[0], xs[1], int_attr(node, "axis")),
    "Range": lambda _, xs: np.arange(xs[0], xs[1], xs[2]),
    "Reshape": lambda node, xs: np.reshape(xs[0], concrete(node.outputs[0].shape)),
    "SelectV2": _select,
    "Shape": _shape_of,
    "Slice": _slice,
    "Softmax": lambda _, xs: _softmax(xs[0]),
    "SplitV": _split,
    "Transpose": lambda node, xs: np.transpose(xs[0], int_tuple(node, "perm")),
    "_FusedMatMul": _fused_matmul,
}


def concrete(shape: tuple[Any, ...]) -> tuple[int, ...]:
    """The shape with -1 for a symbolic dimension, as Reshape takes it."""
    return tuple(d if is_fixed(d) else -1 for d in shape)


def run_node(node: Node, inputs: Sequence[Array]) -> list[Array]:
    """The outputs of one op, in the dtypes that the graph promises."""
    with np.errstate(all="ignore"):  # JAX gives inf and nan silently, and so do we
        result = KERNELS[node.op](node, inputs)
    outputs = result if isinstance(result, list) else [result]
    return [np.asarray(a, t.dtype) for a, t in zip(outputs, node.outputs, strict=True)]


def evaluate(graph: Graph, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """The outputs of a graph by name, for inputs by name."""
    results: dict[Node, list[Array]] = {}
    for node in graph.nodes:
        if node.op == "Placeholder":
            results[node] = [inputs[node.name]]
        elif node.array is not None:
            results[node] = [node.array]
        else:
            results[node] = run_node(node, [results[v.node][v.index] for v in node.inputs])
    return {name: results[v.node][v.index] for name, v in graph.outputs.items()}


def fold(value: Value, done: dict[Value, Value]) -> Value:
    """The same value, with a Const for whatever is computed from constants alone.

    A result much larger than what it is made from stays an op, so that the weights on disk do not
    grow; the limit is 4096 elements or twice the operands. `done` remembers what was folded.
    """
    if value not in done:
        inputs = tuple(fold(v, done) for v in value.inputs)
        node = with_inputs(value.node, inputs)
        done[value] = _fold_node(Value(node, value.index))
    return done[value]


def _fold_node(value: Value) -> Value:
    node = value.node
    arrays = [v.array for v in node.inputs if v.array is not None]
    if len(arrays) < len(node.inputs) or not arrays or node.op not in KERNELS:
        return value
    if not is_static(value.shape):
        return value
    if size(value.shape) > max(4096, 2 * sum(a.size for a in arrays)):
        return value
    largest = max(node.inputs, key=lambda v: size(v.shape))
    with naming(largest.node.name or node.name):
        return constant(run_node(node, arrays)[value.index])
