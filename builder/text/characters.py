"""What a library does to characters, found by trying all of them.

Hugging Face's `tokenizers` mixes tables of several versions of Unicode, and a browser has yet
another one. So a site carries what the library did, and the web app looks it up.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from tokenizers import normalizers

from builder.vocabulary import CodePoints

SEPARATOR = "\u01c3"
"""A letter that no table of Unicode changes, whatever is beside it, and that nothing becomes."""
CHARACTERS = [
    char
    for code in (*range(0xD800), *range(0xE000, 0x40000), *range(0xE0000, 0x110000))
    if (char := chr(code)) != SEPARATOR
]
EMPTY_PLANES = [chr(code) for code in range(0x40000, 0xE0000)]
"""Unicode has nothing there: what a library does to one of them it does to all."""
_BLOCK = 4096

_SHOWN = (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))
_HIDDEN = tuple(byte for byte in range(0x100) if byte not in _SHOWN)
BYTES_BY_LETTER = {
    **{chr(byte): byte for byte in _SHOWN},
    **{chr(0x100 + place): byte for place, byte in enumerate(_HIDDEN)},
}
"""The byte that each letter stands for in byte-level vocabularies, in the order of GPT-2's
`bytes_to_unicode`."""

Normalize = Callable[[str], str]


def find_changes(normalize: Normalize, context: str = "{}") -> dict[str, str]:
    """What becomes of the characters that a normalizer changes, each alone in `context`."""
    changes: dict[str, str] = {}
    for chars in blocks():
        texts = [context.replace("{}", char) for char in chars]
        results = normalize(SEPARATOR.join(texts)).split(SEPARATOR)
        for char, text, result in zip(chars, texts, results, strict=True):
            if text != result:
                changes[char] = result
    return changes


def find_reordered() -> set[str]:
    """Characters that decompose canonically, or have a combining class and so may move."""
    nfd = normalizers.NFD().normalize_str
    # The first mark, of class 1, moves before all but its own class, which in turn moves before the
    # second, of class 220. Nothing combines with "x".
    before, after = "x{}\u0334", "x\u0323{}"
    return {*find_changes(nfd), *find_changes(nfd, before), *find_changes(nfd, after)}


def blocks() -> Iterator[list[str]]:
    """All characters but the separator, some thousand at a time."""
    for start in range(0, len(CHARACTERS), _BLOCK):
        yield CHARACTERS[start : start + _BLOCK]


def to_spans(chars: Iterable[str]) -> CodePoints:
    """First and last code point of each run."""
    codes = sorted(map(ord, chars))
    gaps = [(a, b) for a, b in pairwise(codes) if b > a + 1]
    ends = [a for a, _ in gaps] + codes[-1:]
    starts = codes[:1] + [b for _, b in gaps]
    return tuple(code for span in zip(starts, ends, strict=True) for code in span)
