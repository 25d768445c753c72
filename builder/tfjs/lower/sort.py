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
from builder.tfjs.lower.nan import is_nan, without_nan
from builder.tfjs.lower.registry import Equation, rule


@rule("top_k")
def _top_k(eqn: Equation, x: Value) -> tuple[Value, Value]:
    return _take_largest(eqn, x, eqn.params["axis"])


@rule("approx_top_k")
def _approx_top_k(eqn: Equation, x: Value) -> tuple[Value, Value]:
    """The largest, or with `is_max_k` false the least; none is left out to save time."""
    axis = eqn.params["reduction_dimension"]
    if eqn.params["is_max_k"]:
        return _take_largest(eqn, x, axis)
    taken, places = _take_largest(eqn, reverse_order(x), axis)
    return reverse_order(taken), places


def _take_largest(eqn: Equation, x: Value, axis: int) -> tuple[Value, Value]:
    """The largest of rows in falling order, NaN before all others, and their places."""
    if axis not in (len(x.shape) - 1, -1) or not ops.is_fixed(x.shape[-1]):
        raise eqn.refuse(
            "the largest are sought along an inner or symbolic axis.",
            "move the axis to the end, and fix its size.",
        )
    count = int(eqn.params["k"])
    if x.dtype == "bool":
        taken, places = ops.top_k(ops.cast(x, "int32"), count)
        return ops.truth(taken), places
    if x.dtype == "int32":
        taken, places = ops.top_k(flip(x) if eqn.is_unsigned else x, count)
        return (flip(taken) if eqn.is_unsigned else taken), places
    _, order = ops.top_k(without_nan(x, -math.inf), x.shape[-1])
    found = take_along_last(eqn, ops.cast(is_nan(x), "int32"), order)
    _, first = ops.top_k(found, count)
    places = take_along_last(eqn, order, first)
    return take_along_last(eqn, x, places), places


@rule("sort")
def _sort(eqn: Equation, *operands: Value) -> Sequence[Value]:
    """Ascending and stable: by the last key first, so that earlier keys overrule later ones."""
    axis, rank = eqn.params["dimension"], len(operands[0].shape)
    if not ops.is_fixed(operands[0].shape[axis]):
        raise eqn.refuse("a symbolic axis is sorted.", "fix the size of that axis.")
    perm = [*(i for i in range(rank) if i != axis), axis]
    back = [perm.index(i) for i in range(rank)]
    rows = [ops.transpose(v, perm) for v in operands]
    if len(rows) == 1 and rows[0].dtype == "float32":
        return [ops.transpose(_sort_numbers(rows[0]), back)]
    for key in reversed(range(eqn.params["num_keys"])):
        if rows[key].dtype == "float32":
            rows = _sort_rows(eqn, rows, without_nan(rows[key], math.inf))
            rows = _sort_rows(eqn, rows, ops.cast(is_nan(rows[key]), "int32"))
        else:
            rows = _sort_rows(eqn, rows, _as_numbers(rows[key], eqn.operand_dtypes[key]))
    return [ops.transpose(v, back) for v in rows]


def _sort_numbers(x: Value) -> Value:
    """Rising rows of one operand: as many NaN as there are take the last places."""
    length = x.shape[-1]
    falling, _ = ops.top_k(ops.unary("Neg", without_nan(x, math.inf)), length)
    count = ops.reduce("Sum", ops.cast(is_nan(x), "int32"), [len(x.shape) - 1])
    from_end = constant(np.arange(length, 0, -1), "int32")
    is_last = ops.binary("LessEqual", from_end, count)
    return ops.select(is_last, ops.scalar(math.nan, x), ops.unary("Neg", falling))


def _as_numbers(x: Value, dtype: object) -> Value:
    """A key in the order of int32."""
    if x.dtype == "bool":
        return ops.cast(x, "int32")
    return flip(x) if dtype == np.uint32 else x


def _sort_rows(eqn: Equation, rows: Sequence[Value], key: Value) -> list[Value]:
    """All rows in the rising order of a key; equal ones stay as they came."""
    _, order = ops.top_k(reverse_order(key), key.shape[-1])
    return [take_along_last(eqn, v, order) for v in rows]
