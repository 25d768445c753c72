"""Rules for primitives that move elements without computing."""

from collections.abc import Sequence

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Dim, Shape, Value, constant
from builder.tfjs.lower.registry import Equation, rule


def broadcast(eqn: Equation, x: Value, shape: Shape) -> Value:
    """`x` repeated along its axes of size 1, to a size that may be known at run time only."""
    return ops.broadcast_to(x, shape, None if ops.is_static(shape) else eqn.sizes.shape(shape))


def take_block(eqn: Equation, x: Value, begin: Sequence[Dim], sizes: Shape) -> Value:
    """A Slice whose place and sizes may be known at run time only."""
    block = zip(begin, sizes, x.shape, strict=True)
    if all(ops.is_fixed(b) and (ops.is_fixed(n) or b + n == d) for b, n, d in block):
        return ops.slice_(x, begin, sizes)
    return ops.slice_at(x, eqn.sizes.shape(begin), eqn.sizes.shape(sizes), sizes)


@rule("reshape")
def _reshape(eqn: Equation, x: Value) -> Value:
    """The elements in another order first, where `dimensions` says so."""
    order = eqn.params["dimensions"]
    return ops.reshape(x if order is None else ops.transpose(x, order), eqn.type.shape)


@rule("squeeze", "expand_dims")
def _change_rank(eqn: Equation, x: Value) -> Value:
    return ops.reshape(x, eqn.type.shape)


@rule("transpose")
def _transpose(eqn: Equation, x: Value) -> Value:
    return ops.transpose(x, eqn.params["permutation"])


@rule("broadcast_in_dim")
def _broadcast_in_dim(eqn: Equation, x: Value, *_: Value) -> Value:
    places = eqn.params["broadcast_dimensions"]
    shape = eqn.type.shape
    aligned = tuple(
        x.shape[places.index(axis)] if axis in places else 1 for axis in range(len(shape))
    )
    return broadcast(eqn, ops.reshape(x, aligned), shape)


@rule("tile")
def _tile(eqn: Equation, x: Value) -> Value:
    """Each axis becomes two, of which the first repeats the second."""
    counts = eqn.params["reps"]
    apart = [d for size in x.shape for d in (1, size)]
    repeated = [d for pair in zip(counts, x.shape, strict=True) for d in pair]
    # Axes of size 1 would only make the rank grow beyond what TensorFlow.js can broadcast.
    kept = [i for i, d in enumerate(repeated) if d != 1]
    column = ops.reshape(x, tuple(apart[i] for i in kept))
    whole = broadcast(eqn, column, tuple(repeated[i] for i in kept))
    return ops.reshape(whole, eqn.type.shape)


@rule("slice")
def _slice(eqn: Equation, x: Value) -> Value:
    begin, strides = eqn.params["start_indices"], eqn.params["strides"]
    if strides is None or max(strides) == 1:
        return take_block(eqn, x, begin, eqn.type.shape)
    ends = list(zip(begin, eqn.params["limit_indices"], x.shape, strict=True))
    if not all(ops.is_fixed(d) or (b, end) == (0, d) for b, end, d in ends):
        x = take_block(eqn, x, begin, tuple(end - b for b, end, _ in ends))
        begin = [0] * len(begin)
    return ops.strided_slice(x, begin, strides, eqn.type.shape)


@rule("concatenate")
def _concatenate(eqn: Equation, *values: Value) -> Value:
    axis = int(eqn.params["dimension"])
    filled = [v for v in values if v.shape[axis] != 0] or values[:1]
    return filled[0] if len(filled) == 1 else ops.concat(filled, axis)


@rule("stack")
def _stack(eqn: Equation, *values: Value) -> Value:
    axis = eqn.params["axis"]
    shape = (*eqn.type.shape[:axis], 1, *eqn.type.shape[axis + 1 :])
    layers = [ops.reshape(v, shape) for v in values]
    return layers[0] if len(layers) == 1 else ops.concat(layers, axis)


@rule("unstack")
def _unstack(eqn: Equation, x: Value) -> list[Value]:
    layers = ops.split(x, [1] * len(eqn.outputs), eqn.params["axis"])
    return [ops.reshape(v, kind.shape) for v, kind in zip(layers, eqn.outputs, strict=True)]


@rule("split")
def _split(eqn: Equation, x: Value) -> tuple[Value, ...]:
    return ops.split(x, [int(n) for n in eqn.params["sizes"]], eqn.params["axis"])


@rule("iota")
def _iota(eqn: Equation, *_: Value) -> Value:
    shape, axis = eqn.type.shape, eqn.params["dimension"]
    aligned = [shape[axis] if i == axis else 1 for i in range(len(shape))]
    if ops.is_fixed(shape[axis]):
        steps = constant(np.arange(shape[axis]), eqn.type.dtype)
    else:
        steps = ops.range_to(eqn.sizes.value(shape[axis]), shape[axis], eqn.type.dtype)
    return broadcast(eqn, ops.reshape(steps, aligned), shape)


@rule("dim_as_value")
def _dim_as_value(eqn: Equation) -> Value:
    return eqn.sizes.value(eqn.params["dim"])


@rule("empty", "empty2")
def _empty(eqn: Equation) -> Value:
    """What JAX leaves undefined, as zeros."""
    return broadcast(eqn, constant(0, eqn.type.dtype), eqn.type.shape)
