"""Which other pieces must stay so that a text of kept pieces keeps its tokens."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Protocol

from builder.text.cutting.merge_tree import Merge, merge_parts


@dataclass(frozen=True)
class Kept:
    """Ids of pieces that stay: those with a row in the tower's table, and those that only merge."""

    rows: tuple[int, ...]
    merging: tuple[int, ...] = ()


class Closure(Protocol):
    """Adds to the wanted ids whatever must stay with them."""

    def __call__(self, wanted: Set[int], /) -> Kept:
        """All ids that stay, ascending."""
        ...


def keep_wanted(wanted: Set[int]) -> Kept:
    """Nothing else: where the best of all segmentations wins, or the longest pieces do.

    Fewer pieces leave fewer segmentations, so the one that has won still does.
    """
    return Kept(tuple(sorted(wanted)))


@dataclass
class ListedMerges:
    """Byte-pair encoding with a list of merges: every part on the way to a piece is one of them."""

    ids: Mapping[str, int]
    names: Sequence[str]
    merges: Sequence[Merge]
    suffix: str
    _parts: dict[int, frozenset[int]] = field(default_factory=dict[int, frozenset[int]])

    def __post_init__(self) -> None:
        self._ranks = {merge: rank for rank, merge in enumerate(self.merges)}

    def __call__(self, wanted: Set[int]) -> Kept:
        """The ids and all their parts."""
        found = set(wanted)
        for index in wanted:
            found |= self._parts_of(index)
        return Kept(tuple(sorted(found)))

    def _parts_of(self, index: int) -> frozenset[int]:
        if index not in self._parts:
            letters = self._spell(self.names[index]) if index < len(self.names) else []
            _, merges = merge_parts(letters, lambda left, right: self._ranks.get((left, right)))
            made = (*letters, *map("".join, merges))
            self._parts[index] = frozenset(self.ids[p] for p in made if p in self.ids)
        return self._parts[index]

    def _spell(self, name: str) -> list[str]:
        if self.suffix and name.endswith(self.suffix) and name != self.suffix:
            letters = list(name.removesuffix(self.suffix))
            return [*letters[:-1], letters[-1] + self.suffix]
        return list(name)


@dataclass
class ScoredMerges:
    """SentencePiece's byte-pair encoding, where scores say what merges first.

    What is made on the way to a piece need not be in any result, so it has no row. Pieces that the
    model marks as unused are split again in the end; one that may come up in a text of kept pieces
    keeps its merges.
    """

    ids: Mapping[str, int]
    names: Sequence[str]
    score: Callable[[int], float]
    unused: Set[int]
    _merges: dict[int, list[Merge]] = field(default_factory=dict[int, list[Merge]])

    def __call__(self, wanted: Set[int]) -> Kept:
        """The ids, and what only merges."""
        merging: set[int] = set()
        for index in wanted:
            if self.names[index] in self.ids:
                merging.update(self._made(index))
        for index in self.unused:
            settled = (self.ids.get(piece) for piece in self._settle(index))
            if all(i is None or i in wanted or i in self.unused for i in settled):
                merging |= {index, *self._made(index)}
        return Kept(tuple(sorted(wanted - self.unused)), tuple(sorted(merging - wanted)))

    def _made(self, index: int) -> Iterable[int]:
        return (self.ids["".join(merge)] for merge in self._merge(index))

    def _merge(self, index: int) -> list[Merge]:
        if index not in self._merges:
            self._merges[index] = merge_parts(list(self.names[index]), self._rank)[1]
        return self._merges[index]

    def _rank(self, left: str, right: str) -> float | None:
        index = self.ids.get(left + right)
        return None if index is None else -self.score(index)

    def _settle(self, index: int) -> list[str]:
        origins = {"".join(merge): merge for merge in self._merge(index)}

        def split(piece: str) -> list[str]:
            if self.ids.get(piece) in self.unused and piece in origins:
                left, right = origins[piece]
                return [*split(left), *split(right)]
            return [piece]

        return split(self.names[index])
