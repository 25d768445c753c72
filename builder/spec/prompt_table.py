"""Prompts that an author keeps in a CSV beside `demo.toml`."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.csv_rows import read_rows, texts_of
from builder.errors import Problem, SpecError
from builder.spec.images import id_of_image


@dataclass(frozen=True)
class TableRow:
    """Prompts of one picture, which is named by its id or as its file is in `demo.toml`."""

    line: int
    image: str
    prompts: tuple[str, ...]


def read_prompt_table(path: Path) -> list[TableRow]:
    """The rows of a CSV with the columns `image` and `prompt`, or `prompt1`, `prompt2` ...

    Raises:
        BuilderError: if it cannot be read.
        SpecError: if it is not such a table, with the line.
    """
    return [
        TableRow(line, row["image"].strip(), tuple(texts_of(row, "prompt")))
        for line, row in read_rows(path, ("image", "prompt"))
    ]


def add_prompts(
    images: Sequence[Mapping[str, Any]], rows: Sequence[TableRow], path: Path
) -> list[dict[str, Any]]:
    """The tables of pictures with the prompts that the table at `path` has for them.

    Raises:
        SpecError: naming every row that is of no picture, or of one that has prompts of its own.
    """
    names: dict[str, int] = {}
    for index, image in enumerate(images):
        names |= {id_of_image(dict(image)): index, str(image.get("file")): index}
    prompts: dict[int, list[str]] = {}
    problems: list[Problem] = []
    for row in rows:
        index = names.get(row.image)
        if index is None:
            problems.append(_unknown(row, names, path))
        elif "prompts" in images[index]:
            message = f"'{row.image}' has prompts in demo.toml as well"
            problems.append(Problem(f"{path}:{row.line}", message, "Keep them in one place."))
        else:
            prompts.setdefault(index, []).extend(row.prompts)
    if problems:
        raise SpecError(problems)
    return [
        {**image, "prompts": prompts[index]} if index in prompts else dict(image)
        for index, image in enumerate(images)
    ]


def _unknown(row: TableRow, names: Mapping[str, int], path: Path) -> Problem:
    close = difflib.get_close_matches(row.image, names, n=1)
    remedy = f"Did you mean '{close[0]}'?" if close else "Write the id or the file of a picture."
    return Problem(f"{path}:{row.line}", f"demo.toml has no picture '{row.image}'", remedy)
