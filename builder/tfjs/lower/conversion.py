"""Rules that change the type of numbers as JAX does."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Value
from builder.tfjs.lower.integers import unsigned_to_float
from builder.tfjs.lower.nan import without_nan
from builder.tfjs.lower.registry import Equation, elementwise
from builder.tfjs.lower.rounding import round_narrow, round_to
from builder.tfjs.lower.wrapping import wrap

_BELOW_2_31 = 2147483520.0
"""The greatest float32 that fits int32."""


@elementwise("convert_element_type")
def _convert(eqn: Equation, x: Value) -> Value:
    source, target = eqn.operand_dtypes[0], eqn.output_dtypes[0]
    if target == np.bool_:
        return ops.truth(x)
    if jnp.issubdtype(target, np.integer):
        return _clip_to(x, target) if x.dtype == "float32" else wrap(ops.cast(x, "int32"), target)
    if jnp.dtype(target).itemsize == 1:
        raise eqn.refuse(
            f"numbers are rounded to {jnp.dtype(target)}.", "use bfloat16, float16 or float32."
        )
    if source == np.uint32:
        x = unsigned_to_float(x)
    number = ops.cast(x, "float32")
    return number if _holds(target, source) else round_to(number, target)


def _holds(target: Any, source: Any) -> bool:
    """Whether every number of a type is one of another float, so that nothing is rounded."""
    if not jnp.issubdtype(source, np.floating):
        return target == np.float32
    bits, others = jnp.finfo(target), jnp.finfo(source)
    return bits.nmant >= others.nmant and bits.nexp >= others.nexp


def _clip_to(x: Value, dtype: Any) -> Value:
    """A float cut off towards zero, within the limits of an integer; NaN is 0.

    TensorFlow.js casts what is beyond to whatever bits are left.
    """
    limits = jnp.iinfo(dtype)
    low, high = int(limits.min), int(limits.max)
    number = without_nan(x, 0)
    if limits.bits < 32:
        above = ops.binary("Maximum", number, ops.scalar(low, x))
        return ops.cast(ops.binary("Minimum", above, ops.scalar(high, x)), "int32")
    if low == 0:
        return _clip_to_uint32(number)
    above = ops.binary("Maximum", number, ops.scalar(low, x))
    within = ops.cast(ops.binary("Minimum", above, ops.scalar(_BELOW_2_31, x)), "int32")
    too_large = ops.binary("Greater", number, ops.scalar(_BELOW_2_31, x))
    return ops.select(too_large, ops.scalar(high, within), within)


def _clip_to_uint32(x: Value) -> Value:
    """The bits of the uint32, of which those from 2^31 on are negative as int32."""
    above = ops.binary("Maximum", x, ops.scalar(0, x))
    is_high = ops.binary("Greater", above, ops.scalar(_BELOW_2_31, x))
    lowered = ops.binary("Sub", above, ops.scalar(2.0**32, x))
    bits = ops.cast(ops.select(is_high, lowered, above), "int32")
    too_large = ops.binary("GreaterEqual", above, ops.scalar(2.0**32, x))
    return ops.select(too_large, ops.scalar(-1, bits), bits)


@elementwise("reduce_precision")
def _reduce_precision(eqn: Equation, x: Value) -> Value:
    exponent, mantissa = eqn.params["exponent_bits"], eqn.params["mantissa_bits"]
    if exponent >= 8 and mantissa >= 23:
        return x
    if exponent < 2 or mantissa < 1:
        raise eqn.refuse(
            f"numbers are rounded to {exponent} bits of exponent and {mantissa} of mantissa.",
            "keep at least two bits of exponent and one of mantissa.",
        )
    return round_narrow(x, min(exponent, 8), min(mantissa, 23), flush=True)
