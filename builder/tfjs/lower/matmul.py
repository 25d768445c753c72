"""dot_general as matrix products of TensorFlow, which TF.js wasm runs where it has no Einsum."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from builder.tfjs import ops
from builder.tfjs.graph import Value, constant
from builder.tfjs.kernels import MOST_AXES
from builder.tfjs.lower.axes import transpose
from builder.tfjs.lower.exact import is_short, multiply_exactly
from builder.tfjs.lower.integers import multiply, unsigned_to_float
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import broadcast

HEADS_FIRST = (0, 2, 1, 3)
"""The 4-D transpose with a quick kernel: [batch, tokens, heads, d] to [batch, heads, tokens, d]."""

MOST_PRODUCTS = 2**18
"""Integers are multiplied as matrices with up to so many products in memory, in fewer ops."""


@rule("dot_general")
def _dot_general(eqn: Equation, x: Value, y: Value) -> Value:
    dtypes = eqn.operand_dtypes
    if eqn.type.dtype == "float32":
        return _multiply(eqn, as_float(x, dtypes[0]), as_float(y, dtypes[1]))
    (contract, _), _ = eqn.params["dimension_numbers"]
    terms = ops.size([x.shape[i] for i in contract])
    products = ops.size([d for d in (*eqn.type.shape, terms) if ops.is_fixed(d)])
    if is_short(dtypes, terms) or products > MOST_PRODUCTS:
        product = multiply_exactly(x, y, dtypes, terms, lambda a, b: _multiply(eqn, a, b))
    else:
        product = _multiply_each(eqn, ops.cast(x, "int32"), ops.cast(y, "int32"))
    return ops.truth(product) if eqn.type.dtype == "bool" else product


def as_float(x: Value, dtype: Any) -> Value:
    """A factor of a product of floats."""
    return unsigned_to_float(x) if dtype == np.uint32 else ops.cast(x, "float32")


def _multiply(eqn: Equation, x: Value, y: Value) -> Value:
    """The product of two arrays of float32."""
    (x_contract, y_contract), (x_batch, y_batch) = eqn.params["dimension_numbers"]
    x_free = _others(x, x_contract, x_batch)
    y_free = _others(y, y_contract, y_batch)
    free = [x.shape[i] for i in x_free]
    shape = eqn.type.shape
    if 0 in [x.shape[i] for i in x_contract]:
        return broadcast(eqn, constant(np.zeros((1,) * len(shape), np.float32)), shape)
    if not x_batch and len(free) > 0:
        # A dense layer: the rows stay apart, so that slices of them are easy to see.
        rows = transpose(x, [*x_free, *x_contract])
        if len(free) >= MOST_AXES:
            free = [ops.size(free)]
        rows = ops.reshape(rows, (*free, ops.size([x.shape[i] for i in x_contract])))
        return ops.reshape(ops.matmul(rows, _matrix(y, y_contract, y_free)), shape)
    a, adj_x = _arrange(x, x_batch, x_free, x_contract, wanted="free first")
    b, adj_y = _arrange(y, y_batch, y_free, y_contract, wanted="free last")
    if adj_x and adj_y:
        # A'B' = (BA)', whose transpose then meets and cancels its neighbours.
        product = ops.matmul(b, a)
        rank = len(product.shape)
        product = ops.transpose(product, [*range(rank - 2), rank - 1, rank - 2])
    else:
        product = ops.matmul(a, b, adj_x=adj_x, adj_y=adj_y)
    return ops.reshape(product, shape)


def _multiply_each(eqn: Equation, x: Value, y: Value) -> Value:
    """Of integers: all products, then their sums."""
    (x_contract, y_contract), (x_batch, y_batch) = eqn.params["dimension_numbers"]
    aligned: list[Value] = []
    for value, batch, contract, place in (
        (x, x_batch, x_contract, 1),
        (y, y_batch, y_contract, 2),
    ):
        free = _others(value, contract, batch)
        moved = transpose(value, [*batch, *free, *contract])
        sizes = [ops.size([value.shape[i] for i in axes]) for axes in (batch, free, contract)]
        sizes.insert(3 - place, 1)
        aligned.append(ops.reshape(moved, tuple(sizes)))
    products = multiply(*aligned)
    return ops.reshape(ops.reduce("Sum", products, [3]), eqn.type.shape)


def _others(x: Value, contract: Sequence[int], batch: Sequence[int]) -> list[int]:
    return [i for i in range(len(x.shape)) if i not in (*contract, *batch)]


def _matrix(y: Value, contract: Sequence[int], free: Sequence[int]) -> Value:
    """The right operand as [contracted, free]."""
    sizes = [ops.size([y.shape[i] for i in group]) for group in (contract, free)]
    return ops.reshape(transpose(y, [*contract, *free]), (sizes[0], sizes[1]))


def _arrange(
    x: Value,
    batch: Sequence[int],
    free: Sequence[int],
    contract: Sequence[int],
    wanted: str,
) -> tuple[Value, bool]:
    """An operand as [*batch, rows, columns], and whether the product must transpose it.

    Of the two layouts the one whose transpose is cheaper to make is taken.
    """
    first, last = (free, contract) if wanted == "free first" else (contract, free)
    plain, adjoint = [*batch, *first, *last], [*batch, *last, *first]
    swap = _cost(adjoint) < _cost(plain)
    moved = transpose(x, adjoint if swap else plain)
    sizes = [
        ops.size([x.shape[i] for i in group])
        for group in ((last, first) if swap else (first, last))
    ]
    lead = [x.shape[i] for i in batch]
    if len(lead) > MOST_AXES - 2:
        lead = [ops.size(lead)]
    return ops.reshape(moved, (*lead, *sizes)), swap


def _cost(perm: Sequence[int]) -> int:
    if list(perm) == list(range(len(perm))):
        return 0
    return 1 if tuple(perm) == HEADS_FIRST else 2
