"""Arguments at the ends of their dtypes, on which TensorFlow.js must give what JAX gives.

A function may amplify the rounding of what goes in, all the more where numbers are large, and the
compiled function may round or drop NaN where the same operations one by one do not. So what differs
is forgiven as far as JAX itself is uncertain: as its results move when arguments and parameters are
moved by a few units in the last place, and as they differ from those in double precision and from
those without compilation.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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

_TYPICAL = 2.0
"""How often the median slack of an output's uncertain numbers is also every other number's, which
may be small by chance."""

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
    """A sample, the function that gave it and its arguments, to ask how certain it is."""

    function: Function
    values: Sequence[Array]
    sample: Sample

    @property
    def is_finite(self) -> bool:
        """Whether all that goes in is finite."""
        return all(
            bool(np.isfinite(array).all()) for array in map(_wide, self.sample.inputs.values())
        )

    def check(self, found: Mapping[str, Array], max_error: float) -> None:
        """Compare outputs by name with those of JAX; `max_error` is in parts of each number.

        Raises:
            ParityError: if one is further from JAX than JAX is uncertain; the message names both.
        """
        expected = self.sample.expected
        excess = [_excess(found[name], array, max_error) for name, array in expected.items()]
        slack = [np.zeros(distance.shape) for distance in excess]
        doubts = self._doubts()
        while not all(map(_is_forgiven, excess, slack, expected.values())):
            more = next(doubts, None)
            if more is None:
                raise ParityError(self._describe(found, excess, slack))
            slack = list(map(np.maximum, slack, more))

    def _doubts(self) -> Iterator[list[Array]]:
        """How uncertain JAX is of each number of each output, from one source after the other."""
        expected, values = list(self.sample.expected.values()), self.values
        for nudge in _NUDGES:
            shift = partial(_of_parts, partial(_move, by=nudge))
            moved = self.function.run(list(map(shift, values)), shift)
            yield [_NUDGE_SLACK * _distance(a, b) for a, b in zip(expected, moved, strict=True)]
        exact = self.function.run_double(values)
        if exact is None:
            yield [np.full(np.shape(a), _UNKNOWN * max(1, _largest(a))) for a in expected]
        else:
            yield [
                _ROUNDING_SLACK * _distance(a, b) if _is_float(a) else np.zeros(np.shape(a))
                for a, b in zip(expected, exact, strict=True)
            ]
        others = self.function.run_uncompiled(values)
        yield [_ROUNDING_SLACK * _distance(a, b) for a, b in zip(expected, others, strict=True)]

    def _describe(
        self, found: Mapping[str, Array], excess: Sequence[Array], slack: Sequence[Array]
    ) -> str:
        """The first number that differs, JAX's, and what goes in."""
        places = zip(self.sample.expected.items(), excess, slack, strict=True)
        name, array, wrong = next(
            (name, np.asarray(array), _is_wrong(e, s, array))
            for (name, array), e, s in places
            if not _is_forgiven(e, s, array)
        )
        place = tuple(map(int, np.argwhere(wrong)[0])) if wrong.ndim else ()
        inputs = ", ".join(f"{n} = {_shorten(given)}" for n, given in self.sample.inputs.items())
        return (
            f"With numbers at the ends of their range TensorFlow.js differs from JAX:"
            f" {name}{list(place) if place else ''} is {found[name][place]}, in JAX {array[place]},"
            f" for {inputs}. If the function is never called with such numbers, pass `samples` of"
            " those that it is called with."
        )


