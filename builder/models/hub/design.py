"""What a hub's model is made of: two Flax modules, and the rules that fill them from its files."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

import flax.linen as nn
import jax
import jax.numpy as jnp

from builder.errors import ModelError
from builder.model import Params, Tower, Towers
from builder.models.hub.heads import Side
from builder.params import unflatten_params
from builder.towers.checkpoint_layouts import Shape, scale_of
from builder.towers.fusion import FusedFile, Fusion
from builder.towers.modules import init_shapes, unit_tower
from builder.towers.post_norm import PostNormTower
from builder.towers.renaming import Rule, WeightFile, find_misfits, read_parameters
from builder.towers.text_transformer import TextTransformer
from builder.towers.torch_layouts import BUFFERS

_PREFIXES: Mapping[Side, str] = {"image": "img/", "text": "txt/"}


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

    def find_misfits(self, file: WeightFile) -> list[str]:
        """A line for each entry of a file that is missing, left over or of the wrong shape.

        Nothing is read but the file's names and shapes.
        """
        fused = FusedFile(file, self.fusions)
        return [
            *fused.problems,
            *find_misfits(fused.shapes, self.rules, self._shapes, BUFFERS),
        ]

    def read(self, file: WeightFile) -> Towers:
        """Both towers with their weights, and the factor and bias of cosines.

        Raises:
            ModelError: with all that is missing, left over or of the wrong shape.
        """
        scale, bias = self.read_scoring(file)
        image, text = (self.read_tower(file, side) for side in get_args(Side))
        return Towers(image, text, scale, bias)

    def read_tower(self, file: WeightFile, side: Side) -> Tower:
        """One tower with its weights; all of the file is checked as by `read`."""
        module = self.image if side == "image" else self.text
        prefix = _PREFIXES[side]
        params = self._read(file, [name for name in self._shapes if name.startswith(prefix)])
        return unit_tower(module, params[prefix.rstrip("/")])

    def read_scoring(self, file: WeightFile) -> tuple[float, float | None]:
        """The factor of cosines, and the bias if the model has one."""
        weights = self._read(file, ["t", "b"])
        bias = weights["b"].item() if self.has_bias else None
        return scale_of(weights["t"].item(), bias), bias

    def count_parameters(self, side: Side) -> int:
        """How many numbers a tower has."""
        shapes = self._shapes.items()
        return sum(math.prod(shape) for name, shape in shapes if name.startswith(_PREFIXES[side]))

    def _read(self, file: WeightFile, only: Sequence[str]) -> Params:
        if misfits := self.find_misfits(file):
            raise ModelError("\n  ".join(["this is not a file of the given model.", *misfits]))
        wanted = {name: self._shapes[name] for name in only if name in self._shapes}
        return unflatten_params(read_parameters(FusedFile(file, self.fusions), self.rules, wanted))

    @cached_property
    def _shapes(self) -> dict[str, Shape]:
        picture = jax.ShapeDtypeStruct((1, self.resolution, self.resolution, 3), jnp.float32)
        tokens = jax.ShapeDtypeStruct((1, self.length), jnp.int32)
        shapes: dict[str, Shape] = {
            **init_shapes("img/", self.image, picture),
            **init_shapes("txt/", self.text, tokens),
            "t": (),
        }
        return {**shapes, "b": ()} if self.has_bias else shapes

    @property
    def reads_shorter(self) -> bool:
        """Whether rows of fewer tokens, if the text fits into them, give the same results.

        They do where no token attends to padding: where it is masked, or comes after all that
        counts.
        """
        if isinstance(self.text, TextTransformer):
            return self.text.causal and self.text.pool_type in ("end", "first")
        return isinstance(self.text, PostNormTower)
