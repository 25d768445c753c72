"""Many pictures of a `demo.toml`, which need no prompts."""

from typing import Annotated

from pydantic import Field

from builder.spec.types import Table, Text


class GallerySpec(Table):
    """Many pictures, which `lit-demo embed` computes the rows of."""

    pictures: Text
    """A pattern such as `photos/**/*.jpg`, a table (`.csv` or `.parquet`) with the column `file`,
    or WebDataset's shards such as `shards/{000..099}.tar`: relative to `demo.toml`, or an address
    that fsspec knows."""
    max_failures: Annotated[int, Field(ge=0)] = 100
    """How many pictures may be unreadable before the command fails."""
