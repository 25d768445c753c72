"""jaxpr to graph: one small rule per JAX primitive, registered by name.

The modules imported here hold the rules; importing them fills the table.
"""

from builder.tfjs.lower import (
    bits,
    control,
    conversion,
    convolution,
    elementwise,
    indexing,
    loops,
    matmul,
    order,
    pooling,
    reduce,
    scatter,
    shape,
    sort,
    update,
)
from builder.tfjs.lower.program import lower

__all__ = [
    "bits",
    "control",
    "conversion",
    "convolution",
    "elementwise",
    "indexing",
    "loops",
    "lower",
    "matmul",
    "order",
    "pooling",
    "reduce",
    "scatter",
    "shape",
    "sort",
    "update",
]
