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
    linalg,
    matmul,
    order,
    pooling,
    ragged,
    reduce,
    scatter,
    shape,
    sort,
    special,
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
    "linalg",
    "lower",
    "matmul",
    "order",
    "pooling",
    "ragged",
    "reduce",
    "scatter",
    "shape",
    "sort",
    "special",
    "update",
]
