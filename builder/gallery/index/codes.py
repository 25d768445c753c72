"""Short codes of rows, exact where sentences look.

Rows are turned to axes in which all errors count alike (`builder.gallery.index.weights`) and which
are not correlated (transform coding: Goyal, "Theoretical foundations of transform coding", 2001).
Neighbouring axes are put into groups, few where rows differ much, many where they differ little.
Each group has a byte, which names one of 256 points (product quantization: Jégou et al., 2011).
Axes at the end, in which rows hardly differ, are dropped.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from builder.gallery.index.kmeans import find_points
from builder.gallery.index.rounding import Rounded
from builder.gallery.index.weights import Weights

POINTS = 256
_WIDEST = 16
"""Axes in a group."""

_CHUNK = 4096


@dataclass(frozen=True)
class Codes:
    """How rows are coded: `widths` are the numbers of axes of the groups.

    `turn`, float32[dim, axes], takes rows to the axes; `look`, [axes, dim], takes queries there,
    where their products with coded rows are those with the rows; its transpose takes codes back.
    Each of `points` is one row of 256 points with `width` numbers each.
    """

    widths: tuple[int, ...]
    turn: NDArray[np.float32]
    look: Rounded
    points: tuple[Rounded, ...]

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        return np.cumsum(self.widths)[:-1]

    @cached_property
    def _points(self) -> list[NDArray[np.float32]]:
        """float32[256, width] of each group."""
        return [points.values.reshape(POINTS, -1) for points in self.points]

    def encode(self, rows: NDArray[np.float32]) -> NDArray[np.uint8]:
        """uint8[n, groups] of float32[n, dim]."""
        coded = np.empty((len(rows), len(self.widths)), np.uint8)
        lengths = [(points**2).sum(axis=1) / 2 for points in self._points]
        for start in range(0, len(rows), _CHUNK):
            turned = rows[start : start + _CHUNK] @ self.turn
            for group, axes in enumerate(np.split(turned, self._ends, axis=1)):
                nearest = np.argmax(axes @ self._points[group].T - lengths[group], axis=1)
                coded[start : start + _CHUNK, group] = nearest
        return coded

    def tabulate(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32[groups, 256]: what each point adds to a query's product with a row."""
        parts = np.split(self.look.values @ query, self._ends)
        pairs = zip(self._points, parts, strict=True)
        return np.stack([points @ part for points, part in pairs]).astype(np.float32)


def train_codes(rows: NDArray[np.float32], weights: Weights, groups: int) -> Codes:
    """Codes of at most `groups` bytes for rows like float32[n, dim]."""
    weighted = rows @ weights.root
    spread, axes = np.linalg.eigh(weighted.T @ weighted / len(rows))
    spread, axes = np.maximum(spread[::-1], 1e-12), axes[:, ::-1]
    widths = choose_widths(spread, groups)
    kept = axes[:, : sum(widths)]
    look, turn = Rounded.of((weights.inverse @ kept).T), weights.root @ kept
    parts = np.split(rows @ turn, np.cumsum(widths)[:-1], axis=1)
    found = (find_points(np.ascontiguousarray(part), POINTS) for part in parts)
    points = tuple(Rounded.of(part.reshape(1, -1)) for part in found)
    return Codes(widths, turn, look, points)


def choose_widths(spread: NDArray[np.floating], groups: int) -> tuple[int, ...]:
    """How many axes, in order of their falling variances, each group of eight bits has.

    Chosen so that the sum of what the groups lose is least. A group of k axes loses k times the
    geometric mean of their variances, times 2^(-16 / k); an axis without one loses its variance.
    """
    count = len(spread)
    logs = np.concatenate([[0], np.cumsum(np.log(spread))])
    dropped = np.concatenate([np.cumsum(spread[::-1])[::-1], [0]])
    losses = np.full((groups + 1, count + 1), np.inf)
    taken = np.zeros((groups + 1, count + 1), np.int64)
    losses[0, 0] = 0
    for group in range(1, groups + 1):
        for width in range(1, min(_WIDEST, count) + 1):
            means = np.exp((logs[width:] - logs[:-width]) / width)
            found = losses[group - 1, :-width] + width * means * 2 ** (-16 / width)
            better = found < losses[group, width:]
            losses[group, width:][better] = found[better]
            taken[group, width:][better] = width
    group, end = divmod(int(np.argmin(losses + dropped)), count + 1)
    widths: list[int] = []
    while group:
        widths.append(int(taken[group, end]))
        group, end = group - 1, end - widths[-1]
    return tuple(reversed(widths))
