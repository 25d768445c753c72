"""How long codes are and how much a search reads: the least bytes that find what they should."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.gallery.index.clusters import BLOCK
from builder.gallery.index.lists import Lists, Scope, rank_blocks
from builder.gallery.index.router import count_lists

AIM = 0.95
_MARGIN = 0.005
"""The choice is made with other queries than the report, which the router has been judged with."""

_MOST_PROBES = 64
_MOST_BLOCKS = 96
_SHARES = 1 - np.geomspace(0.2, 0.002, 14)
_SLACKS = np.linspace(0, 1, 26)
"""In units of the spread of what codes get wrong, times three."""

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
    ranked, shares = lists.router.rank(goal.queries)
    ranked, shares = ranked[:, :_MOST_PROBES], shares[:, :_MOST_PROBES]
    slacks = _SLACKS * 3 * _measure_error(lists, goal)
    read = np.cumsum(lists.list_bytes[ranked] + _FILE_BYTES, axis=1)
    queries = range(len(goal.queries))
    trials = [
        dict(_try(lists, goal.queries[i], goal.wanted[i], ranked[i], slacks, counts))
        for i, counts in zip(queries, _count_all(shares), strict=True)
    ]
    choices: list[Choice] = []
    for share in _SHARES:
        counts = count_lists(shares, share)
        found = np.stack([trials[i][count][0] for i, count in enumerate(counts)])
        blocks = np.stack([trials[i][count][1] for i, count in enumerate(counts)])
        costs = read[queries, counts - 1].mean() + blocks.mean(axis=0) * (
            BLOCK * lists.rows.shape[1] + _FILE_BYTES
        )
        recalls = goal.ceiling * found.mean(axis=0)
        choices += [
            Choice(
                Scope(float(share), _MOST_PROBES, float(slack), _MOST_BLOCKS),
                float(recall),
                float(cost),
            )
            for slack, recall, cost in zip(slacks, recalls, costs, strict=True)
        ]
    return max(choices, key=lambda choice: choice.rank)


def _count_all(shares: NDArray[np.float32]) -> Iterator[list[int]]:
    """For each query, all numbers of lists that some share asks for."""
    counts = np.stack([count_lists(shares, share) for share in _SHARES], axis=1)
    return (sorted({*map(int, row)}) for row in counts)


def _measure_error(lists: Lists, goal: Goal) -> float:
    """The spread of what codes get wrong in the similarities of wanted pictures."""
    errors: list[float] = []
    for query, wanted in zip(goal.queries, goal.wanted, strict=True):
        positions, _, guesses = lists.guess(query, np.unique(lists.clusters.find_lists(wanted)))
        places = np.searchsorted(positions, wanted)
        exact = lists.rows[wanted] @ (query * np.float32(lists.scale))
        errors += (guesses[places] - exact).tolist()
    return float(np.std(errors))


def _try(
    lists: Lists,
    query: NDArray[np.float32],
    wanted: NDArray[np.int64],
    ranked: NDArray[np.int64],
    slacks: NDArray[np.float64],
    counts: list[int],
) -> Iterator[tuple[int, tuple[NDArray[np.float64], NDArray[np.int64]]]]:
    """For each count of lists: what share of the pictures wanted is found and how many blocks are
    read, float64[slacks] and int64[slacks]."""
    chosen = ranked[: counts[-1]]
    _, blocks, guesses = lists.guess(query, chosen)
    sizes = np.diff(lists.clusters.starts)[chosen]
    own = wanted - (wanted - lists.clusters.starts[lists.clusters.find_lists(wanted)]) % BLOCK
    for count in counts:
        read = int(sizes[:count].sum())
        ranks = rank_blocks(blocks[:read], guesses[:read])
        limits = [min(ranks.count(slack), _MOST_BLOCKS) for slack in slacks]
        order = {int(block): place for place, block in enumerate(ranks.blocks)}
        places = np.array([order.get(int(block), len(order) + _MOST_BLOCKS) for block in own])
        yield count, (np.array([(places < n).mean() for n in limits]), np.array(limits))
