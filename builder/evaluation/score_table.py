"""Scores for people, as a table, and for programs, as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from builder.errors import writing
from builder.evaluation.models import ScoredModel
from builder.evaluation.scores import Share

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def score_table(rows: Sequence[tuple[ScoredModel, Mapping[str, Share]]]) -> Table:
    """One model a row: the sizes of its towers, and its scores in per cent."""
    table = make_table("Model")
    for heading in ("Image\nencoder", "Text\nencoder", *rows[0][1]):
        table.add_column(heading, justify="right")
    for model, scores in rows:
        sizes = (model.image_parameters, model.text_parameters)
        table.add_row(model.id, *map(format_size, sizes), *map(format_share, scores.values()))
    return table


def make_table(first_column: str) -> Table:
    """A table without borders whose first column names what its rows are about."""
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column(first_column)
    return table


def show_table(console: Console, title: str, table: Table) -> None:
    """Print a table below a title that may be wider than it."""
    console.print(title, style="bold", markup=False, highlight=False, soft_wrap=True)
    console.print(table, "")


def format_share(share: Share) -> str:
    """A share in per cent with its interval, as in `72.1 (71.7-72.5)`."""
    return f"{share.value:.1%} ({100 * share.low:.1f}-{100 * share.high:.1f})".replace("%", "")


def format_size(parameters: int) -> str:
    """A number of parameters in millions."""
    return f"{parameters / 1e6:.1f} M"


def write_json(evaluation: "DataclassInstance", path: Path) -> None:
    """Write all fields of an evaluation, by their names.

    Raises:
        BuilderError: if the file cannot be written.
    """
    text = json.dumps(asdict(evaluation), indent=2, ensure_ascii=False) + "\n"
    with writing(path, "Name another file with --json."):
        path.write_text(text, encoding="utf-8")
