"""Parquet files, which an extra of this program reads."""

from types import ModuleType

from builder.errors import BuilderError


def import_parquet(place: object) -> ModuleType:
    """`pyarrow.parquet`, to read the file at `place` with.

    Raises:
        BuilderError: if pyarrow is not installed.
    """
    try:
        import pyarrow.parquet  # pyright: ignore[reportMissingImports]
    except ModuleNotFoundError:
        raise BuilderError(
            f"{place}: Parquet is read by pyarrow, which is not installed. Install it:"
            " pip install 'lit-demo-builder[tuning]'"
        ) from None
    return pyarrow.parquet
