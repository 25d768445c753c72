"""What a hub's model is made of: two Flax modules, and the rules that fill them from its files."""

from collections.abc import Sequence
from dataclasses import dataclass

import flax.linen as nn
import jax
import jax.numpy as jnp

from builder.model import Towers
from builder.params import unflatten_params
from builder.towers.checkpoint_layouts import Shape, scale_of
from builder.towers.fusion import FusedFile, Fusion
from builder.towers.modules import init_shapes, unit_tower
from builder.towers.renaming import Rule, WeightFile, read_parameters
from builder.towers.torch_layouts import BUFFERS


@dataclass(frozen=True)
class Design:
    """A two-tower model: pictures are `resolution` pixels wide and high, texts `length` tokens.

    `family` is what people call such models.
    """

    family: str
    image: nn.Module
    text: nn.Module
    rules: Sequence[Rule]
    resolution: int
    length: int
    dim: int
    has_bias: bool = False
    fusions: Sequence[Fusion] = ()

    def read(self, file: WeightFile) -> Towers:
        """Both towers with their weights, and the factor and bias of cosines.

        Raises:
            ModelError: with all that is missing, left over or of the wrong shape.
        """
        fused = FusedFile(file, self.fusions)
        weights = read_parameters(fused, self.rules, self._shapes(), BUFFERS, fused.problems)
        params = unflatten_params(weights)
        bias = weights["b"].item() if self.has_bias else None
        return Towers(
            unit_tower(self.image, params["img"]),
            unit_tower(self.text, params["txt"]),
            scale_of(weights["t"].item(), bias),
            bias,
        )

    def _shapes(self) -> dict[str, Shape]:
        picture = jax.ShapeDtypeStruct((1, self.resolution, self.resolution, 3), jnp.float32)
        tokens = jax.ShapeDtypeStruct((1, self.length), jnp.int32)
        shapes: dict[str, Shape] = {
            **init_shapes("img/", self.image, picture),
            **init_shapes("txt/", self.text, tokens),
            "t": (),
        }
        return {**shapes, "b": ()} if self.has_bias else shapes
