"""Rules that depend on the order of elements: padding, reversal, running sums."""

import math

from builder.tfjs import ops
from builder.tfjs.graph import Value
from builder.tfjs.lower.elementwise import log1p
from builder.tfjs.lower.integers import flip
from builder.tfjs.lower.nan import extreme
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
    if eqn.is_unsigned:
        x = flip(x)
    reach = 1
    while reach < length:
        near = [reach if i == axis else 0 for i in range(rank)]
        sizes = [d - n for d, n in zip(x.shape, near, strict=True)]
        ends = [reach if i == axis else d for i, d in enumerate(x.shape)]
        first, last = [0] * rank, [length - reach if i == axis else 0 for i in range(rank)]
        pair = ops.slice_(x, near, sizes), ops.slice_(x, first, sizes)
        seen = extreme(op, *pair) if op else _add_logarithms(*pair)
        rest = ops.slice_(x, last if backwards else first, ends)
        x = ops.concat([seen, rest] if backwards else [rest, seen], axis)
        reach *= 2
    return flip(x) if eqn.is_unsigned else x


def _add_logarithms(x: Value, y: Value) -> Value:
    """log(exp(x) + exp(y)), as that of the larger and what the smaller adds."""
    apart = ops.unary("Abs", ops.binary("Sub", x, y))
    more = log1p(ops.unary("Exp", ops.unary("Neg", apart)))
    larger = extreme("Maximum", x, y)
    # Of two equal infinities the difference is no number.
    return ops.select(
        ops.binary("Equal", x, y),
        ops.binary("AddV2", larger, ops.scalar(LOG_2, x)),
        ops.binary("AddV2", larger, more),
    )
