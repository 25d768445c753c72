"""jaxpr to graph: one small rule per JAX primitive, registered by name."""

from builder.tfjs.lower import elementwise, indexing, matmul, reduce, shape
from builder.tfjs.lower.program import lower

__all__ = ["elementwise", "indexing", "lower", "matmul", "reduce", "shape"]
