"""What pydantic finds wrong with something an author wrote, in words for the author."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic_core import ErrorDetails, PydanticCustomError

from builder.errors import show

Location = tuple[str | int, ...]
"""The path of a key or an entry, such as `("images", 3, "prompts")`."""

_MISTAKE = "mistake"


def mistake(message: str, remedy: str) -> PydanticCustomError:
    """What a validator raises for an impossible value, with what to do about it."""
    return PydanticCustomError(
        _MISTAKE, "{message}. {remedy}", {"message": message, "remedy": remedy}
    )


@dataclass(frozen=True)
class Finding:
    """Something wrong at a location."""

    location: Location
    message: str
    remedy: str


@dataclass(frozen=True)
class Hints:
    """What helps to correct a value, by its key: an example, and what its pattern asks for."""

    examples: Mapping[str, str]
    patterns: Mapping[str, str]


NO_HINTS = Hints({}, {})


def explain_errors(
    details: Iterable[ErrorDetails],
    known_keys: Callable[[Location], list[str]],
    hints: Hints = NO_HINTS,
) -> Iterator[Finding]:
    """Say what pydantic found; `known_keys` gives those that are allowed at a location."""
    for detail in details:
        # Pydantic also calls a list too short when one of its entries is wrong.
        if detail["type"] == "too_short" and detail["input"]:
            continue
        yield _explain(detail, known_keys, hints)


def _explain(
    detail: ErrorDetails, known_keys: Callable[[Location], list[str]], hints: Hints
) -> Finding:
    location = detail["loc"]
    key = next((part for part in reversed(location) if isinstance(part, str)), "")
    example = f"For example: {hints.examples[key]}" if key in hints.examples else ""
    match detail["type"]:
        case "mistake":
            context = detail.get("ctx", {})
            return Finding(location, context["message"], context["remedy"])
        case "extra_forbidden":
            known = known_keys(location)
            close = difflib.get_close_matches(key[:100], known, n=1)
            remedy = f"Did you mean '{close[0]}'?" if close else f"Known keys: {', '.join(known)}."
            return Finding(location, f"unknown key {show(key)}", remedy)
        case "missing":
            return Finding(location, "this key is missing", example)
        case "too_short" if not detail["input"]:
            return Finding(location, "the list is empty", example)
        case "tuple_type":
            return Finding(location, f"expected a list, not {show(detail['input'])}", example)
        case "dict_type" | "model_type":
            return Finding(location, f"expected a table, not {show(detail['input'])}", example)
        case "path_type" | "string_type":
            return Finding(location, f"expected text, not {show(detail['input'])}", example)
        case "string_pattern_mismatch":
            meant = hints.patterns.get(key, "written as it should be")
            return Finding(location, f"{show(detail['input'])} is not {meant}", example)
        case _:
            message = f"{detail['msg'][0].lower()}{detail['msg'][1:]}, not {show(detail['input'])}"
            return Finding(location, message, example)
