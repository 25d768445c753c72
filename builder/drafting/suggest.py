"""Prompts that a model suggests: what fits a picture best, and near misses that make it a game."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from builder.cache import Cache
from builder.drafting.phrases import Vocabulary
from builder.embedding.embed import embed_texts
from builder.model import ImageTextModel, Rows
from builder.progress import Progress

COUNT = 5
"""Prompts of a picture, as in the default demo."""
_MISSES = range(2, 40)
"""Ranks of things that fit a picture somewhat."""
_ENOUGH = 8
"""Pictures from which it shows that a phrase fits anything."""
_CLEAR = 2.0
"""Standard deviations that a place must fit better than it fits the other pictures."""


def suggest_prompts(
    model: ImageTextModel,
    zimg: Rows,
    vocabulary: Vocabulary,
    *,
    cache: Cache,
    progress: Progress,
) -> list[tuple[str, ...]]:
    """At most five prompts for each of the pictures zimg, float32[n, d]; the best one first.

    The others are two similar things, the same thing where it is not, and what fits another
    picture.

    Raises:
        ModelError: if the text tower returns numbers that are not finite.
    """
    texts = (*vocabulary.things, *vocabulary.places)
    ztxt = embed_texts(model, texts, cache=cache, progress=progress)
    cosines = zimg @ ztxt.T
    things, places = np.split(_centre(cosines), [len(vocabulary.things)], axis=1)
    drafts = [
        _Draft(vocabulary, things[i], places[i], turn=i, many=len(zimg) >= _ENOUGH)
        for i in range(len(zimg))
    ]
    neighbours = np.argsort(-(zimg @ zimg.T), axis=1)
    prompts: list[tuple[str, ...]] = []
    for i, draft in enumerate(drafts):
        others = [drafts[j].best for j in neighbours[i] if j != i]
        wanted = [draft.best, *draft.misses(), *draft.elsewhere(), *others]
        prompts.append(tuple(dict.fromkeys(wanted))[:COUNT])
    return prompts


def _centre(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much better phrases fit each picture than they fit most, in standard deviations.

    Of few pictures nobody can tell, so they keep their cosines.
    """
    if len(cosines) < _ENOUGH:
        return cosines
    spread = cosines.std(0) + cosines.std(0).mean()
    return 2 * (cosines - cosines.mean(0)) / spread


class _Draft:
    """What fits one picture; `turn` makes the wrong places of pictures different ones."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        things: NDArray[np.float32],
        places: NDArray[np.float32],
        *,
        turn: int,
        many: bool,
    ):
        self.ranked = _rank(vocabulary.things, things)
        self.places = _rank(vocabulary.places, places)
        is_clear = many and len(places) > 0 and float(places.max()) >= _CLEAR
        self.place = self.places[0] if is_clear else ""
        self.thing, self.turn = self.ranked[0], turn
        self.best = self._in_place(self.thing)

    def _in_place(self, thing: str) -> str:
        """The thing where the picture is, unless it would be on itself."""
        is_itself = bool(set(self.place.split()) & _nouns(thing))
        return thing if is_itself or not self.place else f"{thing} {self.place}"

    def misses(self) -> list[str]:
        """Two other things, the first of them in the right place."""
        said = _nouns(self.thing)
        found: list[str] = []
        for thing in (self.ranked[k] for k in _MISSES if k < len(self.ranked)):
            if not _nouns(thing) & said:
                said |= _nouns(thing)
                found.append(thing if found else self._in_place(thing))
        return found[:2]

    def elsewhere(self) -> list[str]:
        """The thing in a place that fits less than most."""
        half = self.places[len(self.places) // 2 :]
        return [f"{self.thing} {half[7 * self.turn % len(half)]}"] if half else []


def _nouns(thing: str) -> set[str]:
    return set(thing.split()) - {"a", "an", "the", "of"}


def _rank(texts: Sequence[str], scores: NDArray[np.float32]) -> list[str]:
    order: list[int] = np.argsort(-scores).tolist()
    return [texts[k] for k in order]
