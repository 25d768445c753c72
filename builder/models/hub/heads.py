"""How many heads attention has, where no config and no shape of a parameter tells."""

from dataclasses import dataclass
from typing import Literal

import flax.linen as nn

from builder.errors import ModelError

Side = Literal["image", "text"]


@dataclass(frozen=True)
class Heads:
    """What an author knows of a model's heads of attention; None leaves it to the config."""

    image: int | None = None
    text: int | None = None

    def of(self, side: Side) -> int | None:
        """Those of one tower."""
        return self.image if side == "image" else self.text

    def choose(self, side: Side, tower: str, known: int | None, width: int) -> int:
        """The heads of a tower that a config only names: `known` ones, or those given here.

        Raises:
            ModelError: if nobody knows them, or the width cannot be divided among them.
        """
        heads = known if known is not None else self.of(side)
        if heads is None:
            raise ModelError(
                f"how many heads {tower!r}, its {side} tower, has is not known.",
                f"Give architecture.{side}.num_heads of this model in demo.toml.",
            )
        if heads < 1 or width % heads:
            raise ModelError(
                f"{heads} heads cannot share the width {width} of its {side} tower.",
                f"Correct architecture.{side}.num_heads of this model in demo.toml.",
            )
        return heads

    def check(self, side: Side, tower: nn.Module) -> None:
        """Refuse heads that are not those of the tower.

        Raises:
            ModelError: if the tower has other heads, or none whose number could be chosen.
        """
        given, actual = self.of(side), getattr(tower, "num_heads", None)
        if given is not None and given != actual:
            has = f"has {actual}" if actual else "has heads of a fixed width"
            raise ModelError(
                f"architecture.{side}.num_heads = {given}, but its {side} tower {has}.",
                f"Leave architecture.{side}.num_heads out.",
            )


UNKNOWN = Heads()
