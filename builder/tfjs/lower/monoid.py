"""Functions that make one number of two, as reductions use them: by name, or any of JAX.

The functions are associative, as those of JAX must be, so that numbers may be combined in pairs.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import ClosedJaxpr, jaxpr_as_fun

from builder.tfjs import _compat, ops
from builder.tfjs.graph import Value
from builder.tfjs.lower.bits import LOGICAL, combine_bits
from builder.tfjs.lower.integers import flip, multiply
from builder.tfjs.lower.nan import extreme
from builder.tfjs.lower.registry import Equation
from builder.tfjs.lower.shape import broadcast

Combine: TypeAlias = Callable[[Sequence[Value], Sequence[Value]], list[Value]]
"""Takes two groups of values, of which each is one of an operand, and returns such a group."""

_ARITHMETIC = {"add": "AddV2", "mul": "Mul"}
_EXTREMES = {"max": "Maximum", "min": "Minimum"}
_OF_BOOLEANS = {"add": "or", "mul": "and", "max": "or", "min": "and"}


@dataclass(frozen=True)
class Monoid:
    """add, mul, max, min, and, or, xor of numbers of a dtype of JAX.

    A uint32 is computed with in another order (see `encode`), the same for all that is combined.
    """

    name: str
    dtype: Any

    @property
    def identity(self) -> float | int | bool:
        """What changes nothing, encoded."""
        if self.dtype == np.bool_:
            return self._logical == "and"
        if self.name in ("add", "or", "xor"):
            return 0
        if self.name == "mul":
            return 1
        if self.name == "and":
            return -1
        sign = -1 if self.name == "max" else 1
        if jnp.issubdtype(self.dtype, jnp.floating):
            return sign * math.inf
        limits = jnp.iinfo(np.int32 if self._is_flipped else self.dtype)
        return int(limits.min if sign < 0 else limits.max)

    def encode(self, x: Value) -> Value:
        """Numbers as they are combined; a second time gives them back."""
        return flip(x) if self._is_flipped else x

    def combine(self, x: Value, y: Value) -> Value:
        """One of two."""
        if self.dtype == np.bool_:
            return ops.binary(LOGICAL[self._logical], x, y)
        if self.name in _EXTREMES:
            return extreme(_EXTREMES[self.name], x, y)
        if self.name in LOGICAL:
            return combine_bits(self.name, x, y, self.dtype)
        return multiply(x, y) if self.name == "mul" else ops.binary(_ARITHMETIC[self.name], x, y)

    @property
    def _logical(self) -> str:
        return _OF_BOOLEANS.get(self.name, self.name)

    @property
    def _is_flipped(self) -> bool:
        return self.dtype == np.uint32 and self.name in _EXTREMES


def find_monoid(jaxpr: Any, dtypes: Sequence[Any]) -> Monoid | None:
    """The function of a jaxpr of two numbers, if it is one that has a name."""
    inner, _ = _compat.split_jaxpr(jaxpr)
    if len(inner.eqns) != 1 or len(dtypes) != 1:
        return None
    (eqn,) = inner.eqns
    known = eqn.primitive.name in (*_ARITHMETIC, *_EXTREMES, *LOGICAL)
    whole = set(map(id, eqn.invars)) == set(map(id, inner.invars)) and len(inner.invars) == 2
    if not known or not whole or list(eqn.outvars) != list(inner.outvars):
        return None
    return Monoid(eqn.primitive.name, np.dtype(dtypes[0]))


def find_combine(eqn: Equation, jaxpr: Any, dtypes: Sequence[Any]) -> Combine:
    """The function of a jaxpr of 2n scalars, for arrays: each element by itself."""
    closed = jaxpr if isinstance(jaxpr, ClosedJaxpr) else ClosedJaxpr(jaxpr, ())

    def combine(xs: Sequence[Value], ys: Sequence[Value]) -> list[Value]:
        shape = ops.broadcast_shapes(*(v.shape for v in (*xs, *ys)))
        count = ops.size(shape)
        column = [_flat(eqn, v, shape, count) for v in (*xs, *ys)]
        kinds = [jax.ShapeDtypeStruct((count,), dtype) for dtype in (*dtypes, *dtypes)]
        each = jax.vmap(jaxpr_as_fun(closed))
        found = eqn.inline(jax.make_jaxpr(each)(*kinds), column)
        return [ops.reshape(v, shape) for v in found]

    return combine


def _flat(eqn: Equation, x: Value, shape: Sequence[Any], count: Any) -> Value:
    return ops.reshape(broadcast(eqn, x, tuple(shape)), (count,))


def fold_last(values: Sequence[Value], combine: Combine) -> list[Value]:
    """One of all along the last axis, of which size 1 stays: neighbours are combined, and again."""
    values = list(values)
    while (length := values[0].shape[-1]) > 1:
        half = length // 2
        pairs = [[_every_second(v, first, half) for v in values] for first in (0, 1)]
        merged = combine(*pairs)
        if length % 2:
            merged = [
                ops.concat([m, _last(v)], len(v.shape) - 1)
                for m, v in zip(merged, values, strict=True)
            ]
        values = merged
    return values


def _every_second(x: Value, first: int, count: int) -> Value:
    rank = len(x.shape)
    begin, strides = [*[0] * (rank - 1), first], [*[1] * (rank - 1), 2]
    return ops.strided_slice(x, begin, strides, (*x.shape[:-1], count))


def _last(x: Value) -> Value:
    return ops.slice_(x, [*[0] * (len(x.shape) - 1), x.shape[-1] - 1], (*x.shape[:-1], 1))
