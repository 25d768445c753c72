"""jaxpr to graph: one small rule per JAX primitive, registered by name.

The modules imported here hold the rules; importing them fills the table.
"""

from builder.tfjs.lower import (
    bitcast,
    bits,
    control,
    conversion,
    convolution,
    elementwise,
    generators,
    indexing,
    linalg,
    loops,
    matmul,
    order,
    pooling,
    ragged,
    reduce,
    scatter,
    selection,
    shape,
    sort,
    special,
    threefry,
    transcendental,
    update,
)
from builder.tfjs.lower.program import lower

__all__ = [
    "bitcast",
    "bits",
    "control",
    "conversion",
    "convolution",
    "elementwise",
    "generators",
    "indexing",
    "linalg",
    "loops",
    "lower",
    "matmul",
    "order",
    "pooling",
    "ragged",
    "reduce",
    "scatter",
    "selection",
    "shape",
    "sort",
    "special",
    "threefry",
    "transcendental",
    "update",
]
