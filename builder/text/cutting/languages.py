"""What people write in a language: words by how often they are used, and text made of them.

The words are those of the package wordfreq (Speer 2022, https://doi.org/10.5281/zenodo.7199437),
counted in subtitles, news, books, encyclopedias and what people write on the web.
"""

import importlib
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from builder.errors import BuilderError

EXTRA = "languages"
"""What has to be installed for it."""

WORDS = 200_000
"""The most frequent ones, of which the pieces are counted; held-out text has all others too."""
HELD_OUT = 50_000
"""Texts that are made to measure on."""
_WORDS_PER_TEXT = 10
"""A caption has about as many."""

_WITHOUT_SPACES = frozenset({"ja", "zh"})
_AT_START = 1 / _WORDS_PER_TEXT
_CAPITAL = 0.1
"""How many of the words within a text have a capital, by a rough guess; at its start, half have."""
_COMMA, _FULL_STOP = 0.07, 0.5
_INSTALL = f"Install what knows languages: pip install 'lit-demo-builder[{EXTRA}]'"


@dataclass(frozen=True)
class Language:
    """A language's words with their shares of its text, the most frequent first."""

    code: str
    words: Mapping[str, float]

    @property
    def has_spaces(self) -> bool:
        """Whether there are spaces between its words."""
        return self.code not in _WITHOUT_SPACES

    def contexts(self) -> Iterator[tuple[str, str, float]]:
        """What is before a word, the word, and how often that is, in a language with spaces."""
        for place, (word, share) in enumerate(self.words.items()):
            if place == WORDS:
                return
            capital = word[:1].upper() + word[1:]
            yield "", word, share * _AT_START / 2
            yield "", capital, share * _AT_START / 2
            yield "1", f" {word}", share * (1 - _AT_START) * (1 - _CAPITAL)
            yield "1", f" {capital}", share * (1 - _AT_START) * _CAPITAL

    def write(self, count: int = HELD_OUT, seed: int = 0) -> list[str]:
        """Texts of words drawn at random as often as they are used, all words among them."""
        chance = random.Random(seed)
        space = " " if self.has_spaces else ""
        drawn = chance.choices(
            list(self.words), list(self.words.values()), k=count * _WORDS_PER_TEXT
        )
        texts: list[str] = []
        for start in range(0, len(drawn), _WORDS_PER_TEXT):
            words = [_fill_digits(word, chance) for word in drawn[start : start + _WORDS_PER_TEXT]]
            if space:
                words[:-1] = [f"{w}," if chance.random() < _COMMA else w for w in words[:-1]]
                words[-1] += "." if chance.random() < _FULL_STOP else ""
            text = space.join(words)
            is_capital = chance.random() < 1 / 2
            texts.append(text[:1].upper() + text[1:] if is_capital else text)
        return texts


def read_language(code: str) -> Language:
    """The words of a language, by its code, such as "en".

    Raises:
        BuilderError: if wordfreq is not installed, or does not know the language.
    """
    wordfreq = _import_wordfreq()
    known: Mapping[str, str] = wordfreq.available_languages("best")
    if code not in known:
        raise BuilderError(
            f"languages: there is no list of words of '{code}', but of {', '.join(sorted(known))}.",
            'For another language, give texts in it: corpus = "texts.txt".',
        )
    found: Mapping[str, float] = wordfreq.get_frequency_dict(code, wordlist="best")
    total = sum(found.values())
    words = sorted(found, key=lambda word: (-found[word], word))
    return Language(code, {word: found[word] / total for word in words})


@cache
def _import_wordfreq() -> Any:
    try:
        return importlib.import_module("wordfreq")
    except ImportError:
        raise BuilderError("languages: the package wordfreq is not installed.", _INSTALL) from None


def _fill_digits(word: str, chance: random.Random) -> str:
    """The lists have all numbers of several digits as zeros."""
    if not re.search("00", word):
        return word
    return re.sub("0", lambda _: str(chance.randrange(10)), word)
