"""Changes to a `demo.toml` that leave alone everything an author wrote in it."""

from collections.abc import Iterable, Mapping, Sequence

import tomlkit
from tomlkit.items import Array

from builder.drafting.project import DRAFT
from builder.spec.lines import index_lines

_DIGITS = 3
"""Of a focal point: a thousandth of a picture is less than anyone sees."""


def find_unwritten(text: str) -> list[int]:
    """The places of the tables `[[images]]` whose prompts nobody has written: none, or drafts.

    Where a prompt table is named, those that a table leaves out are there.
    """
    document = tomlkit.parse(text)
    found: list[int] = []
    for place, table in enumerate(document.get("images", ())):
        prompts = table.get("prompts")
        if _is_draft(prompts) if prompts else "prompt_table" not in document:
            found.append(place)
    return found


def _is_draft(prompts: Array) -> bool:
    """Whether a comment of the list says so, and not one of its prompts."""
    lines = prompts.as_string().splitlines()
    return any(line.lstrip().startswith(DRAFT) for line in lines)


def write_prompts(text: str, prompts: Mapping[int, Sequence[str]], note: str) -> str:
    """The text with these prompts at those places, and in each list a comment that says it."""
    document = tomlkit.parse(_make_room(text, prompts, "prompts", "[]"))
    for place, table in enumerate(document.get("images", ())):
        if place in prompts:
            table["prompts"] = _make_array(prompts[place], f"{DRAFT}: {note}")
    return tomlkit.dumps(document)


def write_focal_point(text: str, place: int, point: tuple[float, float]) -> str:
    """The text with this focal point of the picture in the table `[[images]]` of that place."""
    value = [round(fraction, _DIGITS) for fraction in point]
    document = tomlkit.parse(_make_room(text, [place], "focal_point", "[0.5, 0.5]"))
    document["images"][place]["focal_point"] = value  # pyright: ignore[reportIndexIssue]
    return tomlkit.dumps(document)


def _make_room(text: str, places: Iterable[int], key: str, value: str) -> str:
    """The text with this key below the file of each picture that does not have it.

    At the end of a table it would come after comments that are about the next one.
    """
    at = index_lines(text)
    lines = text.split("\n")
    for place in sorted(places, reverse=True):
        file = at.get(("images", place, "file"))
        if file and ("images", place, key) not in at:
            end = "\r" if lines[file - 1].endswith("\r") else ""
            lines.insert(file, f"{key} = {value}{end}")
    return "\n".join(lines)


def _make_array(prompts: Sequence[str], comment: str) -> Array:
    array = tomlkit.array()
    array.add_line(indent="  ", comment=comment.removeprefix("# "))
    for prompt in prompts:
        array.add_line(prompt, indent="  ")
    array.add_line(indent="")
    return array