def draw_extremes(
    function: Function, inputs: Iterable[str], outputs: Iterable[str]
) -> list[ExtremeSample]:
    """Samples of small numbers, of large ones, and with NaN and infinities; names as in `Sample`.

    Integers are at the ends of their dtype in the second, and everywhere in it in the third. No two
    inputs have infinities in one sample: of infinity times 0, as in the padding of a convolution,
    nobody expects anything; complex numbers have none, since every product of theirs has one. There
    are no samples for a function that might never end on them.
    """
    if function.may_not_end:
        return []
    names, results = list(inputs), list(outputs)
    rng = np.random.default_rng(0)
    arrays = function.draw_arguments(_SIZE)
    floats = [i for i, array in enumerate(arrays) if _is_float(array)]
    drawn = [
        [_of_parts(draw, array, rng) for array in arrays] for draw in (_draw_small, _draw_large)
    ]
    for place in floats[:_MOST_INPUTS] or [-1]:
        drawn.append(
            [
                _draw_any(array, rng) if i == place or not _is_inexact(array) else array
                for i, array in enumerate(arrays)
            ]
        )
    return [
        ExtremeSample(function, values, function.make_sample(values, names, results))
        for values in drawn
    ]


def _of_parts(draw: Callable[..., Array], array: Any, *arguments: Any) -> Array:
    """What a function makes of an array, or of both parts of complex numbers."""
    if not jnp.issubdtype(array.dtype, jnp.complexfloating):
        return draw(array, *arguments)
    result = np.empty_like(array)
    result.real, result.imag = (draw(part, *arguments) for part in (array.real, array.imag))
    return result


def _deal(numbers: Any, array: Array, rng: np.random.Generator) -> Array:
    """An array like another of these numbers, each as often as the others, the first first."""
    dealt = np.resize(np.asarray(numbers), array.size).astype(array.dtype)
    return rng.permutation(dealt).reshape(array.shape)


def _is_inexact(array: Array) -> bool:
    return bool(jnp.issubdtype(array.dtype, jnp.inexact))


def _draw_small(array: Array, rng: np.random.Generator) -> Array:
    if _is_float(array):
        return _deal(_SMALL, array, rng)
    return array


def _draw_large(array: Array, rng: np.random.Generator) -> Array:
    if _is_float(array):
        limit = float(jnp.finfo(array.dtype).max)
        return _deal(np.clip(_LARGE, -limit, limit), array, rng)
    if array.dtype == np.bool_:
        return array
    low, high = np.iinfo(array.dtype).min, np.iinfo(array.dtype).max
    return _deal([low, high, high // 2 + 1, low + 1, high - 1, 1], array, rng)


def _draw_any(array: Array, rng: np.random.Generator) -> Array:
    if _is_float(array):
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
    if not _is_float(array):
        return array
    signs = np.where(np.arange(array.size) % 2, 1.0, -1.0).reshape(array.shape)
    step = max(abs(by), float(jnp.finfo(array.dtype).eps)) * np.sign(by)
    with np.errstate(over="ignore", invalid="ignore"):
        moved = (np.asarray(array, np.float64) * (1 + step * signs)).astype(array.dtype)
    return np.where(np.isnan(array), np.copysign(array, -by).astype(array.dtype), moved)


def _is_forgiven(excess: Array, slack: Array, expected: Array) -> bool:
    return not _is_wrong(excess, slack, expected).any()


def _is_wrong(excess: Array, slack: Array, expected: Array) -> Array:
    typical = _TYPICAL * _median(slack) if _is_float(expected) else 0
    return excess > np.maximum(slack, typical)


def _is_float(array: Any) -> bool:
    return jnp.issubdtype(array.dtype, jnp.floating)


def _wide(array: Array) -> Array:
    return np.asarray(array, np.float64)


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
    if not _is_float(expected):
        return distance
    number = np.asarray(expected, np.float64)
    size = np.where(np.isfinite(number), np.abs(number), 0)
    return np.maximum(distance - max_error * size - _FLOOR * _largest(expected), 0)


def _largest(array: Any) -> float:
    number = np.asarray(array, np.float64)
    return float(np.abs(number[np.isfinite(number)]).max(initial=0))


def _median(slack: Array) -> float:
    known = slack[np.isfinite(slack) & (slack > 0)]
    return float(np.median(known)) if known.size else 0.0


def _shorten(array: Array) -> str:
    flat = np.asarray(array, np.float64).reshape(-1)
    shown = ", ".join(f"{number:g}" for number in flat[:_SHOWN])
    return f"[{shown}{', ...' if flat.size > _SHOWN else ''}]"
