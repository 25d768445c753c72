"""Changes to a `demo.toml` that leave alone everything an author wrote in it."""

from collections.abc import Mapping, Sequence

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
    for place, texts in prompts.items():
        text = _write(text, place, "prompts", _make_array(texts, f"{DRAFT}: {note}"))
    return text


def write_focal_point(text: str, place: int, point: tuple[float, float]) -> str:
    """The text with this focal point of the picture in the table `[[images]]` of that place."""
    return _write(text, place, "focal_point", [round(fraction, _DIGITS) for fraction in point])


def _write(text: str, place: int, key: str, value: object) -> str:
    """The text with this value in a table `[[images]]`; a key that is new comes below the file's.

    Only the lines of the key are parsed: of a whole document, tables may get another order. At the
    end of a table, a new key would come after comments that are about the next one.
    """
    at = index_lines(text)
    lines = text.split("\n")
    file, old = (at.get(("images", place, name)) for name in ("file", key))
    if file is None:  # a list of inline tables
        document = tomlkit.parse(text)
        document["images"][place][key] = value  # pyright: ignore[reportIndexIssue]
        return tomlkit.dumps(document)
    if old is None:
        end = "\r" if lines[file - 1].endswith("\r") else ""
        start, stop, part = file, file, f"{key} = 0{end}"
    else:
        start, stop = old - 1, min((n - 1 for n in at.values() if n > old), default=len(lines))
        part = "\n".join(lines[start:stop])
    changed = tomlkit.parse(f"{part}\n")
    changed[key] = value
    written = tomlkit.dumps(changed).removesuffix("\n")
    if "\r\n" in text:
        written = written.replace("\r\n", "\n").replace("\n", "\r\n")
    return "\n".join([*lines[:start], written, *lines[stop:]])


def _make_array(prompts: Sequence[str], comment: str) -> Array:
    array = tomlkit.array()
    array.add_line(indent="  ", comment=comment.removeprefix("# "))
    for prompt in prompts:
        array.add_line(prompt, indent="  ")
    array.add_line(indent="")
    return array
