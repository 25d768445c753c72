"""A search through lists: some are read, and the rows of the blocks that look best in them.

The page does the same with the files that `list_files` makes of it (`ListScan` in
webapp_src/src/inference/gallery/list-scan.ts). All numbers in files are little-endian.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.gallery.index.clusters import BLOCK, Clusters
from builder.gallery.index.codes import Codes
from builder.gallery.index.files import NAME_BYTES
from builder.gallery.index.router import Router


@dataclass(frozen=True)
class Scope:
    """How much a search reads for its first pictures: lists, and blocks of whole rows."""

    probes: int
    blocks: int


@dataclass(frozen=True)
class Reading:
    """What a search found, int64[k] positions and float32[k], and what it has read for that."""

    positions: NDArray[np.int64]
    similarities: NDArray[np.float32]
    bytes: int
    files: int


@dataclass(frozen=True)
class Lists:
    """All that a search needs. `rows`, int8[n, dim], and `coded`, uint8[n, groups], are by
    position; a row is `scale` times what is stored, or about the mean of its list and its code.
    """

    clusters: Clusters
    router: Router
    codes: Codes
    rows: NDArray[np.int8]
    scale: float
    coded: NDArray[np.uint8]

    @property
    def list_bytes(self) -> NDArray[np.int64]:
        """int64[lists]: the sizes of their files."""
        counts = np.diff(self.clusters.starts)
        dim = self.rows.shape[1]
        return 2 * dim + NAME_BYTES * count_blocks(counts) + counts * self.coded.shape[1]

    def search(self, query: NDArray[np.float32], scope: Scope, count: int) -> Reading:
        """The best pictures for a query, float32[dim]."""
        lists = self.router.rank(query[None])[0, : scope.probes]
        positions, blocks, guesses = self.guess(query, lists)
        best = rank_blocks(blocks, guesses)[: scope.blocks]
        whole = np.isin(blocks, best)
        similarities = guesses.copy()
        similarities[whole] = self.rows[positions[whole]] @ (query * np.float32(self.scale))
        order = np.argsort(-similarities, kind="stable")[:count]
        read = int(self.list_bytes[lists].sum()) + int(whole.sum()) * self.rows.shape[1]
        files = len(lists) + len(best)
        return Reading(positions[order], similarities[order], read, files)

    def guess(
        self, query: NDArray[np.float32], lists: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """The positions of lists, the first position of the block of each, and what their codes
        say of their similarities."""
        starts = self.clusters.starts
        sizes = starts[lists + 1] - starts[lists]
        within = np.concatenate([np.arange(size) for size in sizes])
        positions = within + np.repeat(starts[lists], sizes)
        blocks = positions - within % BLOCK
        guesses = np.repeat(self.clusters.means[lists] @ query, sizes)
        coded = self.coded[positions]
        for group, table in enumerate(self.codes.tabulate(query)):
            guesses += table[coded[:, group]]
        return positions, blocks, guesses


def count_blocks(pictures: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many blocks lists of so many pictures have."""
    return -(-pictures // BLOCK)


def rank_blocks(blocks: NDArray[np.int64], guesses: NDArray[np.float32]) -> NDArray[np.int64]:
    """The blocks, of which each row names its own, by the best guess of a row in each."""
    order = np.argsort(-guesses, kind="stable")
    found, firsts = np.unique(blocks[order], return_index=True)
    return found[np.argsort(firsts)]
