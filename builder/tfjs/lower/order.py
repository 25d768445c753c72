"""Rules that depend on the order of elements: padding, reversal, running sums, sorting."""

from collections.abc import Sequence

from builder.tfjs import ops
from builder.tfjs.graph import Value
from builder.tfjs.lower.gather import take_along_last
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import checked_reshape


@rule("pad")
def _pad(eqn: Equation, x: Value, fill: Value) -> Value:
    """Padding at the ends, between the entries, or negative, which cuts off."""
    if fill.array is None:
        raise eqn.refuse("the padding is a computed number.", "pad with a constant.")
    config = [[int(n) for n in axis] for axis in eqn.params["padding_config"]]
    low, high, interior = zip(*config, strict=True)
    number = fill.array.item()
    for axis, gap in enumerate(interior):
        x = spread(eqn, x, axis, gap, number)
    begin = [max(0, -n) for n in low]
    sizes = [d + min(0, a) + min(0, b) for d, a, b in zip(x.shape, low, high, strict=True)]
    kept = ops.slice_(x, begin, sizes)
    return ops.pad(kept, [max(0, n) for n in low], [max(0, n) for n in high], number)


def spread(eqn: Equation, x: Value, axis: int, gap: int, number: float) -> Value:
    """`gap` times a number between the entries along an axis."""
    if gap == 0:
        return x
    before, after = x.shape[:axis], x.shape[axis + 1 :]
    column = checked_reshape(eqn, x, (ops.size(before), x.shape[axis], 1, ops.size(after)))
    padded = ops.pad(column, [0] * 4, [0, 0, gap, 0], number)
    apart = checked_reshape(eqn, padded, (*before, x.shape[axis] * (gap + 1), *after))
    kept = (*before, x.shape[axis] * (gap + 1) - gap, *after)
    return ops.slice_(apart, [0] * len(kept), kept)


@rule("rev")
def _rev(eqn: Equation, x: Value) -> Value:
    return ops.reverse(x, eqn.params["dimensions"])


@rule("cumsum", "cumprod")
def _accumulate(eqn: Equation, x: Value) -> Value:
    op = {"cumsum": "Cumsum", "cumprod": "Cumprod"}[eqn.primitive]
    return ops.accumulate(op, x, eqn.params["axis"], backwards=eqn.params["reverse"])


@rule("cummax", "cummin")
def _running(eqn: Equation, x: Value) -> Value:
    """Running maxima by doubling: after k steps each entry has seen the 2^k before it."""
    op = {"cummax": "Maximum", "cummin": "Minimum"}[eqn.primitive]
    axis, backwards = eqn.params["axis"], eqn.params["reverse"]
    length, rank = x.shape[axis], len(x.shape)
    reach = 1
    while reach < length:
        near = [reach if i == axis else 0 for i in range(rank)]
        sizes = [d - n for d, n in zip(x.shape, near, strict=True)]
        ends = [reach if i == axis else d for i, d in enumerate(x.shape)]
        first, last = [0] * rank, [length - reach if i == axis else 0 for i in range(rank)]
        if backwards:
            seen = ops.binary(op, ops.slice_(x, first, sizes), ops.slice_(x, near, sizes))
            x = ops.concat([seen, ops.slice_(x, last, ends)], axis)
        else:
            seen = ops.binary(op, ops.slice_(x, near, sizes), ops.slice_(x, first, sizes))
            x = ops.concat([ops.slice_(x, first, ends), seen], axis)
        reach *= 2
    return x


@rule("top_k")
def _top_k(eqn: Equation, x: Value) -> tuple[Value, Value]:
    last = len(x.shape) - 1
    if eqn.params.get("axis", last) not in (last, -1):
        raise eqn.refuse("the largest are sought along an inner axis.", "move it to the end.")
    return ops.top_k(x, int(eqn.params["k"]))


@rule("sort")
def _sort(eqn: Equation, *operands: Value) -> Sequence[Value]:
    """Ascending and stable: the negated keys in falling order, equal ones as they came."""
    axis, rank = eqn.params["dimension"], len(operands[0].shape)
    if eqn.params["num_keys"] != 1 or not ops.is_fixed(operands[0].shape[axis]):
        raise eqn.refuse("several keys, or a symbolic axis, are sorted.", "sort by one key.")
    perm = [*(i for i in range(rank) if i != axis), axis]
    back = [perm.index(i) for i in range(rank)]
    last = [ops.transpose(v, perm) for v in operands]
    falling, order = ops.top_k(ops.unary("Neg", last[0]), last[0].shape[-1])
    results = [ops.unary("Neg", falling)]
    results += [take_along_last(eqn, v, order) for v in last[1:]]
    return [ops.transpose(v, back) for v in results]
