"""What a demo answers in JAX, and which of that is lost when a tower is computed otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from builder.model import Rows

MIN_COSINE = 0.9995
"""The least cosine to JAX's row of a text that is offered for a picture, or may be typed."""

MIN_COSINE_ELSEWHERE = 0.999
"""That of any other text, by which a page knows a working encoder (webapp_src, goldens.ts)."""

Places = NDArray[np.intp]
"""Where texts are among all."""


@dataclass(frozen=True)
class Answers:
    """What a demo answers in JAX: rows float32[n, d] of its pictures and texts, and which is best.

    `choices` has the places of the texts that are offered for each picture, `typed` those of texts
    like what visitors type where nothing is offered.
    """

    zimg: Rows
    ztxt: Rows
    choices: Sequence[Sequence[int]]
    typed: Sequence[int] = ()

    def find_lost(self, found: Rows, places: Places | None = None) -> Places:
        """The texts whose rows are too far from JAX's, the farthest first, then lost choices.

        `found` are the rows of all texts, or of those at `places`; others are taken as they are. A
        choice is lost if another text of the picture fits best; it has two texts.
        """
        rows = found
        if places is not None:
            rows = self.ztxt.copy()
            rows[places] = found
        cosines = _cosines(rows, self.ztxt)
        order = np.argsort(np.nan_to_num(cosines, nan=-1))
        # Written so that NaN, which is neither within nor beyond a limit, is lost.
        far = [place for place in order if not cosines[place] >= self._limits[place]]
        pairs = zip(self.best(self.ztxt), self.best(rows), strict=True)
        lost = [place for pair in pairs if pair[0] != pair[1] for place in pair]
        return np.array(list(dict.fromkeys([*far, *lost])), np.intp)

    @cached_property
    def _limits(self) -> NDArray[np.float64]:
        limits = np.full(len(self.ztxt), MIN_COSINE_ELSEWHERE)
        limits[[place for texts in (*self.choices, self.typed) for place in texts]] = MIN_COSINE
        return limits

    def best(self, ztxt: Rows) -> list[int]:
        """The place of the best text of each picture that has texts."""
        pairs = zip(self.zimg, self.choices, strict=True)
        return [texts[int(np.argmax(ztxt[list(texts)] @ row))] for row, texts in pairs if texts]


@dataclass(frozen=True)
class PictureAnswers:
    """What a demo answers in JAX for pictures: rows float32[n, d] of them and of its texts.

    `choices` has the places of the texts that are offered for each picture.
    """

    zimg: Rows
    ztxt: Rows
    choices: Sequence[Sequence[int]]

    def find_lost(self, found: Rows, places: Places | None = None) -> Places:
        """The pictures whose rows are too far from JAX's, or which another text then fits best.

        `found` are the rows of all pictures, or of those at `places`; the farthest come first.
        """
        every = np.arange(len(self.zimg)) if places is None else places
        expected = self.zimg[every]
        cosines = np.nan_to_num(_cosines(found, expected), nan=-1)
        is_lost = [
            cosine < MIN_COSINE or self._best(place, row) != self._best(place, exact)
            for place, row, exact, cosine in zip(
                every.tolist(), found, expected, cosines, strict=True
            )
        ]
        order = np.argsort(cosines)
        return every[order][np.array(is_lost, bool)[order]]

    def _best(self, place: int, row: Rows) -> int | None:
        texts = list(self.choices[place])
        return texts[int(np.argmax(self.ztxt[texts] @ row))] if texts else None


def _cosines(found: Rows, expected: Rows) -> Rows:
    """float32[n] of rows [n, d], pair by pair; NaN for a row of zeros, or with a NaN in it."""
    with np.errstate(invalid="ignore", divide="ignore"):
        lengths = np.linalg.norm(found, axis=1) * np.linalg.norm(expected, axis=1)
        return (found * expected).sum(1) / lengths
