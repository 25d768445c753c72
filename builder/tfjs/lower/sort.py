"""Rules that sort, from TopKV2, which puts numbers in falling order and keeps ties as they came.

TopKV2 puts NaN anywhere (tfjs#2728), so that it never sees one: NaN is counted, or sorted by
itself.
"""

import math
from collections.abc import Sequence

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Value, constant
from builder.tfjs.lower.gather import take_along_last
from builder.tfjs.lower.integers import flip, reverse_order
from builder.tfjs.lower.nan import is_nan, is_negative_zero, without_nan
from builder.tfjs.lower.registry import Equation, rule

_LEAST = 2.0**-149
"""The least float32 above 0."""


@rule("top_k")
def _top_k(eqn: Equation, x: Value) -> list[Value]:
    return _take_largest(eqn, x, eqn.params["axis"])


@rule("approx_top_k")
def _approx_top_k(eqn: Equation, x: Value) -> Sequence[Value]:
    """The largest, or with `is_max_k` false the least; none is left out to save time."""
    axis = eqn.params["reduction_dimension"]
    if eqn.params["is_max_k"]:
        return _take_largest(eqn, x, axis)
    taken, places = _take_largest(eqn, reverse_order(x), axis, in_total_order=False)
    return reverse_order(taken), places


def _take_largest(
    eqn: Equation, x: Value, axis: int, *, in_total_order: bool = True
) -> list[Value]:
    """The largest along an axis in falling order, and their places.

    In the total order of IEEE 754, NaN is larger than all others, and 0 than -0; else NaN comes
    last, and 0 and -0 are equal.
    """
    rank = len(x.shape)
    perm = [*(i for i in range(rank) if i != axis % rank), axis % rank]
    back = [perm.index(i) for i in range(rank)]
    found = _take_from_rows(eqn, ops.transpose(x, perm), in_total_order)
    return [ops.transpose(v, back) for v in found]


def _take_from_rows(eqn: Equation, x: Value, in_total_order: bool) -> tuple[Value, Value]:
    count = int(eqn.params["k"])
    if x.dtype == "bool":
        taken, places = ops.top_k(ops.cast(x, "int32"), count)
        return ops.truth(taken), places
    if x.dtype == "int32":
        taken, places = ops.top_k(flip(x) if eqn.is_unsigned else x, count)
        return (flip(taken) if eqn.is_unsigned else taken), places
    numbers = without_nan(x, -math.inf)
    order = falling_order(eqn, _below_zero(numbers) if in_total_order else numbers)
    found = take_along_last(eqn, ops.cast(is_nan(x), "int32"), order)
    _, first = ops.top_k(found if in_total_order else reverse_order(found), count)
    places = take_along_last(eqn, order, first)
    return take_along_last(eqn, x, places), places


def _below_zero(x: Value) -> Value:
    """`x` with the least number below 0 in place of -0, which kernels take for 0."""
    return ops.select(is_negative_zero(x), ops.scalar(-_LEAST, x), x)


def falling_order(eqn: Equation, x: Value) -> Value:
    """The places of numbers along the last axis, from the largest on; equal ones as they came."""
    return _all_falling(eqn, x)[1]


def rising_order(eqn: Equation, x: Value) -> Value:
    """The places of a vector's numbers from the least on, NaN last; equal ones as they came."""
    if x.dtype != "float32":
        return falling_order(eqn, reverse_order(x))
    order = falling_order(eqn, ops.unary("Neg", without_nan(x, math.inf)))
    found = ops.gather(ops.cast(is_nan(x), "int32"), order, 0)
    last = falling_order(eqn, reverse_order(found))
    return ops.gather(order, last, 0)


def _all_falling(eqn: Equation, x: Value) -> tuple[Value, Value]:
    length = x.shape[-1]
    return ops.top_k(x, length, None if ops.is_fixed(length) else eqn.sizes.value(length))


@rule("sort")
def _sort(eqn: Equation, *operands: Value) -> Sequence[Value]:
    """Ascending and stable: by the last key first, so that earlier keys overrule later ones."""
    axis, rank = eqn.params["dimension"], len(operands[0].shape)
    perm = [*(i for i in range(rank) if i != axis), axis]
    back = [perm.index(i) for i in range(rank)]
    rows = [ops.transpose(v, perm) for v in operands]
    if len(rows) == 1 and rows[0].dtype == "float32":
        return [ops.transpose(_sort_numbers(eqn, rows[0]), back)]
    for key in reversed(range(eqn.params["num_keys"])):
        if rows[key].dtype == "float32":
            rows = _sort_rows(eqn, rows, without_nan(rows[key], math.inf))
            rows = _sort_rows(eqn, rows, ops.cast(is_nan(rows[key]), "int32"))
        else:
            rows = _sort_rows(eqn, rows, _as_numbers(rows[key], eqn.operand_dtypes[key]))
    return [ops.transpose(v, back) for v in rows]


def _sort_numbers(eqn: Equation, x: Value) -> Value:
    """Rising rows of one operand: as many NaN as there are take the last places."""
    length = x.shape[-1]
    falling, _ = _all_falling(eqn, ops.unary("Neg", without_nan(x, math.inf)))
    count = ops.reduce("Sum", ops.cast(is_nan(x), "int32"), [len(x.shape) - 1])
    if ops.is_fixed(length):
        from_end = constant(np.arange(length, 0, -1), "int32")
    else:
        size = eqn.sizes.value(length)
        from_end = ops.binary("Sub", size, ops.range_to(size, length, "int32"))
    is_last = ops.binary("LessEqual", from_end, count)
    return ops.select(is_last, ops.scalar(math.nan, x), ops.unary("Neg", falling))


def _as_numbers(x: Value, dtype: object) -> Value:
    """A key in the order of int32."""
    if x.dtype == "bool":
        return ops.cast(x, "int32")
    return flip(x) if dtype == np.uint32 else x


def _sort_rows(eqn: Equation, rows: Sequence[Value], key: Value) -> list[Value]:
    """All rows in the rising order of a key; equal ones stay as they came."""
    order = falling_order(eqn, reverse_order(key))
    return [take_along_last(eqn, v, order) for v in rows]
