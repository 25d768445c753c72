"""Arguments at the ends of their dtypes, on which TensorFlow.js must give what JAX gives.

A function may amplify the rounding of what goes in, all the more where numbers are large, and the
compiled function may round or drop NaN where the same operations one by one do not. So what differs
is forgiven as far as JAX itself is uncertain: as its results move when arguments and parameters are
moved by a few units in the last place, and as they differ from those in double precision and from
those without compilation.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax.numpy as jnp
import numpy as np

from builder.conversion.samples import Function, Sample
from builder.errors import ParityError
from builder.tfjs.graph import Array

_SIZE = 7
"""What symbolic sizes stand for."""

_NUDGES = (1e-6, -1e-6)
"""By what part the arguments are moved."""

_NUDGE_SLACK = 4.0
_ROUNDING_SLACK = 8.0
"""How often what JAX's results move, and what they are off by, TensorFlow.js may be off."""

_UNKNOWN = 1e-5
"""What TensorFlow.js may be off by, in parts of the largest number of an output or of 1, where the
function does not run in double precision."""

_FLOOR = 2.0**-23
"""What may always be off, in parts of the largest number of an output: its last place."""

_SMALL = (1e-7, -1e-7, 0.0, -0.0, 3e-5, -1e-3, 1e-30)
_LARGE = (1e15, -1e9, 20.0, -100.0, 2.0**24 + 2, 1.0, -1.0, 1e4, -1e15)
_NOT_FINITE = (np.nan, np.inf, -np.inf, -0.0, 0.0)
_MOST_INPUTS = 3
"""Of so many inputs, each is tried with numbers that are not finite."""

_SHOWN = 6
"""So many numbers of an input are shown in a message."""

_SHARE = 0.3
"""The share of numbers that are not finite, in the sample that has any; the others are normal."""


@dataclass(frozen=True)
class ExtremeSample:
    """A sample, and the function that gave it, to ask how certain it is."""

    function: Function
    sample: Sample

    def check(self, found: Mapping[str, Array], max_error: float) -> None:
        """Compare outputs by name with those of JAX; `max_error` is in parts of each number.

        Raises:
            ParityError: if one is further from JAX than JAX is uncertain; the message names both.
        """
        expected = self.sample.expected
        distances = {name: _excess(found[name], e, max_error) for name, e in expected.items()}
        if not any(distance.any() for distance in distances.values()):
            return
        for name, slack in zip(expected, self._measure_slack(), strict=True):
            wrong = distances[name] > slack
            if wrong.any():
                raise ParityError(self._describe(name, found[name], wrong))

    def _measure_slack(self) -> list[Array]:
        """How uncertain JAX is of each number of each output."""
        expected, values = list(self.sample.expected.values()), list(self.sample.inputs.values())
        slack = [np.zeros(np.shape(a)) for a in expected]
        for nudge in _NUDGES:
            shift = partial(_move, by=nudge)
            moved = self.function.run(list(map(shift, values)), shift)
            slack = _widen(slack, expected, moved, _NUDGE_SLACK)
        if not self.function.is_long:
            uncompiled = self.function.run_uncompiled(values)
            slack = _widen(slack, expected, uncompiled, _ROUNDING_SLACK)
        exact = self.function.run_double(values)
        if exact is not None:
            return _widen(slack, expected, exact, _ROUNDING_SLACK, floats_only=True)
        return [s + _UNKNOWN * max(1, _largest(a)) for s, a in zip(slack, expected, strict=True)]

    def _describe(self, name: str, found: Array, wrong: Array) -> str:
        place = tuple(map(int, np.argwhere(wrong)[0])) if wrong.ndim else ()
        expected = np.asarray(self.sample.expected[name])
        inputs = ", ".join(f"{n} = {_shorten(array)}" for n, array in self.sample.inputs.items())
        return (
            f"With numbers at the ends of their range TensorFlow.js differs from JAX:"
            f" {name}{list(place) if place else ''} is {found[place]}, in JAX {expected[place]},"
            f" for {inputs}. If the function is never called with such numbers, pass `samples` of"
            " those that it is called with."
        )


