"""One tower of a hub's model, and what is read off the shapes of its parameters."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import flax.linen as nn

from builder.errors import ModelError
from builder.towers.fusion import Fusion
from builder.towers.renaming import Rule, Shape


@dataclass(frozen=True)
class TowerDesign:
    """A tower, what people call it, and the rules that fill it.

    `fusions` make entries for the rules that files lack.
    """

    name: str
    module: nn.Module
    rules: Sequence[Rule]
    fusions: Sequence[Fusion] = ()


def find_shape(shapes: Mapping[str, Shape], axes: int, *names: str) -> Shape:
    """The shape of the first of these entries that a file has.

    Raises:
        ModelError: if it has none of them, or one with another number of axes.
    """
    for name in names:
        if name in shapes:
            if len(shape := shapes[name]) != axes or not all(shape):
                raise ModelError(f"wrong shape: {name} {shape}; it should have {axes} axes.")
            return shape
    raise ModelError(f"missing: {' or '.join(names)}.")


def count_blocks(shapes: Mapping[str, Shape], template: str) -> int:
    """How many blocks there are, `{}` in the template standing for their numbers.

    Raises:
        ModelError: if there is none, or a number is left out.
    """
    pattern = re.compile(re.escape(template).replace(r"\{\}", r"(\d{1,4})") + r"\..*")
    numbers = {int(found[1]) for name in shapes if (found := pattern.fullmatch(name))}
    for i in range(len(numbers) or 1):
        if i not in numbers:
            raise ModelError(f"missing: {template.format(i)}.")
    return len(numbers)
