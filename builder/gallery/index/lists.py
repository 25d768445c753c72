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
from builder.gallery.index.router import Router, count_lists
from builder.gallery.index.search import FIRST


@dataclass(frozen=True)
class Scope:
    """How much a search reads for its first pictures.

    Lists until they have `share` of the best pictures, as the router expects, but at most `probes`
    if these have as many pictures as are looked for.
    Then the rows of the blocks in which a picture may be at most `slack` less similar than the
    tenth of all, but at most `blocks`.
    """

    share: float
    probes: int
    slack: float
    blocks: int


@dataclass(frozen=True)
class Reading:
    """What a search found, int64[k] positions and float32[k], and what it has read for that."""

    positions: NDArray[np.int64]
    similarities: NDArray[np.float32]
    bytes: int
    lists: int
    blocks: int

    @property
    def files(self) -> int:
        """How many were read."""
        return self.lists + self.blocks


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
        ranked, shares = self.router.rank(query[None])
        (probes,) = count_lists(shares, scope.share)
        held = np.cumsum(np.diff(self.clusters.starts)[ranked[0]])
        enough = int(np.searchsorted(held, count)) + 1
        lists = ranked[0, : max(min(probes, scope.probes), enough)]
        positions, blocks, guesses = self.guess(query, lists)
        ranks = rank_blocks(blocks, guesses)
        best = ranks.blocks[: min(ranks.count(scope.slack), scope.blocks)]
        whole = np.isin(blocks, best)
        similarities = guesses.copy()
        similarities[whole] = self.rows[positions[whole]] @ (query * np.float32(self.scale))
        order = np.argsort(-similarities, kind="stable")[:count]
        read = int(self.list_bytes[lists].sum()) + int(whole.sum()) * self.rows.shape[1]
        return Reading(positions[order], similarities[order], read, len(lists), len(best))

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


@dataclass(frozen=True)
class RankedBlocks:
    """Blocks, int64[b], with the best guess of a row in each, falling; `last` is the tenth best
    guess of all rows."""

    blocks: NDArray[np.int64]
    guesses: NDArray[np.float32]
    last: float

    def count(self, slack: float) -> int:
        """How many have a row that may be at most so much less similar than the tenth."""
        return int((self.guesses >= self.last - slack).sum())


def rank_blocks(blocks: NDArray[np.int64], guesses: NDArray[np.float32]) -> RankedBlocks:
    """The blocks of rows, of which each names its own; those of a block follow each other."""
    starts = np.flatnonzero(np.diff(blocks, prepend=-1))
    best = np.maximum.reduceat(guesses, starts)
    order = np.argsort(-best, kind="stable")
    last = np.partition(guesses, -FIRST)[-FIRST] if len(guesses) >= FIRST else -np.inf
    return RankedBlocks(blocks[starts[order]], best[order], float(last))
