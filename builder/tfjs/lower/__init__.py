"""jaxpr to graph: one small rule per JAX primitive, registered by name."""

from builder.tfjs.lower import control, elementwise, indexing, matmul, order, reduce, shape, windows
from builder.tfjs.lower.program import lower

__all__ = [
    "control",
    "elementwise",
    "indexing",
    "lower",
    "matmul",
    "order",
    "reduce",
    "shape",
    "windows",
]
