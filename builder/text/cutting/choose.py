"""Which pieces of a vocabulary stay."""

from collections.abc import Callable, Iterable, Sequence, Set

from builder.errors import ModelError
from builder.text.cutting.closures import Kept
from builder.text.cutting.inventory import Inventory
from builder.text.cutting.scripts import goes_with
from builder.text.cutting.sources import Source

_STEPS = 20
"""Of bisection: more would change less than one piece in a million."""


def choose_pieces(
    inventory: Inventory,
    sources: Sequence[Source],
    prompts: Iterable[int],
    scripts: Set[str],
    most: int | None,
) -> Kept:
    """What the prompts, the characters of the scripts and the sources need.

    If that is more than `most` pieces, every source gets the same smaller part of what it uses.
    Without sources, the vocabulary's own order says which other pieces are worth most.

    Raises:
        ModelError: if `most` is too few, or a prompt has a piece that nothing can be said about.
    """
    base = set(inventory.needed) | _require(inventory, set(prompts))
    singles = {i for i, char in inventory.singles.items() if goes_with(char, scripts)}
    base |= singles
    others = [i for i in inventory.ranked if i not in base]

    def keep(part: float) -> Kept:
        if not sources:
            return inventory.close(base | set(others[: round(part * len(others))]))
        wanted = set(base)
        for source in sources:
            wanted |= take_most_used(source, base, frozenset(others), part)
        return inventory.close(wanted)

    if most is None:
        return keep(1)
    least = len(keep(0).rows)
    if least > most:
        raise ModelError(
            f"pieces = {most:,} is too few: {least:,} are needed for the prompts, for single"
            " characters, and always.",
            "Give a larger number.",
        )
    return _bisect(keep, most)


def take_most_used(source: Source, base: Set[int], others: Set[int], part: float) -> frozenset[int]:
    """The most used pieces of a source that, with the base, are that part of its `share`."""
    wanted = part * source.share * sum(source.tried.values())
    have = sum(count for index, count in source.tried.items() if index in base)
    taken: set[int] = set()
    for index in sorted(source.use, key=lambda i: (-source.use[i], i)):
        if have >= wanted:
            break
        if index in others:
            taken.add(index)
            have += source.tried.get(index, 0)
    return frozenset(taken)


def _require(inventory: Inventory, prompts: set[int]) -> set[int]:
    usable = inventory.needed | frozenset(inventory.ranked)
    if strange := sorted(prompts - usable):
        piece = inventory.names[strange[0]]
        raise ModelError(
            f"a prompt needs the piece {piece!r}, which goes on with a character that no piece goes"
            " on with alone, so words that are unknown could become others.",
            "Change the prompt, or remove [models.vocabulary].",
        )
    return prompts


def _bisect(keep: Callable[[float], Kept], most: int) -> Kept:
    best, low, high = keep(0), 0.0, 1.0
    if len((whole := keep(1)).rows) <= most:
        return whole
    for _ in range(_STEPS):
        middle = (low + high) / 2
        found = keep(middle)
        if len(found.rows) <= most:
            best, low = found, middle
        else:
            high = middle
    return best
