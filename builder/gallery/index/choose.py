"""How long codes are and how much a search reads: the least bytes that find what they should."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.gallery.index.clusters import BLOCK
from builder.gallery.index.lists import Lists, Scope, rank_blocks

AIM = 0.95
_MARGIN = 0.01
"""The choice is made with other queries than the report, which the router has been judged with."""

_MOST_PROBES = 32
_MOST_BLOCKS = 64
_FILE_BYTES = 400
"""What a file costs besides its content: what is said before it."""


@dataclass(frozen=True)
class Goal:
    """What is judged with: queries, float32[m, dim], the positions that they should find, int64[m,
    k], and the recall of a scan of all rows as they are stored."""

    queries: NDArray[np.float32]
    wanted: NDArray[np.int64]
    ceiling: float


@dataclass(frozen=True)
class Choice:
    """A scope with what it is expected to find and to cost."""

    scope: Scope
    recall: float
    bytes: float

    @property
    def rank(self) -> tuple[bool, float]:
        """Greater for better ones: those that reach the aim, then by bytes, or else by recall."""
        reached = self.recall >= AIM + _MARGIN
        return reached, -self.bytes if reached else self.recall


def choose_scope(lists: Lists, goal: Goal) -> Choice:
    """The best scope for a goal.

    A picture counts as found if its list is read, and the whole rows of its block.
    """
    probes = min(_MOST_PROBES, len(lists.clusters.means))
    pairs = zip(goal.queries, goal.wanted, strict=True)
    needed = np.stack([_need(lists, query, best, probes) for query, best in pairs])
    ranked = lists.router.rank(goal.queries)[:, :probes]
    read = np.cumsum(lists.list_bytes[ranked].mean(axis=0) + _FILE_BYTES)
    block = BLOCK * lists.rows.shape[1] + _FILE_BYTES
    choices = [
        Choice(
            Scope(probe + 1, blocks),
            goal.ceiling * float((needed[:, probe] < blocks).mean()),
            float(read[probe] + blocks * block),
        )
        for probe in range(probes)
        for blocks in range(2, _MOST_BLOCKS + 1, 2)
    ]
    return max(choices, key=lambda choice: choice.rank)


def _need(
    lists: Lists, query: NDArray[np.float32], wanted: NDArray[np.int64], probes: int
) -> NDArray[np.int64]:
    """int64[probes, k]: after how many blocks each picture is found where so many lists are read,
    less one."""
    ranked = lists.router.rank(query[None])[0, :probes]
    _, blocks, guesses = lists.guess(query, ranked)
    order = rank_blocks(blocks, guesses)
    list_ranks = np.full(len(lists.clusters.means), probes)
    list_ranks[ranked] = np.arange(probes)
    wanted_lists = lists.clusters.find_lists(wanted)
    wanted_ranks = list_ranks[wanted_lists]
    starts = lists.clusters.starts[wanted_lists]
    wanted_blocks = wanted - (wanted - starts) % BLOCK
    block_ranks = list_ranks[lists.clusters.find_lists(order)]
    needed = np.full((probes, len(wanted)), _MOST_BLOCKS)
    for picture, (own, rank) in enumerate(zip(wanted_blocks, wanted_ranks, strict=True)):
        if rank == probes:
            continue
        before = block_ranks[: int(np.flatnonzero(order == own)[0])]
        places = np.cumsum(np.bincount(before, minlength=probes))
        needed[rank:, picture] = places[rank:]
    return needed
