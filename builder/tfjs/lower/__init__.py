"""jaxpr to graph: one small rule per JAX primitive, registered by name.

The modules imported here hold the rules; importing them fills the table.
"""

from builder.tfjs.lower import (
    control,
    convolution,
    elementwise,
    indexing,
    matmul,
    order,
    pooling,
    reduce,
    shape,
)
from builder.tfjs.lower.program import lower

__all__ = [
    "control",
    "convolution",
    "elementwise",
    "indexing",
    "lower",
    "matmul",
    "order",
    "pooling",
    "reduce",
    "shape",
]
