"""Damage by chance, the same for the same seed: to bytes, to texts, and to trees of values."""

import random
import re
import struct
from collections.abc import Callable
from typing import Any

EXTREMES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63 - 1, -(2**63), 10**9, 0.0, -0.0, 1e308, -1e-308),
    *(float("inf"), float("-inf"), float("nan"), "", " ", "none", "\0", "../..", "/", "a" * 300),
    *("a/b", "é", "\u202e", "(b, 2)", "a:b", [], {}, [[]], [{}], [1, 2], ["x"], {"a": 1}),
)
"""Values that stand in place of what is meant, of every type that TOML and JSON have."""

_WORDS = (
    *("0", "-1", "1e999", "-1e999", "NaN", "Infinity", "nan", "inf", "9" * 400, "9" * 5000),
    *("null", "true", '""', "[]", "{}", "[" * 40, "[" * 3000, "{", "}", ",", ":", "=", "\\", "\0"),
    *("\ufeff", "\u201c", '"\\ud800"', '"\\u0000"', "1979-05-27", "0x" + "f" * 60, "a.b.c.d = 1\n"),
)
_TOKEN = re.compile(r'"[^"\n]*"|[\w.+-]+|[^\w\s]')
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def damage_bytes(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to four changes: flipped, cut, repeated, moved or overwritten."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4))):
        chance.choice(_CHANGES)(changed, chance)
    return bytes(changed)


def damage_text(text: str, chance: random.Random) -> bytes:
    """The text with tokens replaced, removed or repeated, or with its bytes damaged."""
    if chance.random() < 0.3:
        return damage_bytes(text.encode(), chance)
    tokens = list(_TOKEN.finditer(text))
    for _ in range(chance.choice((1, 1, 2, 3)) if tokens else 0):
        found = chance.choice(tokens)
        new = chance.choice((chance.choice(_WORDS), "", found[0] * 2, chance.choice(tokens)[0]))
        text = text[: found.start()] + new + text[found.end() :]
        tokens = list(_TOKEN.finditer(text)) or tokens
    return text.encode("utf-8", "surrogatepass")


def damage_tree(tree: Any, chance: random.Random) -> Any:
    """A copy of nested dictionaries and lists with one change at any depth."""
    places = list(_walk(tree))
    path = chance.choice(places)
    return _change(tree, path, chance)


def _walk(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = tree.keys() if isinstance(tree, dict) else range(len(tree)) if _is_list(tree) else ()
    return [path, *(inner for key in keys for inner in _walk(tree[key], (*path, key)))]


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _change(tree: Any, path: tuple[Any, ...], chance: random.Random) -> Any:
    if not path:
        return chance.choice(EXTREMES)
    key, *rest = path
    copy: Any = dict(tree) if isinstance(tree, dict) else list(tree)
    if rest or chance.random() < 0.6:
        copy[key] = _change(copy[key], tuple(rest), chance)
    elif isinstance(copy, list):
        copy[key : key + 1] = [copy[key]] * chance.choice((0, 2))
    elif chance.random() < 0.5:
        del copy[key]
    else:
        copy[f"{key}x"] = copy.pop(key)
    return copy


Change = Callable[[bytearray, random.Random], None]


def _flip(data: bytearray, chance: random.Random) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randint(0, len(data)) :]


def _remove(data: bytearray, chance: random.Random) -> None:
    start = chance.randint(0, len(data))
    del data[start : start + chance.randint(1, 40)]


def _repeat(data: bytearray, chance: random.Random) -> None:
    start = chance.randint(0, len(data))
    part = data[start : start + chance.randint(1, 100)]
    data[start:start] = part * chance.choice((1, 1, 50))


def _overwrite(data: bytearray, chance: random.Random) -> None:
    start = chance.randint(0, len(data))
    data[start : start + chance.randint(1, 16)] = chance.randbytes(chance.randint(0, 16))


def _write_number(data: bytearray, chance: random.Random) -> None:
    start = chance.randint(0, max(0, len(data) - 4))
    order = chance.choice("<>")
    data[start : start + 4] = struct.pack(f"{order}I", chance.choice(_NUMBERS))


def _swap(data: bytearray, chance: random.Random) -> None:
    first, second = sorted(chance.randint(0, len(data)) for _ in range(2))
    data[first:] = data[second:] + data[first:second]


_CHANGES: tuple[Change, ...] = (
    _flip,
    _flip,
    _cut,
    _remove,
    _repeat,
    _overwrite,
    _write_number,
    _write_number,
    _swap,
)
