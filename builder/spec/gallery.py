"""Many pictures of a `demo.toml`, which need no prompts."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr, ValidationInfo, field_validator, model_validator

from builder.spec.types import Table, Text, WebFolder
from builder.validation import mistake


class GallerySpec(Table):
    """Many pictures, which visitors search by a sentence."""

    pictures: Text
    """A pattern such as `photos/**/*.jpg`, a table (`.csv` or `.parquet`) with the column `file`,
    or WebDataset's shards such as `shards/{000..099}.tar`: relative to `demo.toml`, or an address
    that fsspec knows."""
    thumbnails: Literal["site", "address"] | WebFolder = "site"
    """Where the small squares are that the page shows: `site` makes them and puts them into the
    site; `address` shows each picture from its own address in the table; an address such as
    `https://example.org/small/` is that of a folder where you keep them."""
    filters: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    """Columns of the table that visitors can filter by, of at most 50 values each."""
    map: bool = False
    """Whether the page has a map too, on which pictures that are alike lie near each other; it
    needs `pip install 'lit-demo-builder[map]'`."""
    max_failures: Annotated[int, Field(ge=0)] = 100
    """How many pictures may be unreadable before the command fails."""
    _folder: Path = PrivateAttr(Path())

    @field_validator("filters")
    @classmethod
    def _distinct(cls, filters: tuple[str, ...]) -> tuple[str, ...]:
        for index, name in enumerate(filters):
            if name in filters[:index]:
                raise mistake(f"the column '{name}' is listed twice", "Remove one.")
        return filters

    @model_validator(mode="after")
    def _is_relative_to(self, info: ValidationInfo) -> Self:
        self._folder = info.context or Path()
        return self

    @property
    def folder(self) -> Path:
        """What `pictures` is relative to."""
        return self._folder

    @property
    def has_own_thumbnails(self) -> bool:
        """Whether the site has them."""
        return self.thumbnails == "site"
