"""Regular expressions of `tokenizer.json`, in Oniguruma's syntax, as JavaScript's.

What a class such as `\\p{L}` matches differs between Oniguruma's version of Unicode and a
browser's, so it is found by trying all characters and listed; the pattern names the list.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from tokenizers import Regex, pre_tokenizers

from builder.errors import ModelError
from builder.text.characters import CHARACTERS, EMPTY_PLANES, SEPARATOR, to_spans
from builder.vocabulary import CodePoints

_TOKEN = re.compile(
    r"""
    (?P<property>\\[pP]\{\^?\w+\}) | (?P<class>\\[sSdDwWhH])
    | (?P<code>\\x\{[0-9A-Fa-f]{1,6}\}|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4})
    | (?P<control>\\[rntfve]) | (?P<escaped>\\[^\w\s]) | (?P<group>\(\?(?:[:=!]|<[=!]|i:)|\((?!\?))
    | (?P<quantifier>(?:[*+?]|\{\d+(?:,\d*)?\}|\{,\d+\})) | (?P<sign>[|)]) | (?P<any>\.)
    | (?P<start>\^) | (?P<end>\$) | (?P<open>\[\^?) | (?P<char>[^\\()\[\]*+?{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_CONTROLS = {"r": "\r", "n": "\n", "t": "\t", "f": "\f", "v": "\v", "e": "\x1b"}


@dataclass
class PatternWriter:
    """Writes patterns and collects the classes that they name."""

    classes: dict[str, CodePoints] = field(default_factory=dict[str, CodePoints])

    def name_class(self, name: str, spans: CodePoints) -> str:
        """The element of a bracket that stands for the characters."""
        self.classes[name] = spans
        return f"\\p{{{name}}}"

    def translate(self, source: str) -> str:
        """The pattern in JavaScript.

        Raises:
            ModelError: for anything whose meaning could differ.
        """
        return "".join(self._translate(source))

    def _translate(self, source: str) -> Iterator[str]:
        folds = [False]
        position = 0
        quantified = False
        while position < len(source):
            match = _TOKEN.match(source, position)
            if not match:
                raise _refuse(source, position)
            position, kind, text = match.end(), match.lastgroup, match[0]
            if kind == "group":
                folds.append(folds[-1] or text == "(?i:")
                yield "(?:" if text in ("(", "(?i:") else text
            elif kind == "open":
                part, position = self._translate_bracket(source, position, folds[-1])
                yield f"{text}{part}]"
            elif kind == "quantifier":
                # A second sign: lazy, possessive, or a repetition of the repetition.
                if quantified and (text != "?" or source[match.start() - 1] == "}"):
                    raise _refuse(source, match.start())
                yield text
            elif kind == "sign":
                if text == ")":
                    folds.pop()
                    if not folds:
                        raise _refuse(source, match.start())
                yield text
            else:
                yield self._translate_atom(kind or "", text, folds[-1])
            quantified = kind == "quantifier" and not quantified
        if len(folds) != 1:
            raise _refuse(source, len(source))

    def _translate_atom(self, kind: str, text: str, fold: bool) -> str:
        match kind:
            case "property" | "class":
                return f"[{self._list_class(text)}]"
            case "any":
                return "[^\\n]"
            case "start":
                return "(?<![^\\n])"
            case "end":
                return "(?![^\\n])"
            case _:
                return self._write_char(_char_of(kind, text), fold)

    def _write_char(self, char: str, fold: bool) -> str:
        if fold and len(alike := _match_alone(f"(?i:{re.escape(char)})")) > 2:
            return f"[{_list_spans(alike)}]"
        return quote(char)

    def _translate_bracket(self, source: str, position: int, fold: bool) -> tuple[str, int]:
        """What is between the brackets, and the position after them."""
        parts: list[str] = []
        while True:
            match = _TOKEN.match(source, position)
            if source[position : position + 1] == "]" and parts:
                return "".join(parts), position + 1
            if source[position : position + 1] in ("*", "+", "?", "{", "}", "(", ")", "|", "."):
                kind, text, position = "char", source[position], position + 1
            elif not match or match.lastgroup in ("open", "group", "start"):
                raise _refuse(source, position)
            else:
                kind, text, position = match.lastgroup or "", match[0], match.end()
            if text == "&" and source[position : position + 1] == "&":
                raise _refuse(source, position)
            if kind in ("property", "class"):
                parts.append(self._list_class(text))
            elif text == "-" and parts and source[position : position + 1] != "]":
                parts.append("-")
            elif fold:
                char = _char_of(kind, text)
                if (parts and parts[-1] == "-") or source[position : position + 1] == "-":
                    raise _refuse(source, position)
                parts.append(_list_spans(_match_alone(f"(?i:{re.escape(char)})")))
            else:
                parts.append(quote(_char_of(kind, text)))

    def _list_class(self, text: str) -> str:
        name = re.sub(r"\W", "", text.replace("P", "not").replace("^", "not"))
        return self.name_class(name, _match_alone(text))


def quote(char: str) -> str:
    """Characters as a pattern that matches nothing else, within brackets too."""
    return "".join(c if c.isalnum() and c.isascii() else f"\\u{{{ord(c):x}}}" for c in char)


def list_class(spans: CodePoints) -> str:
    """A class of JavaScript with the characters."""
    return f"[{_list_spans(spans)}]"


def _list_spans(spans: CodePoints) -> str:
    pairs = zip(spans[::2], spans[1::2], strict=True)
    return "".join(f"\\u{{{a:x}}}" if a == b else f"\\u{{{a:x}}}-\\u{{{b:x}}}" for a, b in pairs)


def _char_of(kind: str, text: str) -> str:
    match kind:
        case "code":
            return chr(int(re.sub(r"[\\xu{}]", "", text), 16))
        case "control":
            return _CONTROLS[text[1]]
        case "escaped":
            return text[1]
        case "char" | "end" | "any" | "sign" | "quantifier":
            return text
        case _:
            raise ModelError(f"the pattern has {text!r} where a character is expected.")


@cache
def _match_alone(pattern: str) -> CodePoints:
    """The characters that a pattern matches when they are alone."""
    split = pre_tokenizers.Split(Regex(pattern), behavior="removed").pre_tokenize_str
    kept: set[int] = set()
    text = "".join((*CHARACTERS, SEPARATOR, EMPTY_PLANES[0]))
    for _, (start, end) in split(text):
        kept.update(range(start, end))
    found = {char for index, char in enumerate(text) if index not in kept}
    return to_spans(found.union(EMPTY_PLANES) if EMPTY_PLANES[0] in found else found)


def _refuse(source: str, position: int) -> ModelError:
    return ModelError(
        f"the pattern {source!r} has {source[position : position + 6]!r} at {position}, which is"
        " not supported."
    )


@cache
def known_spans() -> Mapping[str, CodePoints]:
    """Characters that Rust calls white space or numeric, and signs of punctuation."""
    text = "x" + "x".join((*CHARACTERS, SEPARATOR)) + "x"

    def find_removed(splitter: pre_tokenizers.PreTokenizer) -> CodePoints:
        kept: set[int] = set()
        for _, (start, end) in splitter.pre_tokenize_str(text):
            kept.update(range(start, end))
        return to_spans(text[i] for i in range(1, len(text), 2) if i not in kept)

    digits = pre_tokenizers.Digits(individual_digits=True).pre_tokenize_str(text)
    return {
        "white": find_removed(pre_tokenizers.WhitespaceSplit()),
        "numeric": to_spans(
            text[start] for _, (start, end) in digits if end - start == 1 and start % 2 == 1
        ),
        "punctuation": find_removed(pre_tokenizers.Punctuation("removed")),
    }
