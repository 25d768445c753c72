"""Rules for random keys: what JAX's own generators compute of their words."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from builder.tfjs import _compat
from builder.tfjs.parts.registry import Operation, call_rule, rule
from builder.tfjs.parts.values import Keys


@rule("random_bits")
def _bits(op: Operation, keys: Keys) -> Any:
    functions = _compat.key_functions(keys.dtype)
    width, shape = op.params["bit_width"], op.params["shape"]
    return _for_each(lambda words: functions.random_bits(words, width, shape), keys)


@rule("random_split")
def _split(op: Operation, keys: Keys) -> Keys:
    functions = _compat.key_functions(keys.dtype)
    words = _for_each(lambda words: functions.split(words, op.params["shape"]), keys)
    return Keys(words, keys.dtype)


@rule("random_fold_in")
def _fold_in(_: Operation, keys: Keys, numbers: Any) -> Keys:
    function: Callable[..., Any] = _compat.key_functions(keys.dtype).fold_in
    ranks = keys.words.ndim - 1, jnp.ndim(numbers)
    for i in reversed(range(max(ranks))):
        function = jax.vmap(function, in_axes=tuple(0 if i < rank else None for rank in ranks))
    return Keys(function(keys.words, numbers), keys.dtype)


@rule("random_seed")
def _seed(op: Operation, seeds: Any) -> Keys:
    function: Callable[..., Any] = op.params["impl"].seed
    for _ in range(jnp.ndim(seeds)):
        function = jax.vmap(function)
    return Keys(function(seeds), op.outputs[0].dtype)


@rule("random_wrap")
def _wrap(op: Operation, words: Any) -> Keys:
    return Keys(words, op.outputs[0].dtype)


@rule("random_unwrap")
def _unwrap(_: Operation, keys: Keys) -> Any:
    return keys.words


@rule("random_clone")
def _clone(_: Operation, keys: Keys) -> Keys:
    return keys


@call_rule("random_gamma")
def _gamma(op: Operation, keys: Any, alpha: Any) -> Sequence[Any]:
    def draw(keys: Any, alpha: Any) -> Any:
        return _compat.draw_gamma(keys, alpha, log_space=op.params["log_space"])

    kinds = [jax.ShapeDtypeStruct(aval.shape, aval.dtype) for aval in op.operands]
    return op.inline(jax.make_jaxpr(draw)(*kinds), [keys, alpha])


def _for_each(function: Callable[[Any], Any], keys: Keys) -> Any:
    """A function of the words of one key, for all keys."""
    for _ in range(keys.words.ndim - 1):
        function = jax.vmap(function)
    return function(keys.words)
