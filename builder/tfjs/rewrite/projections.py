"""Constant factors and offsets go into the weights of the products that follow or precede them."""

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Array, Graph, Node, Value, constant, naming
from builder.tfjs.lower.matmul import HEADS_FIRST
from builder.tfjs.ops import int_tuple
from builder.tfjs.rewrite.algebra import chain_constants
from builder.tfjs.rewrite.engine import Uses, readers, settle, substitute
from builder.tfjs.rewrite.match import dense, last_axis_vector, linear_weights, with_constant


def absorb_affine(graph: Graph) -> Graph:
    """Fold LayerNorm's and BatchNorm's scales and offsets, and those of queries, into weights."""
    return settle(graph, absorb_before, absorb_after, chain_constants)


def absorb_before(value: Value, uses: Uses) -> Value | None:
    """(x * s + t) W is x (s W) + t W, if x * s + t is read by such products only."""
    product = dense(value)
    if product is None:
        return None
    rows, weights = product
    if not all(r is not None and dense(Value(r)) for r in uses.of(rows)):
        return None
    shifted = with_constant(rows, "AddV2")
    scaled = with_constant(shifted[0] if shifted else rows, "Mul")
    shift = last_axis_vector(shifted[1], len(weights)) if shifted else None
    scale = last_axis_vector(scaled[1], len(weights)) if scaled else None
    if shift is None and (shifted or scale is None):
        return None
    x = scaled[0] if scaled and scale is not None else (shifted or (rows,))[0]
    if x.shape != rows.shape:
        return None
    matrix = weights if scale is None else scale[:, None] * weights
    answer = ops.matmul(x, _weights(value.inputs[1], matrix))
    if shift is None:
        return answer
    return ops.binary("AddV2", answer, _weights(value.inputs[1], shift @ weights))


def absorb_after(value: Value, uses: Uses) -> Value | None:
    """(x W + t) * s is x (W s) + t s, for convolutions too; a division likewise."""
    scaled = with_constant(value, "Mul") or with_constant(value, "RealDiv")
    if scaled is None or value.dtype != "float32" or not uses.once(scaled[0]):
        return None
    shifted = with_constant(scaled[0], "AddV2")
    product = shifted[0] if shifted else scaled[0]
    weights, channels = linear_weights(product), value.shape[-1:]
    if weights is None or (shifted and not uses.once(product)):
        return None
    factors = last_axis_vector(scaled[1], channels[0])
    shift = last_axis_vector(shifted[1], channels[0]) if shifted else None
    if factors is None or (shifted and shift is None):
        return None
    with np.errstate(divide="ignore"):
        factors = factors if value.op == "Mul" else 1 / factors
    if not np.isfinite(factors).all():
        return None
    # The weights of a depthwise convolution have their outputs in the last two axes.
    depthwise = product.op == "DepthwiseConv2dNative"
    spread = factors.reshape(weights.shape[2:]) if depthwise else factors
    inputs = (product.inputs[0], _weights(product.inputs[1], weights * spread))
    answer = Value(ops.with_inputs(product.node, inputs))
    if shift is None:
        return answer
    return ops.binary("AddV2", answer, _weights(scaled[0].inputs[1], shift * factors))


def _weights(old: Value, array: Array) -> Value:
    with naming(old.node.name):
        return constant(array.astype(np.float32))


def merge_heads(graph: Graph) -> Graph:
    """One product for q, k and v: fewer, larger kernels, and one transpose to heads for all.

    The pattern is Transpose(Reshape(x W + t)) to [batch, heads, tokens, d], several times of one x.
    """
    groups: dict[tuple[Value, int], list[Value]] = {}
    reading = readers(graph)
    for node in graph.nodes:
        value = Value(node)
        parts = _head_parts(node)
        if parts and all(len(reading[v]) == 1 for v in parts[1:]):
            groups.setdefault((parts[0], value.shape[-1]), []).append(value)
    replacements: dict[Value, Value] = {}
    for (x, _), values in groups.items():
        if len(values) > 1:
            replacements.update(zip(values, _merged(x, values), strict=True))
    return substitute(graph, replacements) if replacements else graph


def _head_parts(node: Node) -> tuple[Value, Value, Value, Value] | None:
    """x and the values between it and the heads: product, sum, reshaped."""
    if node.op != "Transpose" or int_tuple(node, "perm") != HEADS_FIRST:
        return None
    reshaped = node.inputs[0]
    total = reshaped.inputs[0] if reshaped.op == "Reshape" else None
    shifted = with_constant(total, "AddV2") if total else None
    product = dense(shifted[0]) if shifted else None
    if total is None or shifted is None or product is None or len(total.shape) != 3:
        return None
    whole = last_axis_vector(shifted[1], total.shape[-1]) is not None
    return (product[0], shifted[0], total, reshaped) if whole else None


def _merged(x: Value, values: list[Value]) -> tuple[Value, ...]:
    totals = [v.inputs[0].inputs[0] for v in values]
    products = [t.inputs[0] for t in totals]
    weights = np.concatenate([_array(p.inputs[1]) for p in products], axis=1)
    offsets = np.concatenate([_array(t.inputs[1]).reshape(-1) for t in totals])
    heads = [v.shape[1] for v in values]
    with naming(products[0].node.name):
        total = ops.binary(
            "AddV2",
            ops.matmul(x, _weights(products[0].inputs[1], weights)),
            _weights(totals[0].inputs[1], offsets),
        )
        apart = ops.reshape(total, (*x.shape[:2], sum(heads), values[0].shape[-1]))
        return ops.split(ops.transpose(apart, HEADS_FIRST), heads, axis=1)


def _array(value: Value) -> Array:
    assert value.array is not None
    return value.array
