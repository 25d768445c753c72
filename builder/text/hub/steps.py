"""What normalizers do to a text, as steps for the web app: found on every character."""

import itertools
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Literal, get_args

from tokenizers import normalizers

from builder.text.characters import (
    CHARACTERS,
    Normalize,
    find_changes,
    find_reordered,
    to_spans,
)
from builder.vocabulary import CharsmapStep, FinalSigmaStep, MapStep, NormalFormStep

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
FORMS: tuple[Form, ...] = get_args(Form)


def make_map(changes: Mapping[str, str]) -> MapStep:
    """A step that makes each of the keys what it stands for."""
    shifts = {a: ord(b) - ord(a) for a, b in changes.items() if len(b) == 1}
    runs: list[list[int]] = []
    for char in sorted(shifts):
        code, shift = ord(char), shifts[char]
        last = runs[-1] if runs else None
        if last and last[3] == shift and code - last[1] in (1, 2):
            stride = code - last[1]
            if last[0] == last[1] or last[2] == stride:
                last[1:3] = [code, stride]
                continue
        runs.append([code, code, 1, shift])
    return MapStep(
        removed=to_spans(char for char, text in changes.items() if not text),
        runs=tuple(itertools.chain.from_iterable(runs)),
        others={char: text for char, text in changes.items() if len(text) > 1},
    )


@cache
def make_rust_lower() -> MapStep:
    """Lower case as the library has it, each character by itself."""
    return make_map(find_changes(normalizers.Lowercase().normalize_str))


@cache
def make_python_lower() -> tuple[FinalSigmaStep, MapStep]:
    """`str.lower` of this Python: the only letter that looks at its neighbours is the sigma."""
    # What is cased makes the sigma after it a final one; what is ignorable lets the A do so.
    cased = {char for char in CHARACTERS if f"{char}\u03a3".lower()[-1] == "\u03c2"}
    passed = {char for char in CHARACTERS if f"A{char}\u03a3".lower()[-1] == "\u03c2"}
    lower = make_map({char: text for char in CHARACTERS if (text := char.lower()) != char})
    return FinalSigmaStep(cased=to_spans(cased), ignorable=to_spans(passed - cased)), lower


@cache
def make_rust_form(form: Form) -> NormalFormStep:
    """A normal form as the library has it."""
    decompose = normalizers.NFKD() if "K" in form else normalizers.NFD()
    return _make_form(form, find_reordered(), decompose.normalize_str)


@cache
def make_python_form(form: Form) -> NormalFormStep:
    """A normal form as this Python has it."""
    reordered = {char for char in CHARACTERS if unicodedata.combining(char)}
    decompose: Form = "NFKD" if "K" in form else "NFD"
    return _make_form(form, reordered, lambda text: unicodedata.normalize(decompose, text))


def _make_form(form: Form, reordered: Iterable[str], decompose: Normalize) -> NormalFormStep:
    """Of characters that decompose, that come of that and may be composed again, or that move.

    All others are as if they were not assigned: they stay, and nothing moves past them.
    """
    changes = find_changes(decompose)
    parts = {char for text in changes.values() for char in text}
    return NormalFormStep(form=form, characters=to_spans({*reordered, *changes, *parts}))


@cache
def make_charsmap(precompiled: str) -> CharsmapStep:
    """The rules of a charsmap, with the clusters that the library makes before it applies them."""
    # Two rules of our own tell where clusters end: of a cluster of less than 6 bytes that begins
    # with a rule's key, the rest is dropped.
    normalize = normalizers.Precompiled(_compile_rules({"a": "x", "\u0301": "y"})).normalize_str

    def find(context: str, result: Callable[[str], str]) -> set[str]:
        return {
            char
            for char in CHARACTERS
            if char not in "a\u0301" and normalize(context.replace("{}", char)) == result(char)
        }

    return CharsmapStep(
        precompiled_charsmap=precompiled,
        joining=to_spans({*find("a{}", lambda _: "x"), "\u0301"}),
        prepending=to_spans(find("{}a\u0302", lambda char: f"{char}x\u0302")),
        controls=to_spans(find("{}\u0301\u0302", lambda char: f"{char}y")),
    )


def _compile_rules(rules: Mapping[str, str]) -> bytes:
    """A charsmap (see `builder.text.sentencepiece_model`) for keys that share no first byte."""
    keys = {key.encode(): value for key, value in rules.items()}
    texts = b"".join(value.encode() + b"\0" for value in rules.values())
    units = [0] * 256
    values = itertools.accumulate((len(v.encode()) + 1 for v in rules.values()), initial=0)
    for (key, _), value in zip(keys.items(), values, strict=False):
        at = 0
        for byte in key:
            if not units[at] >> 10:  # its children go into a block of their own
                units[at] |= (at ^ len(units)) << 10
                units += [0] * 256
            at ^= units[at] >> 10
            at ^= byte
            units[at] |= byte
        units[at] |= (at ^ len(units)) << 10 | 1 << 8
        units += [0] * 256
        units[at ^ (units[at] >> 10)] = value | 1 << 31
    trie = b"".join(unit.to_bytes(4, "little") for unit in units)
    return len(trie).to_bytes(4, "little") + trie + texts
