"""A million rows that lie like those of real pictures.

A sampled row is a real one, moved along the difference of two of its nearest neighbours: so it
stays where pictures lie, as far from the others as they are from each other. `SPREAD` was chosen so
that, of as many sampled rows as there are real ones, the similarity of the tenth neighbour is the
same (`compare_density`).
"""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as parquet
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from builder.gallery.index.neighbours import find_neighbours

SPREAD = 0.3
NEIGHBOURS = 16
_CHUNK = 10_000


def read_rows(folder: Path) -> NDArray[np.float16]:
    """float16[n, dim]: all rows in a folder, or in those below it."""
    parts: list[Any] = []
    for file in sorted(folder.rglob("*.parquet")):
        column: Any = parquet.read_table(file, columns=["row"])["row"].drop_null().combine_chunks()
        parts.append(np.asarray(column.flatten()).reshape(len(column), -1))
    return np.concatenate(parts)


def list_neighbours(rows: NDArray[np.float16], count: int = NEIGHBOURS) -> NDArray[np.int64]:
    """int64[n, count]: those of each row, without itself."""
    found: list[NDArray[np.int64]] = []
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK].astype(np.float32)
        numbers = find_neighbours(chunk, rows, count + 1).numbers
        found.append(numbers[:, 1:])  # the best is the row itself, or one that equals it
    return np.concatenate(found)


def sample_rows(
    rows: NDArray[np.float16],
    neighbours: NDArray[np.int64],
    count: int,
    rng: np.random.Generator,
    spread: float = SPREAD,
) -> NDArray[np.float16]:
    """float16[count, dim]: rows around those."""
    parents = rng.integers(len(rows), size=count)
    kinds = neighbours.shape[1]
    first = rng.integers(kinds, size=count)
    one = neighbours[parents, first]
    other = neighbours[parents, (first + rng.integers(1, kinds, size=count)) % kinds]
    moved = rows[parents].astype(np.float32)
    moved += spread * (rows[one].astype(np.float32) - rows[other].astype(np.float32))
    moved /= np.linalg.norm(moved, axis=1, keepdims=True)
    return moved.astype(np.float16)


def write_sample(path: Path, rows: NDArray[np.float16], count: int) -> NDArray[np.float16]:
    """Write the real rows and sampled ones, so many together in random order; returns them."""
    rng = np.random.default_rng(0)
    neighbours = list_neighbours(rows)
    places = rng.permutation(count)
    whole: Any = open_memmap(path, "w+", np.float16, (count, rows.shape[1]))
    whole[places[: len(rows)]] = rows
    for start in range(len(rows), count, _CHUNK):
        end = min(start + _CHUNK, count)
        whole[places[start:end]] = sample_rows(rows, neighbours, end - start, rng)
    whole.flush()
    return whole


def compare_density(rows: NDArray[np.float16], spread: float = SPREAD) -> NDArray[np.float32]:
    """float32[2, 3]: quartiles of the tenth neighbour's similarity, of real and sampled rows."""
    rng = np.random.default_rng(1)
    sampled = sample_rows(rows, list_neighbours(rows), len(rows), rng, spread)
    quartiles: list[Any] = []
    for some in (rows, sampled):
        chosen = some[rng.choice(len(some), min(2000, len(some)), replace=False)]
        tenth = find_neighbours(chosen.astype(np.float32), some, 11).similarities[:, 10]
        quartiles.append(np.percentile(tenth, (25, 50, 75)))
    return np.array(quartiles, np.float32)
