"""The map of a gallery as files, and what its records say of it."""

import numpy as np
from numpy.typing import NDArray

from builder.gallery.index.files import NamedFiles
from builder.gallery.overview.tiles import cut_tiles
from builder.gallery_manifest import GalleryMap

KIND = "map"
DIGITS = 4
"""Decimal places of a picture's coordinates in its record: a ten thousandth of the map's side."""


def add_map(places: NDArray[np.float32], files: NamedFiles) -> GalleryMap:
    """Add the tiles of a map; `places` is float32[n, 2], in the order of positions."""
    tiles = list(cut_tiles(places))
    squares = np.array([(tile.level, tile.column, tile.row) for tile in tiles], "<u2")
    return GalleryMap(
        tiles=files.add_list(KIND, (tile.data for tile in tiles)),
        squares=files.add_ref(KIND, squares.tobytes()),
    )


def describe_places(places: NDArray[np.float32]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """What records say of places: x and y of each."""
    x, y = (tuple(round(float(value), DIGITS) for value in column) for column in places.T)
    return x, y
