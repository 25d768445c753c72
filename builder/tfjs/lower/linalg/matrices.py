"""What the factorizations share: batches of matrices, columns and rows by number."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
from jax import lax

from builder.tfjs import ops
from builder.tfjs.lower.expansion import expansion
from builder.tfjs.lower.registry import Equation

Factorization: TypeAlias = Callable[..., Any]
"""Takes the equation and one matrix or more; returns the outputs."""


def factorization(
    *primitives: str, ranks: tuple[int, ...] = (2,)
) -> Callable[[Factorization], Factorization]:
    """Register a function of single matrices as the rule for the primitives named.

    `ranks` are those of its operands. It is vectorized over the axes before them, and computes in
    float32 with products that are not rounded.
    """

    def register(function: Factorization) -> Factorization:
        @expansion(*primitives)
        def _factorize(eqn: Equation, *operands: Any) -> Any:  # pyright: ignore[reportUnusedFunction] (by registering it)
            _check(eqn, ranks)
            if all(0 in kind.shape for kind in eqn.outputs):
                return [jnp.zeros(kind.shape, kind.dtype) for kind in eqn.outputs]
            batched: Callable[..., Any] = partial(function, eqn)
            for _ in range(operands[0].ndim - ranks[0]):
                batched = jax.vmap(batched)
            with jax.named_scope(eqn.primitive), jax.default_matmul_precision("float32"):
                results = jax.tree.leaves(batched(*map(_widen, operands)))
            return [r.astype(d) for r, d in zip(results, eqn.output_dtypes, strict=True)]

        return function

    return register


def _widen(x: jax.Array) -> jax.Array:
    return x.astype(jnp.float32) if jnp.issubdtype(x.dtype, jnp.floating) else x


def _check(eqn: Equation, ranks: tuple[int, ...]) -> None:
    """Refuse what is not computed: complex numbers, and matrices of symbolic size."""
    for dtype, kind, rank in zip(eqn.operand_dtypes, eqn.operands, ranks, strict=True):
        if jnp.issubdtype(dtype, jnp.complexfloating):
            raise eqn.refuse(
                "a complex matrix is factorized.",
                "write the system of twice the size in the real and the imaginary parts.",
            )
        if not ops.is_static(kind.shape[len(kind.shape) - rank :]):
            raise eqn.refuse(
                f"a matrix of symbolic size {kind.shape} is factorized.",
                "fix the sizes of its last two axes; those before them may be symbolic.",
            )


def column(x: jax.Array, k: Any) -> jax.Array:
    """Column k of a matrix, as [rows, 1]."""
    return lax.dynamic_slice_in_dim(x, k, 1, 1)


def row(x: jax.Array, k: Any) -> jax.Array:
    """Row k of a matrix, as [1, columns]."""
    return lax.dynamic_slice_in_dim(x, k, 1, 0)


def rows_of(x: jax.Array) -> jax.Array:
    """The number of each row, as int32 [rows, 1]."""
    return jnp.arange(x.shape[0])[:, None]


def columns_of(x: jax.Array) -> jax.Array:
    """The number of each column, as int32 [1, columns]."""
    return jnp.arange(x.shape[1])[None, :]


def spoil_unless(ok: jax.Array, x: jax.Array) -> jax.Array:
    """`x`, or NaN if it could not be computed."""
    return jnp.where(ok, x, jnp.nan)


def sort_columns(keys: jax.Array, x: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The keys in rising order, and the columns of a matrix in the same order."""
    order = jnp.argsort(keys)
    return jnp.take(keys, order, mode="clip"), jnp.take(x, order, axis=1, mode="clip")
