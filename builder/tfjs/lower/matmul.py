"""dot_general as matrix products of TensorFlow, which TF.js wasm runs where it has no Einsum."""

from collections.abc import Sequence

from builder.tfjs import ops
from builder.tfjs.graph import Value
from builder.tfjs.lower.registry import Equation, rule
from builder.tfjs.lower.shape import checked_reshape

HEADS_FIRST = (0, 2, 1, 3)
"""The 4-D transpose with a quick kernel: [batch, tokens, heads, d] to [batch, heads, tokens, d]."""


@rule("dot_general")
def _dot_general(eqn: Equation, x: Value, y: Value) -> Value:
    (x_contract, y_contract), (x_batch, y_batch) = eqn.params["dimension_numbers"]
    if x.dtype != "float32":
        raise eqn.refuse("integers are multiplied as matrices.", "convert them to float32 first.")
    x_free = _others(x, x_contract, x_batch)
    y_free = _others(y, y_contract, y_batch)
    free = [x.shape[i] for i in x_free]
    shape = eqn.type.shape
    if not x_batch and len(free) > 0:
        # A dense layer: the rows stay apart, so that slices of them are easy to see.
        rows = ops.transpose(x, [*x_free, *x_contract])
        rows = checked_reshape(eqn, rows, (*free, ops.size([x.shape[i] for i in x_contract])))
        return checked_reshape(eqn, ops.matmul(rows, _matrix(eqn, y, y_contract, y_free)), shape)
    a, adj_x = _arrange(eqn, x, x_batch, x_free, x_contract, wanted="free first")
    b, adj_y = _arrange(eqn, y, y_batch, y_free, y_contract, wanted="free last")
    if adj_x and adj_y:
        # A'B' = (BA)', whose transpose then meets and cancels its neighbours.
        product = ops.matmul(b, a)
        rank = len(product.shape)
        product = ops.transpose(product, [*range(rank - 2), rank - 1, rank - 2])
    else:
        product = ops.matmul(a, b, adj_x=adj_x, adj_y=adj_y)
    return checked_reshape(eqn, product, shape)


def _others(x: Value, contract: Sequence[int], batch: Sequence[int]) -> list[int]:
    return [i for i in range(len(x.shape)) if i not in (*contract, *batch)]


def _matrix(eqn: Equation, y: Value, contract: Sequence[int], free: Sequence[int]) -> Value:
    """The right operand as [contracted, free]."""
    sizes = [ops.size([y.shape[i] for i in group]) for group in (contract, free)]
    return checked_reshape(eqn, ops.transpose(y, [*contract, *free]), (sizes[0], sizes[1]))


def _arrange(
    eqn: Equation,
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
    return checked_reshape(eqn, moved, (*(x.shape[i] for i in batch), *sizes)), swap


def _cost(perm: Sequence[int]) -> int:
    if list(perm) == list(range(len(perm))):
        return 0
    return 1 if tuple(perm) == HEADS_FIRST else 2
