"""Parquet files, which extras of this program read and write."""

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import IO, Any

from builder.errors import BuilderError


def import_parquet(place: object, extra: str = "tuning") -> ModuleType:
    """`pyarrow.parquet`, for the file at `place`.

    Raises:
        BuilderError: if pyarrow is not installed.
    """
    try:
        import pyarrow.parquet  # pyright: ignore[reportMissingImports]
    except ModuleNotFoundError:
        raise BuilderError(
            f"{place}: Parquet is read and written by pyarrow, which is not installed. Install it:"
            f" pip install 'lit-demo-builder[{extra}]'"
        ) from None
    return pyarrow.parquet


def read_parquet_rows(
    place: object, file: IO[bytes], column: str, remedy: str, *, extra: str = "tuning"
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The rows of an open file as texts, each with its place; missing cells are empty.

    Rows are read as they are asked for.

    Raises:
        BuilderError: if that column is missing.
    """
    parquet: Any = import_parquet(place, extra).ParquetFile(file)
    if column not in parquet.schema_arrow.names:
        raise BuilderError(f"{place}: has no column {column}. {remedy}")
    number = 0
    for batch in parquet.iter_batches():
        for row in batch.to_pylist():
            number += 1
            texts = {key: "" if cell is None else str(cell) for key, cell in row.items()}
            yield f"{place}: row {number}", texts
