"""Values that TensorFlow.js cannot hold, in parts that it can.

A complex number is its real and its imaginary part, and a random key is its words of 32 bits. The
pass `split_jaxpr` turns a jaxpr with such values into one without; it runs before a jaxpr is
lowered, and only if there are any.
"""

from builder.tfjs.parts import arithmetic, calls, fourier, linear, powers, random, shapes
from builder.tfjs.parts.interpreter import needs_splitting, split_jaxpr

__all__ = [
    "arithmetic",
    "calls",
    "fourier",
    "linear",
    "needs_splitting",
    "powers",
    "random",
    "shapes",
    "split_jaxpr",
]
