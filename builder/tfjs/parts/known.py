"""Values that are known before the model runs, computed by JAX where they are needed."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from builder.tfjs import _compat
from builder.tfjs.parts.values import Keys, Value, split


class Known:
    """A value that depends on constants and parameters only.

    A folded one becomes a constant of the model. Others stand in the trace too, as `staged`, so
    that the model keeps its parameters and does not store what is quick to make, such as zeros.
    `is_parameter_key` tells keys that come from the parameters.
    """

    def __init__(
        self,
        compute: Callable[[], Any],
        staged: Value | None = None,
        *,
        is_parameter_key: bool = False,
    ) -> None:
        """`compute` gives the value; without `staged` it is folded."""
        self._compute = compute
        self._staged = staged
        self.is_folded = staged is None
        self.is_parameter_key = is_parameter_key

    @classmethod
    def constant(cls, array: Any) -> "Known":
        """A constant, which is in the trace already unless it is a key."""
        staged = split(array)
        return cls(lambda: array, None if isinstance(staged, Keys) else staged)

    @classmethod
    def parameter(cls, array: Any, staged: Value | None) -> "Known":
        """A parameter, which is `staged` in the trace; a typed key has no place there."""
        if staged is None:
            return cls(lambda: array, is_parameter_key=True)
        is_key = array.dtype == np.uint32 and array.ndim > 0 and array.shape[-1] in (2, 4)
        return cls(lambda: array, staged, is_parameter_key=is_key)

    @classmethod
    def computed(
        cls, eqn: Any, operands: Sequence["Known"], staged: Sequence[Value] | None = None
    ) -> list["Known"]:
        """The outputs of an equation; folded if they are not `staged`."""

        @cache
        def compute() -> list[Any]:
            with jax.ensure_compile_time_eval():
                return _compat.bind_again(eqn, [jnp.asarray(known.value) for known in operands])

        from_parameter = any(known.is_parameter_key for known in operands)
        return [
            cls(
                lambda i=i: compute()[i],
                staged[i] if staged is not None else None,
                is_parameter_key=from_parameter and _holds_key(variable.aval.dtype),
            )
            for i, variable in enumerate(eqn.outvars)
        ]

    @property
    def value(self) -> Any:
        """The array, as JAX holds it."""
        return self._compute()

    @property
    def staged(self) -> Value:
        """What stands for it in the trace, in parts."""
        if self._staged is None:
            value = self.value
            parts = split(value)
            self._staged = np.asarray(value) if parts is value else parts
        return self._staged


def stage(value: Value | Known) -> Value:
    """A value in the trace, whether it is known or not."""
    return value.staged if isinstance(value, Known) else value


def _holds_key(dtype: Any) -> bool:
    """Whether an array of that dtype may be keys or their words."""
    return _compat.is_random_key(dtype) or dtype == np.uint32
