"""What a hub's model is made of: two Flax modules, and the rules that fill them from its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax.traverse_util import flatten_dict
from pydantic import BaseModel, ValidationError

from builder.errors import ModelError
from builder.model import Params, Tower, Towers
from builder.params import unflatten_params
from builder.towers.layers import l2_normalize
from builder.towers.renaming import Rule, WeightFile, read_parameters
from builder.towers.torch_layouts import BUFFERS

Table = TypeVar("Table", bound=BaseModel)


@dataclass(frozen=True)
class Design:
    """A two-tower model: pictures are `resolution` pixels wide and high, texts `length` tokens."""

    image: nn.Module
    text: nn.Module
    rules: Sequence[Rule]
    resolution: int
    length: int
    dim: int
    has_bias: bool = False

    def read(self, file: WeightFile) -> Towers:
        """Both towers with their weights, and the factor and bias of cosines.

        Raises:
            ModelError: with all that is missing, left over or of the wrong shape.
        """
        weights = read_parameters(file, self.rules, self._shapes(), BUFFERS)
        params = unflatten_params(weights)
        bias = float(weights["b"].item()) if self.has_bias else None
        scale = float(jnp.exp(weights["t"].item()))
        return Towers(
            _normalized(self.image, params["img"]),
            _normalized(self.text, params["txt"]),
            scale,
            bias,
        )

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        picture = jax.ShapeDtypeStruct((1, self.resolution, self.resolution, 3), jnp.float32)
        tokens = jax.ShapeDtypeStruct((1, self.length), jnp.int32)
        shapes = {**_init("img/", self.image, picture), **_init("txt/", self.text, tokens), "t": ()}
        return {**shapes, "b": ()} if self.has_bias else shapes


def _init(prefix: str, module: nn.Module, inputs: jax.ShapeDtypeStruct) -> dict[str, Any]:
    variables = jax.eval_shape(module.init, jax.random.key(0), inputs)
    flat = flatten_dict(cast("dict[str, Any]", variables)["params"], sep="/")
    return {f"{prefix}{name}": cast("Any", leaf).shape for name, leaf in flat.items()}


def _normalized(module: nn.Module, params: Params) -> Tower:
    def apply(params: Params, inputs: Any) -> jax.Array:
        return l2_normalize(cast("jax.Array", module.apply({"params": params}, inputs)))

    return Tower(apply, params)


def read_table(kind: type[Table], values: Mapping[str, Any], place: str) -> Table:
    """A part of a config, checked.

    Raises:
        ModelError: with what is not possible in it.
    """
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join([place, *map(str, first["loc"])])
        raise ModelError(f"{where}: {first['msg']}, not {first['input']!r}.") from None
