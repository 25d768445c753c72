"""What share of a text's tokens a cut vocabulary leaves as they were."""

from collections.abc import Sequence

from builder.errors import ModelError
from builder.text.cutting.closures import Kept
from builder.text.tokenizer import CuttableTokenizer, number


def measure_share(
    whole: CuttableTokenizer, smaller: CuttableTokenizer, kept: Kept, texts: Sequence[str]
) -> float:
    """The share of the texts' tokens that are kept.

    Raises:
        ModelError: if a text has kept tokens only, but the cut vocabulary gives it others.
    """
    places = number(kept.rows)
    total = same = 0
    for text, before, after in zip(
        texts, whole.segment(texts), smaller.segment(texts), strict=True
    ):
        found = [places.get(index) for index in before]
        if None not in found and found != after:
            raise ModelError(
                f"the vocabulary cannot be cut: {text[:60]!r} would get other tokens, although all"
                " of its own were kept.",
                "Remove [models.vocabulary].",
            )
        total += len(found)
        same += len(found) - found.count(None)
    return same / total if total else 1.0