def draw_extremes(
    function: Function, inputs: Iterable[str], outputs: Iterable[str]
) -> list[ExtremeSample]:
    """Samples of small numbers, of large ones, and with NaN and infinities; names as in `Sample`.

    Integers are at the ends of their dtype in the second, and everywhere in it in the third. No two
    inputs have infinities in one sample: of infinity times 0, as in the padding of a convolution,
    nobody expects anything. There are none for a function that might never end on them.
    """
    if function.may_not_end:
        return []
    names, results = list(inputs), list(outputs)
    rng = np.random.default_rng(0)
    arrays = function.draw_arguments(_SIZE)
    floats = [i for i, array in enumerate(arrays) if jnp.issubdtype(array.dtype, jnp.floating)]
    drawn = [[draw(array, rng) for array in arrays] for draw in (_draw_small, _draw_large)]
    for place in floats[:_MOST_INPUTS] or [-1]:
        drawn.append(
            [
                _draw_any(array, rng) if i == place or i not in floats else array
                for i, array in enumerate(arrays)
            ]
        )
    return [
        ExtremeSample(function, function.make_sample(values, names, results)) for values in drawn
    ]


def _deal(numbers: Any, array: Array, rng: np.random.Generator) -> Array:
    """An array like another of these numbers, each as often as the others, the first first."""
    dealt = np.resize(np.asarray(numbers), array.size).astype(array.dtype)
    return rng.permutation(dealt).reshape(array.shape)


def _draw_small(array: Array, rng: np.random.Generator) -> Array:
    if jnp.issubdtype(array.dtype, jnp.floating):
        return _deal(_SMALL, array, rng)
    return array


def _draw_large(array: Array, rng: np.random.Generator) -> Array:
    if jnp.issubdtype(array.dtype, jnp.floating):
        limit = float(jnp.finfo(array.dtype).max)
        return _deal(np.clip(_LARGE, -limit, limit), array, rng)
    if array.dtype == np.bool_:
        return array
    low, high = np.iinfo(array.dtype).min, np.iinfo(array.dtype).max
    return _deal([low, high, high // 2 + 1, low + 1, high - 1, 1], array, rng)


def _draw_any(array: Array, rng: np.random.Generator) -> Array:
    if jnp.issubdtype(array.dtype, jnp.floating):
        count = math.ceil(array.size * _SHARE)
        whole = array.copy().reshape(-1)
        whole[rng.permutation(array.size)[:count]] = np.resize(_NOT_FINITE, count)
        return whole.reshape(array.shape)
    if array.dtype == np.bool_:
        return array
    limits = np.iinfo(array.dtype)
    return rng.integers(limits.min, limits.max, array.shape, np.int64, endpoint=True).astype(
        array.dtype
    )


def _move(array: Array, by: float) -> Array:
    """Every float moved by a part of itself, every other one the other way; NaN changes its sign.

    JAX tells NaN of different signs apart in some orders; TensorFlow.js cannot.
    """
    if not jnp.issubdtype(array.dtype, jnp.floating):
        return array
    signs = np.where(np.arange(array.size) % 2, 1.0, -1.0).reshape(array.shape)
    step = max(abs(by), float(jnp.finfo(array.dtype).eps)) * np.sign(by)
    with np.errstate(over="ignore", invalid="ignore"):
        moved = (np.asarray(array, np.float64) * (1 + step * signs)).astype(array.dtype)
    return np.where(np.isnan(array), np.copysign(array, -by).astype(array.dtype), moved)


def _widen(
    slack: Sequence[Array],
    expected: Sequence[Array],
    others: Sequence[Array],
    factor: float,
    *,
    floats_only: bool = False,
) -> list[Array]:
    """The slack or a multiple of the distance to other results, whichever is larger."""
    return [
        s
        if floats_only and not jnp.issubdtype(a.dtype, jnp.floating)
        else np.maximum(s, factor * _distance(a, b))
        for s, a, b in zip(slack, expected, others, strict=True)
    ]


def _distance(a: Any, b: Any) -> Array:
    """|a - b|; infinite where one is not finite and the other is not the same."""
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    with np.errstate(invalid="ignore"):
        distance = np.abs(first - second)
    same = (first == second) | (np.isnan(first) & np.isnan(second))
    return np.where(same, 0.0, np.where(np.isfinite(distance), distance, np.inf))


def _excess(found: Array, expected: Any, max_error: float) -> Array:
    """By how much each number differs more than float32 may; integers may not."""
    distance = _distance(found, expected)
    if not jnp.issubdtype(expected.dtype, jnp.floating):
        return distance
    number = np.asarray(expected, np.float64)
    size = np.where(np.isfinite(number), np.abs(number), 0)
    return np.maximum(distance - max_error * size - _FLOOR * _largest(expected), 0)


def _largest(array: Any) -> float:
    number = np.asarray(array, np.float64)
    return float(np.abs(number[np.isfinite(number)]).max(initial=0))


def _shorten(array: Array) -> str:
    flat = np.asarray(array, np.float64).reshape(-1)
    shown = ", ".join(f"{number:g}" for number in flat[:_SHOWN])
    return f"[{shown}{', ...' if flat.size > _SHOWN else ''}]"
