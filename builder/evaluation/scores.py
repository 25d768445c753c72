"""Shares of right answers, their confidence intervals, and the ranks they are counted from."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.model import Rows

Ints = NDArray[np.intp]

_Z95 = 1.959964
"""The normal distribution's quantile for 95 %, two-sided."""

_CHUNK = 1024
"""Rows compared at a time, so that memory does not grow with both sides of a comparison."""


@dataclass(frozen=True)
class Share:
    """A share of right answers with its 95 % confidence interval."""

    value: float
    low: float
    high: float


def wilson_share(value: float, count: int) -> Share:
    """The share `value` of `count` independent trials, with Wilson's score interval.

    It stays within [0, 1] and is not empty at either end. Source: E. B. Wilson 1927,
    https://doi.org/10.1080/01621459.1927.10502953.
    """
    z2 = _Z95**2 / count
    centre = (value + z2 / 2) / (1 + z2)
    half = _Z95 * math.sqrt(value * (1 - value) / count + z2 / (4 * count)) / (1 + z2)
    return Share(value, max(0.0, centre - half), min(1.0, centre + half))


def rank_classes(zimg: Rows, zclass: Rows, labels: Ints) -> tuple[Ints, Ints]:
    """For each image, the rank of its own class, from 0, and the class that is nearest to it.

    A tie counts against the model: one that gives every class the same score is never right.
    """
    ranks: list[Ints] = []
    nearest: list[Ints] = []
    for start, cosines in _compare(zimg, zclass):
        own = np.take_along_axis(cosines, labels[start : start + len(cosines), None], axis=1)
        ranks.append((cosines >= own).sum(1) - 1)
        nearest.append(cosines.argmax(1))
    return np.concatenate(ranks), np.concatenate(nearest)


def rank_images(ztxt: Rows, zimg: Rows, image_of: Ints) -> Ints:
    """For each caption, the rank of its own image among all, from 0; ties count against it."""
    return rank_classes(ztxt, zimg, image_of)[0]


def rank_captions(zimg: Rows, ztxt: Rows, image_of: Ints) -> Ints:
    """For each image, the rank of its best caption among those of other images, from 0.

    `image_of` is the image of each caption; each image has at least one. Ties count against it.
    """
    ranks: list[Ints] = []
    for start, cosines in _compare(zimg, ztxt):
        own = image_of == np.arange(start, start + len(cosines))[:, None]
        best = np.where(own, cosines, -np.inf).max(1, keepdims=True)
        ranks.append(((cosines >= best) & ~own).sum(1))
    return np.concatenate(ranks)


def _compare(queries: Rows, rows: Rows) -> Iterator[tuple[int, Rows]]:
    """Cosines `[chunk, rows]` with the index of the first query of each chunk."""
    for start in range(0, len(queries), _CHUNK):
        yield start, queries[start : start + _CHUNK] @ rows.T
