"""A `demo.toml` as text and as a table, with what is wrong in it said in an author's words."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from builder.errors import Problem, SpecError
from builder.input_file import read_input_text
from builder.spec.types import BACKSLASH
from builder.validation import Finding, Location

_REMEDY = "Name a demo.toml; `lit-demo new DIR` writes one to start from."

_MAX_DEPTH = 32
"""Tables within tables; no demo needs more than six."""
_INTEGERS = range(-(2**63), 2**63)
"""Those that TOML has."""

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_CURLY = re.compile("[\u2018-\u201f\u00ab\u00bb]")
"""Quotes that text processors put in place of straight ones."""


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """The text of a TOML file, which may begin with a byte order mark, and its table.

    Raises:
        BuilderError: if it cannot be read, or is not text in UTF-8.
        SpecError: if it is not valid TOML, with the line.
    """
    text = read_input_text(path, _REMEDY)
    return text, _parse(path, text)


def quote(text: str) -> str:
    """A TOML string: written as in JSON, except for DEL, which TOML wants escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def find_extremes(table: dict[str, Any]) -> Iterator[Finding]:
    """Values that no demo can have: tables nested too deeply, integers that TOML does not have."""
    waiting: list[tuple[Location, Any]] = [((), table)]
    while waiting:
        location, value = waiting.pop()
        if isinstance(value, int) and value not in _INTEGERS:
            yield Finding(location, "the number is beyond 64 bits", "Write a smaller one.")
        elif isinstance(value, dict | list) and len(location) == _MAX_DEPTH:
            yield Finding(
                location[:2], f"is nested more than {_MAX_DEPTH} deep", "Remove brackets or dots."
            )
        elif isinstance(value, dict):
            waiting += [((*location, str(key)), entry) for key, entry in value.items()]
        elif isinstance(value, list):
            waiting += [((*location, index), entry) for index, entry in enumerate(value)]


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError([_explain(path, text, str(error))]) from None
    except RecursionError:
        found = "not valid TOML for this program: it is nested too deeply"
        raise SpecError([Problem(str(path), found, "Remove brackets.")]) from None
    except ValueError:  # of Python's, for a decimal number of thousands of digits
        long = re.search(r"[\d_]{4000}", text)
        number = text.count("\n", 0, long.start()) + 1 if long else 1
        found = "not valid TOML: the number has thousands of digits"
        raise SpecError([Problem(f"{path}:{number}", found, "Write a smaller one.")]) from None


def _explain(path: Path, text: str, message: str) -> Problem:
    """What tomllib found, with its line, and what stands there in place of what was meant."""
    place = _PLACE.search(message)
    if place is None:
        return Problem(str(path), f"not valid TOML: {message}")
    lines = text.split("\n")
    number = int(place[1]) if place[1] else len(lines)
    line = lines[number - 1]
    remedy = ""
    if curly := _CURLY.search(line):
        remedy = f"The line has a curly quote ({curly[0]}): write straight ones, \" or '."
    elif "\\" in line:
        remedy = BACKSLASH
    found = f"not valid TOML: {message.removesuffix(place[0])}"
    return Problem(f"{path}:{number}", found, remedy)
