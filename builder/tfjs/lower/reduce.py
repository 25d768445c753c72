"""Rules for reductions over axes."""

from collections.abc import Sequence

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Value, constant
from builder.tfjs.lower.bits import split_bits
from builder.tfjs.lower.integers import flip
from builder.tfjs.lower.monoid import Monoid, find_combine, find_monoid, fold_last
from builder.tfjs.lower.nan import find_extreme
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import broadcast

REDUCTIONS = {
    "reduce_and": "and",
    "reduce_max": "max",
    "reduce_min": "min",
    "reduce_or": "or",
    "reduce_prod": "mul",
    "reduce_sum": "add",
    "reduce_xor": "xor",
}
_OPS = {"add": "Sum", "and": "All", "max": "Max", "min": "Min", "mul": "Prod", "or": "Any"}
_OF_BOOLEANS = {"add": "or", "mul": "and", "max": "or", "min": "and"}


@rule(*REDUCTIONS)
def _reduce_axes(eqn: Equation, x: Value) -> Value:
    monoid = Monoid(REDUCTIONS[eqn.primitive], np.dtype(eqn.operand_dtypes[0]))
    return ops.reshape(reduce_over(x, eqn.params["axes"], monoid), eqn.type.shape)


def reduce_over(x: Value, axes: Sequence[int], monoid: Monoid) -> Value:
    """One number of all over some axes, which stay with size 1."""
    name = monoid.name
    if any(ops.is_fixed(x.shape[i]) and x.shape[i] == 0 for i in axes):
        shape = tuple(1 if i in axes else d for i, d in enumerate(x.shape))
        assert ops.is_static(shape)
        return monoid.encode(constant(np.full(shape, monoid.identity), x.dtype))
    if x.dtype == "bool":
        name = _OF_BOOLEANS.get(name, name)
        if name != "xor":
            return ops.reduce(_OPS[name], x, axes)
        return _odd(x, axes)
    if name in ("and", "or", "xor"):
        planes, join = split_bits(x)
        kept = _odd(planes, axes) if name == "xor" else ops.reduce(_OPS[name], planes, axes)
        return join(kept)
    if name == "mul" and x.dtype == "int32" and ops.is_static([x.shape[i] for i in axes]):
        return _multiply_all(x, axes, monoid)
    return monoid.encode(ops.reduce(_OPS[name], monoid.encode(x), axes))


def _odd(x: Value, axes: Sequence[int]) -> Value:
    """Whether an odd number of booleans hold."""
    count = ops.reduce("Sum", ops.cast(x, "int32"), axes)
    return ops.truth(ops.binary("FloorMod", count, ops.scalar(2, count)))


def _multiply_all(x: Value, axes: Sequence[int], monoid: Monoid) -> Value:
    """Products of integers that wrap around, which Prod of TensorFlow.js rounds on cpu."""
    (product,) = fold_last([_rows(x, axes)], lambda xs, ys: [monoid.combine(xs[0], ys[0])])
    shape = tuple(1 if i in axes else d for i, d in enumerate(x.shape))
    return ops.reshape(product, shape)


def _rows(x: Value, axes: Sequence[int]) -> Value:
    """What is reduced, along the last of two axes."""
    kept = [i for i in range(len(x.shape)) if i not in axes]
    sizes = [ops.size([x.shape[i] for i in group]) for group in (kept, axes)]
    return ops.reshape(ops.transpose(x, [*kept, *axes]), (sizes[0], sizes[1]))


@rule("reduce")
def _reduce(eqn: Equation, *operands: Value) -> Sequence[Value]:
    """By any function, which need not have a name, of one operand or several."""
    count = len(operands) // 2
    arrays, initial = operands[:count], operands[count:]
    axes, dtypes = eqn.params["dimensions"], eqn.operand_dtypes[:count]
    monoid = find_monoid(eqn.params["jaxpr"], dtypes)
    if monoid is not None:
        kept = ops.reshape(reduce_over(arrays[0], axes, monoid), eqn.type.shape)
        return [monoid.encode(monoid.combine(monoid.encode(kept), monoid.encode(initial[0])))]
    length = ops.size([arrays[0].shape[i] for i in axes])
    if not ops.is_fixed(length):
        raise eqn.refuse("a symbolic axis is reduced by a function.", "fix the size of that axis.")
    if length == 0:
        return [_fill(eqn, v) for v in initial]
    combine = find_combine(eqn, eqn.params["jaxpr"], dtypes)
    folded = fold_last([_rows(x, axes) for x in arrays], combine)
    results = combine([ops.reshape(v, (1, 1)) for v in initial], folded)
    return [ops.reshape(v, eqn.type.shape) for v in results]


def _fill(eqn: Equation, x: Value) -> Value:
    shape = eqn.type.shape
    return broadcast(eqn, ops.reshape(x, (1,) * len(shape)), shape)


@rule("argmax", "argmin")
def _arg_reduce(eqn: Equation, x: Value) -> Value:
    op = {"argmax": "ArgMax", "argmin": "ArgMin"}[eqn.primitive]
    (axis,) = eqn.params["axes"]
    return find_extreme(op, flip(x) if eqn.is_unsigned else x, axis)
