"""Flax modules as towers: the shapes of their parameters, and their rows with length 1."""

from typing import Any, cast

import flax.linen as nn
import jax
from flax.traverse_util import flatten_dict

from builder.model import Params, Tower
from builder.towers.checkpoint_layouts import Shape
from builder.towers.layers import l2_normalize


def init_shapes(prefix: str, module: nn.Module, inputs: jax.ShapeDtypeStruct) -> dict[str, Shape]:
    """The shapes of a module's parameters by name, each name with `prefix` before it."""
    variables = jax.eval_shape(module.init, jax.random.key(0), inputs)
    flat = flatten_dict(cast("dict[str, Any]", variables)["params"], sep="/")
    return {f"{prefix}{name}": cast("Any", leaf).shape for name, leaf in flat.items()}


def unit_tower(module: nn.Module, params: Params) -> Tower:
    """A module with its weights, which gives unit rows."""

    def apply(params: Params, inputs: Any) -> jax.Array:
        return l2_normalize(cast("jax.Array", module.apply({"params": params}, inputs)))

    return Tower(apply, params)
