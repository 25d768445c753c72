"""Tiles hold every point once, few each, and those above are a sample of those below."""

import numpy as np
import pytest

from builder.gallery.overview.tiles import DEEPEST, POINTS_PER_TILE, Tile, cut_tiles


def read(tile: Tile) -> tuple[np.ndarray, np.ndarray]:
    """Places float64[n, 2] in the whole map, and positions."""
    points = np.frombuffer(tile.data, np.dtype([("x", "<u2"), ("y", "<u2"), ("p", "<u4")]))
    within = np.stack([points["x"], points["y"]], axis=1) / 65535
    corner = np.array([tile.column, tile.row])
    return (within + corner) / 2**tile.level, points["p"]


@pytest.fixture(scope="module")
def places() -> np.ndarray:
    rng = np.random.default_rng(1)
    centres = rng.random((20, 2))
    points = centres[rng.integers(0, 20, 60_000)] + 0.03 * rng.standard_normal((60_000, 2))
    return np.clip(points, 0, 1).astype(np.float32)


def test_every_picture_is_in_one_tile_at_its_place(places: np.ndarray) -> None:
    found = np.concatenate([read(tile)[1] for tile in cut_tiles(places)])
    assert sorted(found) == list(range(len(places)))
    for tile in cut_tiles(places):
        there, positions = read(tile)
        assert np.abs(there - places[positions]).max() <= 1.01 / 65535 / 2**tile.level


def test_a_tile_is_small_and_no_deeper_than_it_must_be(places: np.ndarray) -> None:
    tiles = {(tile.level, tile.column, tile.row): len(tile.data) // 8 for tile in cut_tiles(places)}
    assert max(tiles.values()) == POINTS_PER_TILE
    for level, column, row in tiles:
        if level:
            assert tiles[level - 1, column // 2, row // 2] == POINTS_PER_TILE


def test_the_first_tile_is_a_sample_of_the_whole_map(places: np.ndarray) -> None:
    there, _ = read(next(iter(cut_tiles(places))))
    assert np.abs(there.mean(axis=0) - places.mean(axis=0)).max() < 0.02


def test_pictures_on_top_of_each_other_end_in_the_deepest_level() -> None:
    tiles = list(cut_tiles(np.full((60_000, 2), 0.7, np.float32)))
    assert [tile.level for tile in tiles] == list(range(DEEPEST + 1))
    assert sum(len(tile.data) // 8 for tile in tiles) == 60_000
