"""Dense layers as _FusedMatMul of two matrices, which wasm runs with its fastest kernel.

Convolutions take their bias and activation with them in the same way.
"""

from builder.tfjs import ops
from builder.tfjs.graph import Graph, Value, constant, make, naming
from builder.tfjs.rewrite.algebra import join_moves
from builder.tfjs.rewrite.engine import Uses, settle
from builder.tfjs.rewrite.match import dense, last_axis_vector, with_constant
from builder.tfjs.rewrite.reshapes import sink_below_rows, sink_matrix

ACTIVATIONS = frozenset({"Sigmoid"})
"""Relu is not among them, nor made of a maximum with 0: on wasm it gives 0 for a negative NaN."""

FUSED_CONVOLUTIONS = {
    "Conv2D": "_FusedConv2D",
    "DepthwiseConv2dNative": "FusedDepthwiseConv2dNative",
}


def flatten_rows(graph: Graph) -> Graph:
    """Products with a matrix become products of two matrices, and what is between them follows."""
    return settle(graph, flatten_product, sink_matrix, sink_below_rows, join_moves)


def flatten_product(value: Value, _: Uses) -> Value | None:
    """Rows in several axes become rows of one matrix for a product with a matrix."""
    product = dense(value)
    if product is None or len(product[0].shape) == 2:
        return None
    x = product[0]
    rows = ops.reshape(x, (ops.size(x.shape[:-1]), x.shape[-1]))
    return ops.reshape(ops.matmul(rows, value.inputs[1]), value.shape)


def fuse_products(graph: Graph) -> Graph:
    """A product or convolution plus a vector is one fused op, with the activation if any."""
    return settle(graph, fuse_bias, fuse_activation)


def fuse_bias(value: Value, uses: Uses) -> Value | None:
    """x W + t with a vector t."""
    shifted = with_constant(value, "AddV2")
    product = shifted[0] if shifted else None
    if shifted is None or product is None or not uses.once(product):
        return None
    bias = last_axis_vector(shifted[1], value.shape[-1]) if shifted[1].size > 1 else None
    if bias is None or product.type != value.type:
        return None
    with naming(value.inputs[1].node.name):
        bias = constant(bias)
    if product.op in FUSED_CONVOLUTIONS:
        attrs = {**product.node.attrs, "fused_ops": ("BiasAdd",), "num_args": 1}
        inputs = (*product.inputs, bias)
        return make(FUSED_CONVOLUTIONS[product.op], inputs, value.type, **attrs)
    if dense(product) and len(value.shape) == 2:
        return ops.fused_matmul(product.inputs[0], product.inputs[1], bias)
    return None


def fuse_activation(value: Value, uses: Uses) -> Value | None:
    """An activation of a fused op that has none yet."""
    if value.op not in ACTIVATIONS:
        return None
    made = value.inputs[0]
    if made.node.attrs.get("fused_ops") != ("BiasAdd",) or not uses.once(made):
        return None
    attrs = {**made.node.attrs, "fused_ops": ("BiasAdd", value.op)}
    return make(made.op, made.inputs, value.type, **attrs)
