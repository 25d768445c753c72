"""Rules that depend on the order of elements: padding, reversal, running sums, sorting."""

import math
from collections.abc import Sequence

from builder.tfjs import ops
from builder.tfjs.graph import Value
from builder.tfjs.lower.gather import take_along_last
from builder.tfjs.lower.registry import Equation, rule

LOG_2 = math.log(2)


@rule("pad")
def _pad(eqn: Equation, x: Value, fill: Value) -> Value:
    """Padding at the ends, between the entries, or negative, which cuts off."""
    if fill.array is None:
        raise eqn.refuse("the padding is a computed number.", "pad with a constant.")
    config = [[int(n) for n in axis] for axis in eqn.params["padding_config"]]
    low, high, interior = zip(*config, strict=True)
    number = fill.array.item()
    for axis, gap in enumerate(interior):
        x = spread(x, axis, gap, number)
    begin = [max(0, -n) for n in low]
    sizes = [d + min(0, a) + min(0, b) for d, a, b in zip(x.shape, low, high, strict=True)]
    kept = ops.slice_(x, begin, sizes)
    return ops.pad(kept, [max(0, n) for n in low], [max(0, n) for n in high], number)


def spread(x: Value, axis: int, gap: int, number: float) -> Value:
    """`gap` times a number between the entries along an axis."""
    if gap == 0:
        return x
    before, after = x.shape[:axis], x.shape[axis + 1 :]
    column = ops.reshape(x, (ops.size(before), x.shape[axis], 1, ops.size(after)))
    padded = ops.pad(column, [0] * 4, [0, 0, gap, 0], number)
    apart = ops.reshape(padded, (*before, x.shape[axis] * (gap + 1), *after))
    kept = (*before, x.shape[axis] * (gap + 1) - gap, *after)
    return ops.slice_(apart, [0] * len(kept), kept)


@rule("rev")
def _rev(eqn: Equation, x: Value) -> Value:
    return ops.reverse(x, eqn.params["dimensions"])


@rule("cumsum", "cumprod")
def _accumulate(eqn: Equation, x: Value) -> Value:
    op = {"cumsum": "Cumsum", "cumprod": "Cumprod"}[eqn.primitive]
    return ops.accumulate(op, x, eqn.params["axis"], backwards=eqn.params["reverse"])


RUNNING = {"cumlogsumexp": "", "cummax": "Maximum", "cummin": "Minimum"}


@rule(*RUNNING)
def _running(eqn: Equation, x: Value) -> Value:
    """Running maxima by doubling: after k steps each entry has seen the 2^k before it."""
    axis, backwards = eqn.params["axis"], eqn.params["reverse"]
    length, rank = x.shape[axis], len(x.shape)
    if not ops.is_fixed(length):
        raise eqn.refuse("it runs along a symbolic axis.", "fix the size of that axis.")
    op = RUNNING[eqn.primitive]
    reach = 1
    while reach < length:
        near = [reach if i == axis else 0 for i in range(rank)]
        sizes = [d - n for d, n in zip(x.shape, near, strict=True)]
        ends = [reach if i == axis else d for i, d in enumerate(x.shape)]
        first, last = [0] * rank, [length - reach if i == axis else 0 for i in range(rank)]
        pair = ops.slice_(x, near, sizes), ops.slice_(x, first, sizes)
        seen = ops.binary(op, *pair) if op else _add_logarithms(*pair)
        rest = ops.slice_(x, last if backwards else first, ends)
        x = ops.concat([seen, rest] if backwards else [rest, seen], axis)
        reach *= 2
    return x


def _add_logarithms(x: Value, y: Value) -> Value:
    """log(exp(x) + exp(y)), as that of the larger and what the smaller adds."""
    apart = ops.unary("Abs", ops.binary("Sub", x, y))
    more = ops.unary("Log1p", ops.unary("Exp", ops.unary("Neg", apart)))
    larger = ops.binary("Maximum", x, y)
    # Of two equal infinities the difference is no number.
    return ops.select(
        ops.binary("Equal", x, y),
        ops.binary("AddV2", larger, ops.scalar(LOG_2, x)),
        ops.binary("AddV2", larger, more),
    )


@rule("top_k")
def _top_k(eqn: Equation, x: Value) -> tuple[Value, Value]:
    return _take_largest(eqn, x, eqn.params["axis"])


@rule("approx_top_k")
def _approx_top_k(eqn: Equation, x: Value) -> tuple[Value, Value]:
    """The largest, or with `is_max_k` false the least; none is left out to save time."""
    axis = eqn.params["reduction_dimension"]
    if eqn.params["is_max_k"]:
        return _take_largest(eqn, x, axis)
    negated, places = _take_largest(eqn, ops.unary("Neg", x), axis)
    return ops.unary("Neg", negated), places


def _take_largest(eqn: Equation, x: Value, axis: int) -> tuple[Value, Value]:
    if axis not in (len(x.shape) - 1, -1) or not ops.is_fixed(x.shape[-1]):
        raise eqn.refuse(
            "the largest are sought along an inner or symbolic axis.",
            "move the axis to the end, and fix its size.",
        )
    return ops.top_k(x, int(eqn.params["k"]))


@rule("sort")
def _sort(eqn: Equation, *operands: Value) -> Sequence[Value]:
    """Ascending and stable: by the last key first, so that earlier keys overrule later ones."""
    axis, rank = eqn.params["dimension"], len(operands[0].shape)
    if not ops.is_fixed(operands[0].shape[axis]):
        raise eqn.refuse("a symbolic axis is sorted.", "fix the size of that axis.")
    perm = [*(i for i in range(rank) if i != axis), axis]
    back = [perm.index(i) for i in range(rank)]
    rows = [ops.transpose(v, perm) for v in operands]
    for key in reversed(range(eqn.params["num_keys"])):
        rows = _sort_rows(eqn, rows, key)
    return [ops.transpose(v, back) for v in rows]


def _sort_rows(eqn: Equation, rows: Sequence[Value], key: int) -> list[Value]:
    """All rows in the order of one of them: the negated keys fall, equal ones stay as they came."""
    found = rows[key]
    numbers = ops.cast(found, "int32") if found.dtype == "bool" else found
    falling, order = ops.top_k(ops.unary("Neg", numbers), found.shape[-1])
    risen = ops.unary("Neg", falling)
    return [
        (ops.truth(risen) if found.dtype == "bool" else risen)
        if i == key
        else take_along_last(eqn, v, order)
        for i, v in enumerate(rows)
    ]
