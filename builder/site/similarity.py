"""How similar pictures and captions are that do not belong together: what chance looks like."""

from collections.abc import Mapping, Sequence

import numpy as np

from builder.embedding.embed import Rows

_PARTS = 100
_MOST_PICTURES = 500
"""More would take long and say the same."""


def chance_cosines(
    zimg: Rows, ztxt: Mapping[str, Rows], prompts: Sequence[Sequence[str]]
) -> tuple[float, ...]:
    """The percentiles, from the 0th to the 100th, of cosines of pictures and others' prompts.

    `zimg` are unit rows float32[n, d], `ztxt` those of texts, and `prompts` the texts of each of
    the n pictures. Nothing for a demo without any, or whose pictures all have the same prompts.
    """
    if not prompts:
        return ()
    spread = np.linspace(0, len(zimg) - 1, _MOST_PICTURES)
    chosen: list[int] = np.unique(spread.astype(int)).tolist()
    texts = sorted({text for i in chosen for text in prompts[i]})
    cosines = zimg[chosen] @ np.stack([ztxt[text] for text in texts]).T
    foreign = np.array([[text not in prompts[i] for text in texts] for i in chosen])
    if not foreign.any():
        return ()
    percentiles = np.percentile(cosines[foreign], np.arange(_PARTS + 1))
    return tuple(round(float(cosine), 4) for cosine in percentiles)
