"""What may be converted, as a function of parameters and inputs: functions and modules."""

import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax

from builder.errors import ExportError

ABSENT: Any = object()
"""Stands for parameters that were not given, where None would be a value."""


@dataclass(frozen=True)
class Applied:
    """A function as `apply(params, *inputs)`, and what its inputs are called if that is known."""

    apply: Callable[..., Any]
    params: Any
    names: Sequence[str] | None

    def name_inputs(self, count: int) -> list[str]:
        """Names of the first so many inputs; numbered ones if the function does not tell."""
        if self.names is None or len(self.names) < count:
            return [f"input_{i}" for i in range(count)]
        return list(self.names[:count])


def as_function(apply_fn: Any, params: Any = ABSENT) -> Applied:
    """A function of parameters and inputs from whatever holds them.

    That is such a function with its parameters, a function of inputs alone, a Flax Linen module
    with its parameters, or a module that has parameters of its own: of Flax NNX, of Equinox, or any
    callable that JAX knows as a pytree.

    Raises:
        ExportError: if parameters are missing, or given to what has its own.
    """
    if _is_instance(apply_fn, "flax.nnx", "Module"):
        return _split_nnx(_without(params, apply_fn))
    if _is_instance(apply_fn, "flax.linen", "Module"):
        if params is ABSENT:
            raise ExportError(
                f"{type(apply_fn).__name__} is a Linen module, which has no parameters of its own."
                " Pass those that its init gave: convert_jax(module, params, ...)."
            )
        return Applied(apply_fn.apply, params, _argument_names(apply_fn.__call__))
    if not callable(apply_fn):
        raise ExportError(f"{apply_fn!r} is neither a function nor a module.")
    if _is_pytree(apply_fn) and (params is ABSENT or params is None):
        return Applied(_call, apply_fn, _argument_names(apply_fn))
    if params is ABSENT:
        return Applied(partial(_call_without, apply_fn), (), _argument_names(apply_fn))
    names = _argument_names(apply_fn)
    return Applied(apply_fn, params, names[1:] if names else None)


def _split_nnx(module: Any) -> Applied:
    from flax import nnx  # which whoever made the module has imported already

    graph, state = nnx.split(module)

    def apply(state: Any, *inputs: Any) -> Any:
        return nnx.merge(graph, state)(*inputs)

    return Applied(apply, state, _argument_names(module))


def _without(params: Any, module: Any) -> Any:
    """The module, to which no parameters were given."""
    if params is not ABSENT and jax.tree.leaves(params):
        raise ExportError(
            f"{type(module).__name__} is an NNX module, which has parameters of its own. Leave"
            " `params` out: convert_jax(module, input_signatures=..., model_dir=...)."
        )
    return module


def _call(module: Any, *inputs: Any) -> Any:
    return module(*inputs)


def _call_without(function: Callable[..., Any], _: Any, *inputs: Any) -> Any:
    return function(*inputs)


def _is_instance(value: Any, module: str, name: str) -> bool:
    """Whether a value is of a class of a module; one that nobody has imported made no values."""
    return module in sys.modules and isinstance(value, getattr(sys.modules[module], name))


def _is_pytree(value: Any) -> bool:
    leaves = jax.tree.leaves(value)
    return len(leaves) != 1 or leaves[0] is not value


def _argument_names(function: Callable[..., Any]) -> list[str] | None:
    """Names of the arguments that may be given by place; None if there may be any number."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except ValueError:
        return None
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
        return None
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in parameters if p.kind in kinds]
