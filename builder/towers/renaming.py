"""From the parameters of a file to those of our towers: declared as rules, and checked whole.

A rule says which entry of the file becomes which parameter. PyTorch keeps the transpose of what
Flax keeps, and does not split attention into heads: a parameter's own shape says how to turn it.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from builder.towers.checkpoint import Weights
from builder.towers.checkpoint_layouts import Shape

Turn = Literal["keep", "linear", "convolution"]


class WeightFile(Protocol):
    """An open file of parameters."""

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """The shape of each entry, by name."""
        ...

    def read(self, name: str, /) -> Weights:
        """An entry as float32."""
        ...


@dataclass(frozen=True)
class Rule:
    """The entry `source` is the parameter `target`; `{}` in both stands for the same number.

    `share` (i, n) is part i of n equal ones along the first axis, such as the keys (1, 3) of query,
    key and value stored together; `place` is any other slice. Rules of one target with
    different places are summed.
    """

    source: str
    target: str
    turn: Turn = "keep"
    share: tuple[int, int] | None = None
    place: tuple[slice, ...] = ()


@dataclass(frozen=True)
class _Step:
    source: str
    rule: Rule


def dense(
    source: str, target: str, share: tuple[int, int] | None = None, *, bias: bool = True
) -> list[Rule]:
    """The rules of a linear layer, `weight` and `bias`."""
    weight = Rule(f"{source}.weight", f"{target}/kernel", "linear", share)
    return [weight, Rule(f"{source}.bias", f"{target}/bias", "keep", share)] if bias else [weight]


def norm(source: str, target: str) -> list[Rule]:
    """The rules of a layer norm."""
    return [
        Rule(f"{source}.weight", f"{target}/scale"),
        Rule(f"{source}.bias", f"{target}/bias"),
    ]


def convolution(source: str, target: str, *, bias: bool = True) -> list[Rule]:
    """The rules of a convolution; one of a single pixel may be a dense layer of ours."""
    weight = Rule(f"{source}.weight", f"{target}/kernel", "convolution")
    return [weight, Rule(f"{source}.bias", f"{target}/bias")] if bias else [weight]


def read_parameters(
    file: WeightFile, rules: Sequence[Rule], wanted: Mapping[str, Shape]
) -> dict[str, Weights]:
    """The parameters of a model by name, each with the shape that is wanted.

    The file must be one of which `find_misfits` says nothing.

    Raises:
        ModelError: if an entry does not hold finite floating point numbers.
    """
    plan = _plan(file.shapes, rules)
    return {target: _read(file, plan[target], shape) for target, shape in wanted.items()}


def find_misfits(
    entries: Mapping[str, Shape],
    rules: Sequence[Rule],
    wanted: Mapping[str, Shape],
    ignored: Iterable[str] = (),
) -> list[str]:
    """A line for each entry of a file that is missing, left over or of the wrong shape.

    `wanted` are the shapes of a model's parameters; `ignored` are patterns of entries that are not
    parameters.
    """
    plan = _plan(entries, rules)
    used = {step.source for steps in plan.values() for step in steps}
    left = [name for name in entries if name not in used and not _matches(name, ignored)]
    lines = [f"left over: {name} {entries[name]}" for name in left]
    for target, shape in wanted.items():
        steps = plan.get(target, [])
        if not steps:
            lines.append(f"missing: {_name_source(target, rules)} {shape}")
        for step in _repeated(steps):
            lines.append(f"left over: {step.source}, since {steps[0].source} is the same")
        for step in steps:
            stored = entries[step.source]
            if not _fits(_shape_after(stored, step.rule), step.rule.turn, shape):
                lines.append(f"wrong shape: {step.source} {stored}, for {target} {shape}")
    lines += [f"left over: {plan[target][0].source}" for target in plan.keys() - wanted.keys()]
    return lines


def _read(file: WeightFile, steps: Sequence[_Step], shape: Shape) -> Weights:
    first, *others = (_turn(file, step, shape) for step in steps)
    for other in others:
        first = first + other
    return first


def _repeated(steps: Sequence[_Step]) -> list[_Step]:
    """Steps after the first that take the same place: other names of one parameter, no summands."""
    places = [step.rule.place for step in steps]
    return [step for i, step in enumerate(steps) if step.rule.place in places[:i]]


def _plan(entries: Iterable[str], rules: Sequence[Rule]) -> dict[str, list[_Step]]:
    patterns = [(re.compile(_pattern(rule.source)), rule) for rule in rules]
    plan: dict[str, list[_Step]] = {}
    for entry in entries:
        for pattern, rule in patterns:
            if found := pattern.fullmatch(entry):
                target = rule.target.format(*found.groups())
                plan.setdefault(target, []).append(_Step(entry, rule))
    return plan


def _pattern(template: str) -> str:
    return r"(\d+)".join(map(re.escape, template.split("{}")))


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(re.fullmatch(pattern, name) for pattern in patterns)


def _name_source(target: str, rules: Sequence[Rule]) -> str:
    """What a parameter is called in files."""
    for rule in rules:
        if found := re.fullmatch(_pattern(rule.target), target):
            return rule.source.format(*found.groups())
    return target


def _shape_after(shape: Shape, rule: Rule) -> Shape | None:
    """The shape of what a rule takes of an entry; None if it has no such part."""
    if len(rule.place) > len(shape):
        return None
    cut = [len(range(*part.indices(size))) for part, size in zip(rule.place, shape, strict=False)]
    shape = (*cut, *shape[len(cut) :])
    if rule.share is None:
        return shape
    _, count = rule.share
    return (shape[0] // count, *shape[1:]) if shape and shape[0] % count == 0 else None


def _fits(given: Shape | None, turn: Turn, wanted: Shape) -> bool:
    """Whether an entry, turned, can take a parameter's shape without mixing its axes."""
    match given, turn:
        case None, _:
            return False
        case (columns, rows), "linear":
            splits = (wanted[:i] for i in range(len(wanted) + 1))
            return math.prod(wanted) == rows * columns and any(
                math.prod(part) == rows for part in splits
            )
        case (out, channels, height, width), "convolution":
            return _without_ones((height, width, channels, out)) == _without_ones(wanted)
        case (size,), "keep":
            return size == math.prod(wanted)
        case _, "keep":
            return _without_ones(given) == _without_ones(wanted)
        case _:
            return False


def _without_ones(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)


def _turn(file: WeightFile, step: _Step, shape: Shape) -> Weights:
    array, rule = file.read(step.source), step.rule
    array = array[rule.place]
    if rule.share is not None:
        part, count = rule.share
        array = np.split(array, count)[part]
    if rule.turn == "linear":
        array = array.T
    elif rule.turn == "convolution":
        array = array.transpose(2, 3, 1, 0)
    return np.ascontiguousarray(array).reshape(shape)
