"""All that differs between versions of JAX; no other module knows of a version.

`read_equation` gives every equation in one form, whichever version traced it, so that a rule is
written once. Where JAX renames a primitive or a parameter again, its entry belongs here.
"""

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Any

import jax
from jax.extend.core import ClosedJaxpr, Jaxpr, Literal
from jax.interpreters import partial_eval

VERSION = jax.__version__

TESTED = ("0.6.2", "0.12.0.1")
"""The oldest and the newest JAX under which `make compat` has passed."""

CALLS = (
    *("call", "closed_call", "composite", "custom_jvp_call", "custom_vjp_call", "eval_jaxpr"),
    *("jit", "remat2"),
)
"""Primitives that only call another jaxpr, which rules find under "jaxpr"."""

_FORMER_NAMES: Mapping[str, str] = {"pjit": "jit"}

_Params = dict[str, Any]

_expand_jaxpr: Any = getattr(partial_eval, "lower_jaxpr2", None)

_x64_home: Any = jax if hasattr(jax, "enable_x64") else import_module("jax.experimental")
enable_x64: Callable[[bool], AbstractContextManager[None]] = _x64_home.enable_x64
"""A context in which JAX computes with 64 bits, where a type asks for them."""


def is_tested() -> bool:
    """Whether the JAX that runs is neither older nor newer than those tested."""
    oldest, newest = map(_numbers, TESTED)
    return oldest <= _numbers(VERSION) <= newest


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def read_equation(eqn: Any) -> tuple[str, dict[str, Any]]:
    """The primitive of an equation and its parameters, under the names that rules know.

    A parameter that this version of JAX does not bind is left out.
    """
    found: str = eqn.primitive.name
    name, params = _FORMER_NAMES.get(found, found), dict(eqn.params)
    return name, params | _ADAPTED[name](params) if name in _ADAPTED else params


def _find_jaxpr(params: _Params) -> _Params:
    """What a call calls; from JAX 0.12 on, composites name it as other calls do."""
    return {"jaxpr": params["call_jaxpr"]} if "call_jaxpr" in params else {}


def _count_operands(params: _Params) -> _Params:
    """How many operands of a scan are constants and how many are carried."""
    if "ft_in" not in params:
        return {}
    constants, carry, _ = params["ft_in"].unpack()  # the operands in groups, from JAX 0.12 on
    return {"num_consts": len(constants), "num_carry": len(carry)}


def _find_axis(params: _Params) -> _Params:
    """The axis along which the largest are sought; JAX 0.6 knows only the last."""
    return {"axis": params.get("axis", -1)}


_ADAPTED: Mapping[str, Callable[[_Params], _Params]] = {
    **dict.fromkeys(CALLS, _find_jaxpr),
    "scan": _count_operands,
    "top_k": _find_axis,
}


def split_jaxpr(jaxpr: Any) -> tuple[Any, Sequence[Any]]:
    """A jaxpr, closed or not, and the values of its constants; from JAX 0.12 on all are closed."""
    return (jaxpr.jaxpr, jaxpr.consts) if isinstance(jaxpr, ClosedJaxpr) else (jaxpr, ())


def drop_unused(jaxpr: Any) -> tuple[Any, Sequence[Any]]:
    """As `split_jaxpr`, without the equations that no output needs; all inputs stay.

    From JAX 0.12 on, some functions of jax.numpy, such as searchsorted, are primitives of a higher
    level, in whose place JAX puts the equations that they stand for.
    """
    whole, constants = split_jaxpr(jaxpr)
    kept, _ = partial_eval.dce_jaxpr(whole, [True] * len(whole.outvars), instantiate=True)
    if getattr(kept, "is_high", False) and _expand_jaxpr is not None:
        return split_jaxpr(_expand_jaxpr(kept))
    return kept, constants


def is_unknown_size(error: Exception) -> bool:
    """Whether an exception says that symbolic sizes cannot be compared."""
    return type(error).__name__ == "InconclusiveDimensionOperation"


def is_literal(atom: Any) -> bool:
    """Whether an operand in a jaxpr is a number, held in `val`, and not a variable."""
    return isinstance(atom, Literal)


def is_random_key(dtype: Any) -> bool:
    """Whether this is the dtype of random keys, which numpy does not have."""
    return bool(jax.numpy.issubdtype(dtype, jax.dtypes.extended))


def words_of_key(dtype: Any) -> tuple[int, ...]:
    """The shape of the words of one random key of that dtype."""
    return tuple(dtype._impl.key_shape)


def wrap_words(words: Any, dtype: Any) -> Any:
    """Random keys of that dtype with the words given, as uint32 or int32."""
    return jax.random.wrap_key_data(words.view("uint32"), impl=dtype._impl.name)


def key_functions(dtype: Any) -> Any:
    """What computes with keys of that dtype, on their words: seed, split, random_bits, fold_in."""
    return dtype._impl


def draw_gamma(keys: Any, alpha: Any, *, log_space: bool) -> Any:
    """What JAX puts in the place of `random_gamma` when it compiles: loops over simpler draws."""
    name = "jax._src.random"
    module: Any = import_module(name)
    if not hasattr(module, "_gamma_impl"):  # in a module of its own from JAX 0.10 on
        module = import_module(f"{name}.core")
    return module._gamma_impl(keys, alpha, log_space=log_space, use_vmap=True)


def jaxprs_in(params: Mapping[str, Any]) -> Iterator[Any]:
    """The jaxprs among the parameters of an equation, without their constants."""
    for param in params.values():
        for item in param if isinstance(param, tuple | list) else (param,):
            jaxpr, _ = split_jaxpr(item)
            if isinstance(jaxpr, Jaxpr):
                yield jaxpr


def bind_again(eqn: Any, operands: Sequence[Any]) -> list[Any]:
    """The outputs of an equation's primitive for other operands of the same types."""
    found = eqn.primitive.get_bind_params(eqn.params)
    functions, params = found if isinstance(found, tuple) else ((), found)
    outputs = eqn.primitive.bind(*functions, *operands, **params)
    return list(outputs) if eqn.primitive.multiple_results else [outputs]


@contextmanager
def as_of(eqn: Any, traceback: Any) -> Generator[None]:
    """Equations traced inside the block have the name and the settings of this one.

    They come from the line of the user's that `traceback` knows.
    """
    util: Any = import_module("jax._src.source_info_util")
    stack = util.current_name_stack() + eqn.source_info.name_stack
    with util.user_context(traceback, name_stack=stack), eqn.ctx.manager:
        yield


def runs_tensorflowjs() -> bool:
    """Whether tensorflowjs works: it asks jax2tf for something that JAX 0.7.2 and later ignore."""
    return jax.__version_info__ < (0, 7, 2)
