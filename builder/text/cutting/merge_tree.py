"""What byte-pair encoding makes on its way to a piece.

Neighbours merge in the order of their ranks, the leftmost of equals first. Merges within a part of
a text are the same whatever is beside it, as long as nothing merges across its ends. So a piece
that is in a result was made there as it is made by itself, and a vocabulary that keeps all that
merging makes on the way to its pieces gives every text of such pieces the same ones
(Sennrich et al. 2016, https://arxiv.org/abs/1508.07909).
"""

from collections.abc import Callable, Sequence

Rank = Callable[[str, str], float | None]
"""How early two neighbours merge; None if they do not."""

Merge = tuple[str, str]


def merge_parts(parts: Sequence[str], rank: Rank) -> tuple[list[str], list[Merge]]:
    """What the parts become, and all merges, in order."""
    found = list(parts)
    merges: list[Merge] = []
    while True:
        ranks = [
            (value, place)
            for place in range(len(found) - 1)
            if (value := rank(found[place], found[place + 1])) is not None
        ]
        if not ranks:
            return found, merges
        place = min(ranks)[1]
        merges.append((found[place], found[place + 1]))
        found[place : place + 2] = ["".join(merges[-1])]
