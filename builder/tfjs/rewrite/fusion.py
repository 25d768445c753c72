"""Dense layers as _FusedMatMul of two matrices, which wasm runs by its quickest kernel."""

from builder.tfjs import ops
from builder.tfjs.graph import Graph, Value
from builder.tfjs.rewrite.algebra import join_moves
from builder.tfjs.rewrite.engine import Uses, settle
from builder.tfjs.rewrite.match import dense, with_constant
from builder.tfjs.rewrite.reshapes import sink_below_rows, sink_matrix

ACTIVATIONS = frozenset({"Relu", "Relu6", "Elu", "Sigmoid"})


def flatten_rows(graph: Graph) -> Graph:
    """Products with a matrix are made of matrices, and what is between them follows."""
    return settle(graph, flatten_product, sink_matrix, sink_below_rows, join_moves)


def flatten_product(value: Value, _: Uses) -> Value | None:
    """Rows in several axes become rows of one matrix for a product with a matrix."""
    product = dense(value)
    if product is None or len(product[0].shape) == 2:
        return None
    if sum(not ops.is_fixed(d) for d in value.shape) > 1:
        return None  # no Reshape could bring the rows back
    x = product[0]
    rows = ops.reshape(x, (ops.size(x.shape[:-1]), x.shape[-1]))
    return ops.reshape(ops.matmul(rows, value.inputs[1]), value.shape)


def fuse_matmul(graph: Graph) -> Graph:
    """A product of matrices plus a vector is one _FusedMatMul, with the activation if any."""
    return settle(graph, fuse_bias, fuse_activation)


def fuse_bias(value: Value, uses: Uses) -> Value | None:
    """x W + t with a vector t."""
    shifted = with_constant(value, "AddV2")
    product = dense(shifted[0]) if shifted else None
    if shifted is None or product is None or len(value.shape) != 2 or not uses.once(shifted[0]):
        return None
    if shifted[1].size != value.shape[1] or shifted[1].shape[-1] != value.shape[1]:
        return None
    weights, bias = shifted[0].inputs[1], ops.reshape(value.inputs[1], (value.shape[1],))
    return ops.fused_matmul(product[0], weights, bias)


def fuse_activation(value: Value, uses: Uses) -> Value | None:
    """An activation of a _FusedMatMul that has none yet."""
    if value.op not in ACTIVATIONS:
        return None
    made = value.inputs[0]
    fresh = made.op == "_FusedMatMul" and made.node.attrs["fused_ops"] == ("BiasAdd",)
    if not fresh or not uses.once(made):
        return None
    return ops.fused_matmul(*made.inputs, activation=value.op)
