"""A file of a site, as the site's manifest names it."""

from typing import Annotated

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from builder.file_names import find_flaw
from builder.schema import Part

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class FileRef(Part):
    """A file of the site: where it is, its hash and its size."""

    url: str
    sha256: Sha256
    bytes: Annotated[int, Field(ge=0)]

    @field_validator("url")
    @classmethod
    def _is_inside_everywhere(cls, url: str) -> str:
        """A file below the manifest, on whatever system and host the site may come to be."""
        if flaw := find_flaw(url):
            raise PydanticCustomError("file_name", "{url} {flaw}", {"url": repr(url), "flaw": flaw})
        return url
