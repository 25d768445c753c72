"""Tables in CSV that authors bring: strict, with every fault in a sentence that names the line."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from builder.errors import Problem, SpecError
from builder.input_file import read_input_text


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with the numbers of the lines they end on, after a header that has all `columns`.

    A column is also there with a number behind its name: `prompt1`.

    Raises:
        BuilderError: if the file cannot be read.
        SpecError: if it is not such a table, with the line.
    """
    text = read_input_text(path, f"Name a csv with the columns {' and '.join(columns)}.")
    yield from parse_rows(path, io.StringIO(text, newline=""), columns)


def parse_rows(
    path: Path | str, lines: Iterable[str], columns: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """The same of lines that are read as they are asked for.

    Raises:
        SpecError: if they are not such a table, with the line.
    """
    wanted = " and ".join(columns)
    reader = csv.DictReader(lines, strict=True)
    try:
        header = list(reader.fieldnames or ())
        if not all(any(_is_named(key, column) for key in header) for column in columns):
            found = f"the columns are {', '.join(header) or 'none'}"
            remedy = f"The first line must name the columns {wanted}."
            raise SpecError([Problem(f"{path}:1", found, remedy)])
        for row in reader:
            if None in row or None in row.values():
                found = f"the row does not have {len(header)} cells like the first"
                remedy = 'Put a text that contains a comma in quotes: "one, two".'
                raise SpecError([Problem(f"{path}:{reader.line_num}", found, remedy)])
            yield reader.line_num, row
    except csv.Error as error:
        place = f"{path}:{reader.reader.line_num}"
        raise SpecError([Problem(place, f"not a csv: {error}", "Correct it.")]) from None


def texts_of(row: Mapping[str, str], column: str) -> list[str]:
    """What the row has in columns of that name, with or without a number, without blanks."""
    cells = (text.strip() for key, text in row.items() if _is_named(key, column))
    return [text for text in cells if text]


def _is_named(key: str, column: str) -> bool:
    return re.fullmatch(f"{re.escape(column)}[0-9]*", key) is not None
