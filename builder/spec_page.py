"""What `demo.toml` says of any page, whatever is on it."""

from typing import Annotated

from pydantic import Field

from builder.spec_types import Table, Text, WebAddress


class LinkSpec(Table):
    """A link in the header of the page."""

    label: Text
    url: WebAddress


class PageSpec(Table):
    """The page's texts and limits; `max_bytes` is the most that the site may weigh."""

    title: Text
    description: Text
    language: Annotated[str, Field(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$")] = "en"
    links: Annotated[tuple[LinkSpec, ...], Field(strict=False)] = ()
    max_bytes: Annotated[int | None, Field(gt=0)] = None
