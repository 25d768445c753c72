"""Texts that a browser must reproduce before its answers are trusted."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from builder.manifest import Golden
from builder.site.built_model import row_id

# An empty text, accents, scripts that need the byte fallback, an emoji of several code points, and
# a text that is cut off.
GOLDEN_TEXTS = (
    "",
    "  Naïve ＣＡＦÉ — 東京 ",
    "👩‍🚀 ᚠᛇᚻ",
    "a very long sentence about a dog that runs and runs and runs until no tokens are left for it",
)
GOLDEN_PROMPTS = 4


def choose_goldens(
    prompts: Sequence[str], texts: Sequence[str], tokens: NDArray[np.int32]
) -> tuple[Golden, ...]:
    """Goldens for the first prompts and for `GOLDEN_TEXTS`, all of which are among the texts.

    `tokens` are the token rows int32[len(texts), max_length].
    """
    chosen = {*GOLDEN_TEXTS, *prompts[:GOLDEN_PROMPTS]}
    return tuple(
        Golden(text=text, tokens=tuple(map(int, row)), row=row_id(text))
        for text, row in zip(texts, tokens, strict=True)
        if text in chosen
    )
