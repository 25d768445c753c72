"""The scripts that texts are written in, by the names that Unicode gives to letters."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Set
from functools import cache

_LEAST_SHARE = 0.01
"""Of the letters of a text, so that a foreign name does not bring a whole script along."""

_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"})
_ANYWHERE = 0x2100
"""Digits, signs and punctuation below this code point go with every script."""
_EAST_ASIAN_SIGNS = (*range(0x3000, 0x3040), *range(0xFF00, 0xFF66))


@cache
def script_of(char: str) -> str | None:
    """The script of a letter or mark, such as LATIN; None for any other character."""
    if unicodedata.category(char)[0] not in "LM":
        return None
    script = unicodedata.name(char, "").partition(" ")[0]
    return None if script in ("COMBINING", "") else script


def find_scripts(texts: Iterable[tuple[str, float]]) -> frozenset[str]:
    """The scripts that have at least 1 % of the letters of texts, which have weights."""
    letters: Counter[str] = Counter()
    for text, weight in texts:
        for char in text:
            if script := script_of(char):
                letters[script] += weight  # pyright: ignore[reportArgumentType]
    least = _LEAST_SHARE * sum(letters.values())
    return frozenset(script for script, weight in letters.items() if weight >= least)


def goes_with(char: str, scripts: Set[str]) -> bool:
    """Whether a character belongs to texts in these scripts."""
    if script := script_of(char):
        return script in scripts
    code = ord(char)
    return code < _ANYWHERE or (code in _EAST_ASIAN_SIGNS and bool(scripts & _EAST_ASIAN))
