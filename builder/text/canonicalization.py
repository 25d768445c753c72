"""What is done to a text before its tokenizer sees it, in Python and in the browser alike.

webapp_src/src/tokenizers/canonicalization.ts does the same. The steps:

- `lower-ascii`: A to Z become a to z, nothing else changes. This is TensorFlow's
  `tf.strings.lower`, hence the `lower` of big_vision's preprocessing and of its `tokenize`: what
  SigLIP, SigLIP 2 and the towers of LiT with a SentencePiece vocabulary were trained with.
- `lower`: every capital letter of Unicode 14 becomes the small one, each by itself: there is no
  final sigma, and İ becomes i with a dot above. Later versions of Unicode have more capitals, which
  only some versions of Python and of browsers know, so they stay.
- `strip-punctuation`: underscores become spaces, and the rest of ASCII punctuation is removed.
- `collapse-spaces`: runs of what Python calls space become one U+0020; none stays at the ends.

The last three, in the order `strip-punctuation`, `lower`, `collapse-spaces`, are what big_vision's
zero-shot evaluation does to class names (`prompt_engineering.py`).
"""

import re
from collections.abc import Callable, Mapping, Sequence

from builder.manifest import CanonicalizationStep

_CAPITALS = re.compile(
    "["
    r"A-\u0376\u037f\u0386-\u038a\u038c\u038e-\u03a1\u03a3-\u052e\u0531-\u0556\u10a0-\u10c5"
    r"\u10c7\u10cd\u13a0-\u13f5\u1c90-\u1cba\u1cbd-\u1cbf\u1e00-\u1f0f\u1f18-\u1f1d"
    r"\u1f28-\u1f3f\u1f48-\u1f4d\u1f59\u1f5b\u1f5d\u1f5f-\u1f6f\u1f88-\u1faf\u1fb8-\u1fbc"
    r"\u1fc8-\u1fcc\u1fd8-\u1fdb\u1fe8-\u1fec\u1ff8-\u1ffc\u2126-\u2183\u24b6-\u24cf"
    r"\u2c00-\u2cf2\ua640-\ua69a\ua722-\ua7c9\ua7d0\ua7d6-\ua7d8\ua7f5\uff21-\uff3a"
    r"\U00010400-\U00010427\U000104b0-\U000104d3\U00010570-\U0001057a\U0001057c-\U0001058a"
    r"\U0001058c-\U00010592\U00010594-\U00010595\U00010c80-\U00010cb2\U000118a0-\U000118bf"
    r"\U00016e40-\U00016e5f\U0001e900-\U0001e921"
    "]"
)
"""Spans from capital to capital of Unicode 14 that hold no unassigned code point."""

_SPACES = re.compile(r"[\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")

_PUNCTUATION = re.compile(r"[!-/:-@[-`{-~]")


def canonicalize(text: str, steps: Sequence[CanonicalizationStep]) -> str:
    """The text after those steps, in their order, and with U+FFFD for each lone surrogate."""
    text = replace_lone_surrogates(text)
    for step in steps:
        text = _STEPS[step](text)
    return text


def replace_lone_surrogates(text: str) -> str:
    """The text as UTF-8 can hold it: half a character, which browsers accept, becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _lower_ascii(text: str) -> str:
    return text.translate({code: code + 32 for code in range(ord("A"), ord("Z") + 1)})


def _lower(text: str) -> str:
    return _CAPITALS.sub(lambda letter: letter[0].lower(), text)


def _strip_punctuation(text: str) -> str:
    return _PUNCTUATION.sub("", text.replace("_", " "))


def _collapse_spaces(text: str) -> str:
    return _SPACES.sub(" ", text).strip(" ")


_STEPS: Mapping[CanonicalizationStep, Callable[[str], str]] = {
    "lower-ascii": _lower_ascii,
    "lower": _lower,
    "strip-punctuation": _strip_punctuation,
    "collapse-spaces": _collapse_spaces,
}
