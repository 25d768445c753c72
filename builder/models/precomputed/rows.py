"""Rows of embeddings by name, as stored in a `.bin` and a `.txt`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from builder.errors import ModelError, NumberError
from builder.input_file import MAX_BYTES, read_input, read_input_text
from builder.model import Rows

# Float32 rows of a thousand entries are off by less; half-precision ones too.
_NORM_TOLERANCE = 1e-3


_REMEDY = "Name a data folder of the original LiT demo."


@dataclass(frozen=True)
class NamedRows:
    """Unit rows float32[n, d], and the index of the row of each name."""

    rows: Rows
    index: Mapping[str, int]

    def missing(self, names: Iterable[str]) -> list[str]:
        """The names that have no row."""
        return [name for name in names if name not in self.index]

    def select(self, names: Iterable[str]) -> Rows:
        """The rows of these names, float32[len(names), d]; each must have one."""
        return self.rows[[self.index[name] for name in names]]


def read_rows(folder: Path, stem: str, dim: int) -> NamedRows:
    """Read `STEM.bin` and `STEM.txt`.

    Raises:
        ModelError: if they are absent, do not fit each other or `dim`, or do not hold unit rows.
    """
    values_path, names_path = folder / f"{stem}.bin", folder / f"{stem}.txt"
    names = read_input_text(names_path, _REMEDY, ModelError).split("\n")
    if names[-1] == "":
        names.pop()
    index = {name: row for row, name in enumerate(names)}
    if len(index) < len(names):
        twice = next(name for row, name in enumerate(names) if index[name] != row)
        raise ModelError(f"{names_path}: {twice!r} is listed twice. Keep one, and its row.")
    expected = 4 * dim * len(names)
    data = read_input(values_path, _REMEDY, ModelError, limit=max(expected, MAX_BYTES))
    if len(data) != expected:
        raise ModelError(
            f"{values_path}: has {len(data)} bytes, not {expected}: {names_path.name} has"
            f" {len(names)} lines, and a row has {dim} floats, the embedding_size of def.json."
        )
    rows = np.frombuffer(data, "<f4").astype(np.float32).reshape(-1, dim)
    finite = np.isfinite(rows)
    if not finite.all():
        row, column = np.unravel_index(int(np.argmin(finite)), rows.shape)
        raise NumberError(
            f"{values_path}: the row of {names[row]!r} holds {rows[row, column]} in column"
            f" {column}. Compute it again."
        )
    wrong = np.abs(np.linalg.norm(rows, axis=1) - 1) > _NORM_TOLERANCE
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ModelError(
            f"{values_path}: the row of {names[first]!r} does not have length 1. Divide each row by"
            " its length."
        )
    return NamedRows(rows, index)
