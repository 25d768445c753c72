"""Pictures put into lists of neighbours, and into small blocks of closer neighbours within them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.gallery.index.kmeans import find_points
from builder.gallery.index.weights import Weights

BLOCK = 32
"""Pictures in a block, whose rows are one file."""

_SEED = 0
_LARGEST = 3
"""A list with more pictures than so many times the mean is split."""

_CHUNK = 16_384
_POWER_ROUNDS = 4


@dataclass(frozen=True)
class Clusters:
    """Where pictures are: `order[position]` is a picture's number, list i has the positions from
    `starts[i]` to `starts[i + 1]`, and `means`, float32[lists, dim], are the means of their rows.
    """

    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    means: NDArray[np.float32]

    def find_positions(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """The positions of pictures by their numbers."""
        positions = np.empty_like(self.order)
        positions[self.order] = np.arange(len(self.order))
        return positions[numbers]

    def find_lists(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """The list of each position."""
        return np.searchsorted(self.starts, positions, "right") - 1


def cluster(
    rows: NDArray[np.float16],
    sample: NDArray[np.float32],
    weights: Weights,
    lists: int,
    advance: Callable[[int], None],
) -> Clusters:
    """Put rows, float16[n, dim], into about so many lists, made for some of them.

    `advance` is called with the number of rows that were assigned.
    """
    assigned = _assign(rows, find_points(sample @ weights.root, lists), weights, advance)
    order: list[NDArray[np.int64]] = []
    means: list[NDArray[np.float32]] = []
    for members in _group(assigned):
        chosen = rows[members].astype(np.float32)
        weighted = chosen @ weights.root
        for part in _split(weighted, _LARGEST * len(rows) // lists):
            arranged = part[_arrange(weighted[part])]
            order.append(members[arranged])
            means.append(chosen[arranged].mean(axis=0))
    starts = np.cumsum([0, *map(len, order)])
    stored = np.array(means, np.float16).astype(np.float32)  # what the page has of them
    return Clusters(np.concatenate(order), starts, stored)


def _assign(
    rows: NDArray[np.float16],
    centres: NDArray[np.float32],
    weights: Weights,
    advance: Callable[[int], None],
) -> NDArray[np.int64]:
    """The nearest centre of each row."""
    assigned = np.empty(len(rows), np.int64)
    lengths = (centres**2).sum(axis=1) / 2
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK].astype(np.float32) @ weights.root
        assigned[start : start + len(chunk)] = np.argmax(chunk @ centres.T - lengths, axis=1)
        advance(len(chunk))
    return assigned


def _group(assigned: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The numbers of those assigned to each centre that has any."""
    order = np.argsort(assigned, kind="stable")
    ends = np.flatnonzero(np.diff(assigned[order])) + 1
    return np.split(order, ends)


def _split(weighted: NDArray[np.float32], most: int) -> list[NDArray[np.int64]]:
    """The places of rows in parts of at most so many."""
    if len(weighted) <= most:
        return [np.arange(len(weighted))]
    one, other = _halve(weighted, 1)
    return [half[part] for half in (one, other) for part in _split(weighted[half], most)]


def _arrange(weighted: NDArray[np.float32]) -> NDArray[np.int64]:
    """The places of rows in an order in which each block has neighbours."""
    if len(weighted) <= BLOCK:
        return np.arange(len(weighted))
    halves = _halve(weighted, BLOCK)
    return np.concatenate([half[_arrange(weighted[half])] for half in halves])


def _halve(weighted: NDArray[np.float32], unit: int) -> tuple[NDArray[np.int64], ...]:
    """Two halves, along the direction in which rows differ most; the first has whole units."""
    centred = weighted - weighted.mean(axis=0)
    axis = np.random.default_rng(_SEED).standard_normal(weighted.shape[1]).astype(np.float32)
    for _ in range(_POWER_ROUNDS):
        axis = (centred @ axis) @ centred
        axis /= np.linalg.norm(axis) or 1
    places = np.argsort(centred @ axis, kind="stable")
    middle = max(unit, len(places) // 2 // unit * unit)
    return places[:middle], places[middle:]
