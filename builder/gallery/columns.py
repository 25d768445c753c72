"""What visitors can filter a gallery by: columns of the author's table, a byte for each picture."""

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from builder.errors import Problem, SpecError
from builder.gallery.index.files import NamedFiles
from builder.gallery_manifest import MOST_VALUES, NO_VALUE, POSITIONS_PER_VALUES, Column

_DIGITS = re.compile(r"(\d+)")


class ColumnReader:
    """The values of a column, read picture by picture."""

    def __init__(self, name: str):
        self.name = name
        self._codes = bytearray()
        self._values: dict[str, int] = {}

    def add(self, cells: Mapping[str, str]) -> None:
        """Read the value of the next picture; it may have none."""
        value = cells.get(self.name, "").strip()
        code = NO_VALUE
        if value:
            code = self._values.setdefault(value, len(self._values))
        self._codes.append(min(code, NO_VALUE))

    def find_problem(self, where: str, known: Sequence[str]) -> Problem | None:
        """Why nobody could filter by it; `known` are the columns of the table."""
        count = len(self._values)
        if count > MOST_VALUES:
            return Problem(
                where,
                f"the column '{self.name}' has {count:,} different values",
                f"Filter by a column with {MOST_VALUES} at most, such as a year or a kind.",
            )
        if not count and self.name in known:
            return Problem(where, f"the column '{self.name}' is empty", "Fill it, or leave it out.")
        if not count:
            named = f"The columns are {', '.join(known)}." if known else "There is no table."
            return Problem(where, f"there is no column '{self.name}'", f"{named} Correct the name.")
        return None

    def to_manifest(self, order: NDArray[np.int64], files: NamedFiles) -> Column:
        """The column for pictures at positions; `order` has the number of the picture at each."""
        values = sorted(self._values, key=_natural)
        table = np.full(256, NO_VALUE, np.uint8)
        table[[self._values[value] for value in values]] = np.arange(len(values))
        codes = table[np.frombuffer(self._codes, np.uint8)][order]

        def cut() -> Iterator[bytes]:
            for start in range(0, len(codes), POSITIONS_PER_VALUES):
                yield codes[start : start + POSITIONS_PER_VALUES].tobytes()

        return Column(name=self.name, values=tuple(values), files=files.add_list("values", cut()))


def require_useful(readers: Sequence[ColumnReader], where: str, known: Sequence[str]) -> None:
    """Refuse columns that nobody could filter by; `known` are those of the table.

    Raises:
        SpecError: naming all of them.
    """
    problems = [found for reader in readers if (found := reader.find_problem(where, known))]
    if problems:
        raise SpecError(problems)


def _natural(value: str) -> list[tuple[int, int, str]]:
    """Orders texts as people do: 9 comes before 10."""
    parts = _DIGITS.split(value.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]
