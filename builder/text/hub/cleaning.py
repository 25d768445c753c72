"""What open_clip does to a text before it tokenizes it, in Python and as steps for the web app.

Three functions of `open_clip/tokenizer.py`: `lower`, `whitespace` and `canonicalize`. All begin
with ftfy's `fix_text`. Its repair of mojibake rests on statistics of the letters of a dozen
encodings; it is left out here and in the browser, so that a text such as "cafÃ©" keeps its letters,
which open_clip would make "café". All its other steps are here.
"""

import html
import re
import string
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from html import entities
from typing import Literal

from builder.text.characters import CHARACTERS, to_spans
from builder.text.hub.patterns import PatternWriter, quote
from builder.text.hub.pipeline import Cleaning
from builder.text.hub.steps import make_map, make_python_form, make_python_lower
from builder.vocabulary import (
    CodePoints,
    FixTextStep,
    HtmlReferences,
    ReplaceStep,
    TextStep,
    UnescapeStep,
)

CleanKind = Literal["lower", "whitespace", "canonicalize"]

_ENTITY = re.compile(r"&#?[0-9A-Za-z]{1,24};")
# These two mean the same in Python and in JavaScript.
_TERMINAL = r"\x1b\[(?:[0-9]|;)*[a-zA-Z]"
_BREAKS = r"\r\n|[\r\u2028\u2029\u0085]"
_QUOTES = {"'": "\u02bc\u2018\u2019\u201a\u201b", '"': "\u201c\u201d\u201e\u201f"}
_LIGATURES = {
    **{"Ĳ": "IJ", "ĳ": "ij", "ŉ": "\u02bcn", "Ǳ": "DZ", "ǲ": "Dz", "ǳ": "dz", "Ǆ": "DŽ", "ǅ": "Dž"},
    **{"ǆ": "dž", "Ǉ": "LJ", "ǈ": "Lj", "ǉ": "lj", "Ǌ": "NJ", "ǋ": "Nj", "ǌ": "nj", "ﬀ": "ff"},
    **{"ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "\u017ft", "ﬆ": "st"},
}
_REMOVED = "".join(
    map(
        chr,
        (
            *range(9),
            0xB,
            *range(0xE, 0x20),
            0x7F,
            *range(0x206A, 0x2070),
            0xFEFF,
            *range(0xFFF9, 0xFFFD),
        ),
    )
)


def make_cleaning(kind: CleanKind) -> Cleaning:
    """The cleaning that open_clip calls by that name."""

    def describe(patterns: PatternWriter) -> Sequence[TextStep]:
        white = f"[{patterns.name_class('space', list_spaces())}]"
        strip = ReplaceStep(pattern=f"^{white}+|{white}+$", content="")
        collapse = ReplaceStep(pattern=f"{white}+", content=" ")
        basic = [_make_fix_text(), UnescapeStep(), UnescapeStep(), strip]
        match kind:
            case "whitespace":
                return [*basic, collapse]
            case "lower":
                return [*basic, collapse, *make_python_lower()]
            case "canonicalize":
                signs = quote(string.punctuation)
                return [
                    *basic,
                    ReplaceStep(pattern="_", content=" "),
                    ReplaceStep(pattern=f"[{signs}]", content=""),
                    *make_python_lower(),
                    collapse,
                    strip,
                ]

    def apply(text: str) -> str:
        text = html.unescape(html.unescape(fix_text(text))).strip()
        match kind:
            case "whitespace":
                return " ".join(text.split())
            case "lower":
                return " ".join(text.split()).lower()
            case "canonicalize":
                text = text.replace("_", " ").translate(dict.fromkeys(map(ord, string.punctuation)))
                return " ".join(text.lower().split())

    return Cleaning(apply, describe, _list_references())


def fix_text(text: str) -> str:
    """What ftfy's function of that name does, without its repair of mojibake."""
    fixed: list[str] = []
    unescape = True
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        unescape = unescape and "<" not in line
        fixed.append(_fix_line(line, unescape))
    return "".join(fixed)


def _fix_line(line: str, unescape: bool) -> str:
    changes = str.maketrans(dict(_changes()))
    while True:
        before = line
        if unescape:
            line = _ENTITY.sub(_unescape_entity, line)
        line = re.sub(_BREAKS, "\n", line.translate(changes))
        line = re.sub(_TERMINAL, "", line).translate(dict.fromkeys(map(ord, _REMOVED)))
        line = unicodedata.normalize("NFC", line)
        if line == before:
            return line


def _unescape_entity(match: re.Match[str]) -> str:
    text = match[0]
    if text.startswith("&#"):
        unescaped = html.unescape(text)
        return text if ";" in unescaped else unescaped
    return _entities().get(text[1:], text)


@cache
def _entities() -> Mapping[str, str]:
    """By name with semicolon; also names in capitals where these have no other meaning."""
    found: dict[str, str] = {}
    for name, text in entities.html5.items():
        if name.endswith(";"):
            found[name] = text
            upper = f"&{name.upper()}"
            if name == name.lower() and html.unescape(upper) == upper:
                found[upper[1:]] = text.upper()
    return found


@cache
def _changes() -> Mapping[str, str]:
    """C1 controls, ligatures, wide and narrow letters and curly quotes, each by itself."""
    quotes = {char: mark for mark, chars in _QUOTES.items() for char in chars}
    return {
        char: result
        for char in CHARACTERS
        if (result := "".join(quotes.get(c, c) for c in _widen(_fix_control(char)))) != char
    }


def _fix_control(char: str) -> str:
    if "\x80" <= char <= "\x9f":
        return char.encode("latin-1").decode("windows-1252", "ignore") or char
    return _LIGATURES.get(char, char)


def _widen(text: str) -> str:
    return "".join(
        unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uffef" or c == "\u3000" else c
        for c in text
    )


@cache
def list_spaces() -> CodePoints:
    """What Python calls space."""
    return to_spans(char for char in CHARACTERS if char.isspace())


@cache
def _list_references() -> HtmlReferences:
    """`html.unescape`, from what it makes of the number of every character."""
    codes = (*range(0xD800), *range(0xE000, 0x110000))
    texts = {code: html.unescape(f"&#{code};") for code in codes}
    odd = {code: text for code, text in texts.items() if text != chr(code)}
    return HtmlReferences(
        entities=dict(entities.html5),
        capitals={name: text for name, text in _entities().items() if name not in entities.html5},
        replaced={code: text for code, text in odd.items() if text},
        dropped=to_spans(chr(code) for code, text in odd.items() if not text),
    )


@cache
def _make_fix_text() -> FixTextStep:
    return FixTextStep(
        steps=(
            make_map(_changes()),
            ReplaceStep(pattern=_BREAKS, content="\n"),
            ReplaceStep(pattern=_TERMINAL, content=""),
            make_map(dict.fromkeys(_REMOVED, "")),
            make_python_form("NFC"),
        ),
    )
