"""Flax modules as towers: the shapes of their parameters, and their rows with length 1."""

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol, cast, runtime_checkable

import flax.linen as nn
import jax
from flax.traverse_util import flatten_dict

from builder.model import Apply, Params, TokenTable, Tower
from builder.towers.checkpoint_layouts import Shape
from builder.towers.layers import l2_normalize


def init_shapes(prefix: str, module: nn.Module, inputs: jax.ShapeDtypeStruct) -> dict[str, Shape]:
    """The shapes of a module's parameters by name, each name with `prefix` before it."""
    variables = jax.eval_shape(module.init, jax.random.key(0), inputs)
    flat = flatten_dict(cast("dict[str, Any]", variables)["params"], sep="/")
    return {f"{prefix}{name}": cast("Any", leaf).shape for name, leaf in flat.items()}


@runtime_checkable
class TokenModule(Protocol):
    """A text tower's module, which says where its table of tokens is."""

    token_table: ClassVar[tuple[str, ...]]

    @property
    def fixed_tokens(self) -> int:
        """How many ids, from 0 on, must keep their numbers."""
        ...

    def keep_tokens(self, kept: Sequence[int]) -> nn.Module:
        """The module for a table of these rows, where each id is its place among them."""
        ...


def place_of(token: int, kept: Sequence[int]) -> int:
    """What an id has become; -1, which no row has, if it is not kept."""
    return kept.index(token) if token in kept else -1


def unit_tower(module: nn.Module, params: Params) -> Tower:
    """A module with its weights, which gives unit rows."""
    table = None
    if isinstance(module, TokenModule):
        tokens: TokenModule = module
        table = TokenTable(
            tokens.token_table, lambda kept: _unit(tokens.keep_tokens(kept)), tokens.fixed_tokens
        )
    return Tower(_unit(module), params, table)


def _unit(module: nn.Module) -> Apply:
    def apply(params: Params, inputs: Any) -> jax.Array:
        return l2_normalize(cast("jax.Array", module.apply({"params": params}, inputs)))

    return apply
