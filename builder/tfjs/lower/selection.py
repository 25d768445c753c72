"""Rules that pick one entry of each window: the derivatives of pooling with max and min.

JAX compares the entries of a window one after the other and keeps the one it has if that is as
large. So the first of equal ones is picked; and as nothing is as large as NaN, and NaN is not as
large as anything, the search begins anew with a NaN and with what follows it. (Of the derivative
along a direction, XLA goes through windows in any order, so that it is not defined for NaN.)
"""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Dim, Shape, Value, constant
from builder.tfjs.lower.integers import flip, reverse_order
from builder.tfjs.lower.nan import is_nan
from builder.tfjs.lower.order import pad_with
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import take_block
from builder.tfjs.lower.windows import Windows


@rule("select_and_scatter_add")
def _scatter_to_picked(eqn: Equation, source: Value, operand: Value) -> Value:
    """An array of zeros to which each window adds a number, at the entry that it picks."""
    if operand.dtype == "bool":
        integers = ops.cast(source, "int32"), ops.cast(operand, "int32")
        return ops.truth(_scatter_shares(eqn, *integers))
    return _scatter_shares(eqn, source, operand)


def _scatter_shares(eqn: Equation, source: Value, operand: Value) -> Value:
    windows = Windows.of(eqn)
    entries = _entries(eqn, windows, operand, source.shape, eqn.operand_dtypes[1])
    picked = _pick(entries)
    size = entries.shape[-1]
    here = ops.binary("Equal", ops.reshape(picked, (*picked.shape, 1)), _places(size))
    column = ops.reshape(source, (ops.size(source.shape), 1))
    shares = ops.select(here, column, ops.scalar(0, source))
    padded = [d + low + high for d, (low, high) in zip(operand.shape, windows.padding, strict=True)]
    whole = _add_up(eqn, shares, windows, source.shape, tuple(padded))
    return pad_with(
        eqn, whole, ops.scalar(0, whole), [(-low, -high, 0) for low, high in windows.padding]
    )


@rule("select_and_gather_add")
def _gather_picked(eqn: Equation, tangents: Value, operand: Value) -> Value:
    """The number of another array that lies where each window picks its entry."""
    windows, shape = Windows.of(eqn), eqn.type.shape
    entries = _entries(eqn, windows, operand, shape, eqn.operand_dtypes[1])
    zero = ops.scalar(0, tangents)
    values = windows.cut(eqn, windows.pad(eqn, tangents, zero), shape)
    picked = _pick(entries, windows.mark_entries(eqn, operand) if windows.pads else None)
    here = ops.binary("Equal", ops.reshape(picked, (*picked.shape, 1)), _places(entries.shape[-1]))
    # Before the first entry comes one that is as large as minus infinity, whose number is 0.
    here = ops.binary("LogicalAnd", here, _exceeds_least(entries, eqn.operand_dtypes[1]))
    total = ops.reduce("Sum", ops.select(here, values, zero), [1])
    return ops.reshape(total, shape)


def _entries(eqn: Equation, windows: Windows, operand: Value, shape: Shape, dtype: Any) -> Value:
    """The entries of all windows [windows, size], of which the greatest is picked."""
    if dtype == np.uint32:
        operand = flip(operand)
    if eqn.params["select_prim"].name == "le":
        operand = reverse_order(operand)
    return windows.cut(eqn, windows.pad(eqn, operand, _least(operand, dtype)), shape)


def _least(x: Value, dtype: Any) -> Value:
    """What padding is taken for, which is never picked but where nothing is greater."""
    if x.dtype == "float32":
        return ops.scalar(-math.inf, x)
    if dtype == np.bool_:
        return ops.scalar(0, x)
    limits = jnp.iinfo(np.int32 if dtype == np.uint32 else dtype)
    return ops.scalar(int(limits.min), x)


def _exceeds_least(entries: Value, dtype: Any) -> Value:
    return ops.binary("NotEqual", entries, _least(entries, dtype))


def _places(size: int, first: int = 0) -> Value:
    return constant(np.arange(first, first + size), "int32")


def _pick(entries: Value, inside: Value | None = None) -> Value:
    """The place of the entry that each row picks, int32[rows]; -1 if there is none.

    Entries that are not `inside` are skipped.
    """
    if entries.dtype == "float32":
        found = ops.cast(is_nan(entries), "int32")
        numbered = ops.binary("Mul", found, _places(entries.shape[-1], 1))
        ends = ops.reduce("Max", numbered, [1])
        open_ = ops.binary("GreaterEqual", _places(entries.shape[-1]), ends)
        inside = open_ if inside is None else ops.binary("LogicalAnd", open_, inside)
        entries = ops.select(inside, entries, ops.scalar(-math.inf, entries))
    else:
        ends = constant([[0]], "int32")
    here = ops.binary("Equal", entries, ops.reduce("Max", entries, [1]))
    if inside is None:
        return _first(here)
    here = ops.binary("LogicalAnd", here, inside)
    # After a NaN at the end, nothing follows.
    last = ops.binary("Sub", ends, ops.scalar(1, ends))
    first = _first(here)
    picked = ops.reshape(last, first.shape if last.array is None else ())
    return ops.select(ops.reshape(ops.reduce("Any", here, [1]), first.shape), first, picked)


def _first(here: Value) -> Value:
    return ops.arg_reduce("ArgMax", ops.cast(here, "int32"), 1)


def _add_up(eqn: Equation, shares: Value, windows: Windows, counts: Shape, padded: Shape) -> Value:
    """Windows [number of windows, size] laid upon an array again and added up.

    One axis after the other: a window is cut into runs as long as a stride, which do not overlap.
    """
    sizes = [windows.sizes[i] for i in windows.moved]
    x = ops.transpose(ops.reshape(shares, (ops.size(counts), ops.size(sizes))), [1, 0])
    done: Shape = ()
    remaining = list(counts)
    for axis, count in enumerate(counts):
        rest = remaining[axis + 1 :]
        if axis in windows.moved:
            ahead = [windows.sizes[i] for i in windows.moved if i > axis]
            shape = (windows.sizes[axis], ops.size(ahead), ops.size(done), count, ops.size(rest))
            x = _add_axis(eqn, ops.reshape(x, shape), windows.strides[axis], padded[axis])
            done = (*done, padded[axis])
        else:
            done = (*done, count)
    return ops.reshape(x, padded)


def _add_axis(eqn: Equation, x: Value, stride: int, length: Dim) -> Value:
    """[size, a, b, count, c] as [a, b, length, c]: entry i of window k lies at k * stride + i."""
    size, a, b, count, c = x.shape
    runs = -(-size // stride)
    x = ops.pad(x, [0] * 5, [runs * stride - size, 0, 0, 0, 0])
    total: Value | None = None
    for run in range(runs):
        piece = ops.slice_(x, [run * stride, 0, 0, 0, 0], (stride, a, b, count, c))
        laid = ops.reshape(ops.transpose(piece, [1, 2, 3, 0, 4]), (a, b, count * stride, c))
        ends = [0, 0, run * stride, 0], [0, 0, (runs - 1 - run) * stride, 0]
        laid = ops.pad(laid, *ends)
        total = laid if total is None else ops.binary("AddV2", total, laid)
    assert total is not None
    covered = (count + runs - 1) * stride
    if ops.is_fixed(covered) and ops.is_fixed(length) and covered < length:
        return ops.pad(total, [0] * 4, [0, 0, length - covered, 0])
    return take_block(eqn, total, [0] * 4, (a, b, length, c))
