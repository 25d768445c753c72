"""dot_general as matrix products of TensorFlow, which TF.js wasm runs where it has no Einsum."""

from collections.abc import Sequence

from builder.tfjs import ops
from builder.tfjs.graph import Value
from builder.tfjs.lower.registry import Equation, rule

HEADS_FIRST = (0, 2, 1, 3)
"""The 4-D transpose with a quick kernel: [batch, tokens, heads, d] to [batch, heads, tokens, d]."""

MOST_PRODUCTS = 2**22
"""Integers are multiplied as matrices up to so many products of numbers, as all are in memory."""


@rule("dot_general")
def _dot_general(eqn: Equation, x: Value, y: Value) -> Value:
    (x_contract, y_contract), (x_batch, y_batch) = eqn.params["dimension_numbers"]
    x_free = _others(x, x_contract, x_batch)
    y_free = _others(y, y_contract, y_batch)
    if eqn.type.dtype != "float32":
        groups = (x_batch, x_free, x_contract), (y_batch, y_free, y_contract)
        return _multiply_integers(eqn, x, y, groups)
    x, y = ops.cast(x, "float32"), ops.cast(y, "float32")
    free = [x.shape[i] for i in x_free]
    shape = eqn.type.shape
    if not x_batch and len(free) > 0:
        # A dense layer: the rows stay apart, so that slices of them are easy to see.
        rows = ops.transpose(x, [*x_free, *x_contract])
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


def _multiply_integers(
    eqn: Equation, x: Value, y: Value, groups: Sequence[Sequence[Sequence[int]]]
) -> Value:
    """Exactly, where TensorFlow.js multiplies only float32: all products, then their sums.

    `groups` are the batch, free and contracted axes of each operand.
    """
    if eqn.type.dtype == "bool":
        raise eqn.refuse("booleans are multiplied as matrices.", "convert them to float32 first.")
    aligned: list[Value] = []
    for value, (batch, free, contract), place in zip((x, y), groups, (1, 2), strict=True):
        moved = ops.transpose(value, [*batch, *free, *contract])
        sizes = [ops.size([value.shape[i] for i in axes]) for axes in (batch, free, contract)]
        sizes.insert(3 - place, 1)
        aligned.append(ops.reshape(moved, tuple(sizes)))
    products = ops.binary("Mul", *aligned)
    count = ops.size([d for d in products.shape if ops.is_fixed(d)])
    if count > MOST_PRODUCTS:
        raise eqn.refuse(
            f"a product of integer matrices needs {count} products of numbers.",
            "convert them to float32 first, which is exact up to 2^24.",
        )
    return ops.reshape(ops.reduce("Sum", products, [3]), eqn.type.shape)


def _others(x: Value, contract: Sequence[int], batch: Sequence[int]) -> list[int]:
    return [i for i in range(len(x.shape)) if i not in (*contract, *batch)]


def _matrix(y: Value, contract: Sequence[int], free: Sequence[int]) -> Value:
    """The right operand as [contracted, free]."""
    sizes = [ops.size([y.shape[i] for i in group]) for group in (contract, free)]
    return ops.reshape(ops.transpose(y, [*contract, *free]), (sizes[0], sizes[1]))


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
    moved = ops.transpose(x, adjoint if swap else plain)
    sizes = [
        ops.size([x.shape[i] for i in group])
        for group in ((last, first) if swap else (first, last))
    ]
    return ops.reshape(moved, (*(x.shape[i] for i in batch), *sizes)), swap


def _cost(perm: Sequence[int]) -> int:
    if list(perm) == list(range(len(perm))):
        return 0
    return 1 if tuple(perm) == HEADS_FIRST else 2
