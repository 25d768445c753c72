"""Rules that depend on the order of elements: padding, reversal, running sums."""

import math
from collections.abc import Sequence

from builder.tfjs import ops
from builder.tfjs.graph import Shape, Value
from builder.tfjs.lower.integers import flip
from builder.tfjs.lower.nan import extreme
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import broadcast
from builder.tfjs.lower.transcendental import log1p

LOG_2 = math.log(2)


@rule("pad")
def _pad(eqn: Equation, x: Value, fill: Value) -> Value:
    """Padding at the ends, between the entries, or negative, which cuts off."""
    config = [(int(low), int(high), int(gap)) for low, high, gap in eqn.params["padding_config"]]
    return pad_with(eqn, x, fill, config)


def pad_with(eqn: Equation, x: Value, fill: Value, config: Sequence[tuple[int, int, int]]) -> Value:
    """`x` with a number, which may be computed, around and between its entries.

    `config` has for each axis how many come before, after and between; negative ones cut off.
    """
    for axis, (_, _, gap) in enumerate(config):
        if gap and x.shape[axis] != 0:
            x = spread(eqn, x, axis, gap, fill)
    low, high, _ = zip(*config, strict=True) if config else ((), (), ())
    begin = [max(0, -n) for n in low]
    sizes = [d + min(0, a) + min(0, b) for d, a, b in zip(x.shape, low, high, strict=True)]
    if any(ops.is_fixed(n) and n <= 0 for n in sizes):
        # What is cut off is more than there is, so that nothing is left of `x`.
        return broadcast(eqn, ops.reshape(fill, (1,) * len(sizes)), eqn.type.shape)
    kept = ops.slice_(x, begin, sizes)
    return _surround(eqn, kept, [max(0, n) for n in low], [max(0, n) for n in high], fill)


def _surround(
    eqn: Equation, x: Value, before: Sequence[int], after: Sequence[int], fill: Value
) -> Value:
    # On wasm the number is a float32 on its way.
    if fill.array is not None and (x.dtype == "float32" or abs(int(fill.array)) < 2**24):
        return ops.pad(x, before, after, fill.array.item())
    for axis, widths in enumerate(zip(before, after, strict=True)):
        blocks = [
            _block(eqn, fill, (*x.shape[:axis], n, *x.shape[axis + 1 :])) if n else None
            for n in widths
        ]
        pieces = [v for v in (blocks[0], x, blocks[1]) if v is not None]
        x = pieces[0] if len(pieces) == 1 else ops.concat(pieces, axis)
    return x


def _block(eqn: Equation, fill: Value, shape: Shape) -> Value:
    return broadcast(eqn, ops.reshape(fill, (1,) * len(shape)), shape)


def spread(eqn: Equation, x: Value, axis: int, gap: int, fill: Value) -> Value:
    """`gap` times a number between the entries along an axis."""
    before, after = x.shape[:axis], x.shape[axis + 1 :]
    column = ops.reshape(x, (ops.size(before), x.shape[axis], 1, ops.size(after)))
    padded = _surround(eqn, column, [0] * 4, [0, 0, gap, 0], fill)
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
