"""Rewrites that keep the numbers and make the graph smaller and faster: one visible list."""

from builder.tfjs.functions import map_functions
from builder.tfjs.graph import Graph
from builder.tfjs.rewrite.activations import fuse_softmax, use_sigmoid
from builder.tfjs.rewrite.algebra import fold_constants, simplify
from builder.tfjs.rewrite.aliases import copy_aliases
from builder.tfjs.rewrite.engine import Pass
from builder.tfjs.rewrite.fusion import flatten_rows, fuse_products
from builder.tfjs.rewrite.normalization import centre_stream, centre_variance
from builder.tfjs.rewrite.projections import absorb_affine, merge_heads
from builder.tfjs.rewrite.pruning import prune_rows
from builder.tfjs.rewrite.reshapes import sink_reshapes
from builder.tfjs.rewrite.sharing import share_nodes
from builder.tfjs.rewrite.transposes import sink_transposes

PASSES: tuple[Pass, ...] = (
    fold_constants,
    sink_transposes,
    sink_reshapes,
    simplify,
    share_nodes,
    centre_variance,
    share_nodes,
    fuse_softmax,
    use_sigmoid,
    simplify,
    absorb_affine,
    simplify,
    share_nodes,
    centre_stream,
    prune_rows,
    sink_reshapes,
    absorb_affine,
    simplify,
    merge_heads,
    flatten_rows,
    fold_constants,
    share_nodes,
    fuse_products,
    fold_constants,
    share_nodes,
    copy_aliases,
)
"""Every pass keeps what the graph computes, up to rounding. The order is part of the argument:
one spelling for everything, then larger patterns, then fewer rows, then the forms of kernels."""


def rewrite(graph: Graph) -> Graph:
    """Apply every pass in turn, and to the bodies of loops and branches likewise."""
    for apply in PASSES:
        graph = apply(graph)
    return map_functions(graph, rewrite)
