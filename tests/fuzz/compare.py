"""Where the browser's rows are not Python's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from builder.text.tokenizer import Tokenizer
from tests.fuzz.browser import BrowserTokenizer

_BATCH = 250


@dataclass(frozen=True)
class Difference:
    """A text with two token rows."""

    text: str
    python: list[int]
    browser: list[int]

    def __str__(self) -> str:
        same = [a == b for a, b in zip(self.python, self.browser, strict=False)]
        at = same.index(False) if False in same else len(same)
        near = slice(max(0, at - 2), at + 5)
        return (
            f"{self.text[:200]!a}: from token {at} on, Python has {self.python[near]},"
            f" the browser {self.browser[near]}"
        )


def differences(
    tokenizer: Tokenizer, browser: BrowserTokenizer, texts: Sequence[str]
) -> Iterator[Difference]:
    """All texts whose rows differ."""
    pad_id = int(tokenizer([""])[0, -1])
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        answers = zip(batch, tokenizer(batch), browser.rows(batch), strict=True)
        for text, row, answer in answers:
            filled = np.flatnonzero(row != pad_id)
            expected: list[int] = row[: filled[-1] + 1 if len(filled) else 0].tolist()
            if expected != answer:
                yield Difference(text, expected, answer)
