"""A map as a pyramid of square tiles, of which a page reads those that it shows.

Each point is in one tile. Tiles of deeper levels have the points for which those above had no room,
so that a view of any part needs few tiles, and shows a fair sample of what is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

POINTS_PER_TILE = 4096
DEEPEST = 12
"""The level at which a tile takes all that is left: such pictures lie on top of each other."""

_POINT = np.dtype([("x", "<u2"), ("y", "<u2"), ("position", "<u4")])


@dataclass(frozen=True)
class Tile:
    """A square of the map: one of 2**level columns and as many rows.

    `data` has 8 bytes for each point: uint16 x and y, from 0 at the left and the top to 65,535, and
    uint32, the picture's position.
    """

    level: int
    column: int
    row: int
    data: bytes


def cut_tiles(places: NDArray[np.float32]) -> Iterator[Tile]:
    """The tiles of a map, the upper levels first.

    `places` is float32[n, 2] within the unit square, in the order of the pictures' positions.
    """
    left = np.random.default_rng(0).permutation(len(places))
    for level in range(DEEPEST + 1):
        side = 2**level
        squares = np.clip((places[left] * side).astype(np.int64), 0, side - 1)
        keys = squares[:, 1] * side + squares[:, 0]
        order = np.argsort(keys, kind="stable")
        starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
        ranks = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
        room = len(places) if level == DEEPEST else POINTS_PER_TILE
        taken = order[ranks < room]
        for key in np.unique(keys[taken]):
            row, column = divmod(int(key), side)
            numbers = left[taken[keys[taken] == key]]
            yield Tile(level, column, row, _encode(places, numbers, side, column, row))
        left = np.delete(left, taken)
        if not len(left):
            return


def _encode(
    places: NDArray[np.float32], numbers: NDArray[np.int64], side: int, column: int, row: int
) -> bytes:
    points = np.empty(len(numbers), _POINT)
    within = places[numbers] * side - np.array([column, row], np.float32)
    stored = np.clip(np.rint(within * 65535), 0, 65535).astype(np.uint16)
    points["x"], points["y"], points["position"] = stored[:, 0], stored[:, 1], numbers
    return points.tobytes()
