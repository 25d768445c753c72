"""What BERT's normalizer and pre-tokenizer do to every character, found by trying all of them.

Hugging Face's `tokenizers` mixes tables of three versions of Unicode, and a browser has yet another
one. So a site carries what the library did, and the web app looks it up.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise

from tokenizers import normalizers
from tokenizers.pre_tokenizers import BertPreTokenizer

from builder.manifest import BertCharacters, CodePoints

# No table of Unicode changes it, whatever is beside it, and nothing decomposes into it.
_SEPARATOR = "|"
_CHARACTERS = [
    char
    for code in (*range(0xD800), *range(0xE000, 0x40000), *range(0xE0000, 0x110000))
    if (char := chr(code)) != _SEPARATOR
]
_BLOCK = 4096


@cache
def try_all_characters() -> BertCharacters:
    """What becomes of each character; takes seconds."""
    cleaned = _changes(_one_step(clean_text=True))
    stripped = _changes(_one_step(strip_accents=True))
    return BertCharacters(
        removed=_spans(char for char, result in cleaned.items() if not result),
        spaces=_spans(char for char, result in cleaned.items() if result),
        spaced=_spans(_changes(_one_step(handle_chinese_chars=True))),
        normalized=_spans(_normalized()),
        stripped=_spans(char for char, result in stripped.items() if not result),
        lower=_changes(_one_step(lowercase=True)),
        signs=_spans(_signs()),
    )


def _one_step(
    *,
    clean_text: bool = False,
    handle_chinese_chars: bool = False,
    strip_accents: bool = False,
    lowercase: bool = False,
) -> Callable[[str], str]:
    return normalizers.BertNormalizer(
        clean_text=clean_text,
        handle_chinese_chars=handle_chinese_chars,
        strip_accents=strip_accents,
        lowercase=lowercase,
    ).normalize_str


def _changes(normalize: Callable[[str], str], context: str = "{}") -> dict[str, str]:
    """What becomes of the characters that a normalizer changes, each alone in `context`."""
    changes: dict[str, str] = {}
    for chars in _blocks():
        texts = [context.replace("{}", char) for char in chars]
        results = normalize(_SEPARATOR.join(texts)).split(_SEPARATOR)
        for char, text, result in zip(chars, texts, results, strict=True):
            if text != result:
                changes[char] = result
    return changes


def _normalized() -> set[str]:
    """Characters that decompose, or have a combining class and so may change places."""
    nfd = normalizers.NFD().normalize_str
    # The first mark, of class 1, moves before all but its own class, which in turn moves before the
    # second, of class 220. Nothing combines with "x".
    before, after = "x{}\u0334", "x\u0323{}"
    return {*_changes(nfd), *_changes(nfd, before), *_changes(nfd, after)}


def _signs() -> Iterator[str]:
    """Characters that are words of their own."""
    split = BertPreTokenizer().pre_tokenize_str
    for chars in (*_blocks(), [_SEPARATOR]):
        text = "".join(f"x{char} " for char in chars)
        for _, (start, end) in split(text):
            if end - start == 1 and start % 3 == 1:
                yield text[start]


def _blocks() -> Iterator[list[str]]:
    for start in range(0, len(_CHARACTERS), _BLOCK):
        yield _CHARACTERS[start : start + _BLOCK]


def _spans(chars: Iterable[str]) -> CodePoints:
    """First and last code point of each run."""
    codes = sorted(map(ord, chars))
    gaps = [(a, b) for a, b in pairwise(codes) if b > a + 1]
    ends = [a for a, _ in gaps] + codes[-1:]
    starts = codes[:1] + [b for _, b in gaps]
    return tuple(code for span in zip(starts, ends, strict=True) for code in span)
