"""What `demo.toml` says about any page, whatever is on it."""

from typing import Annotated

from pydantic import Field

from builder.spec.types import ExistingFile, Table, Text, WebAddress, WebFolder


class LinkSpec(Table):
    """A link in the header of the page."""

    label: Text
    """What it says."""
    url: WebAddress
    """Where it leads."""


class SharingSpec(Table):
    """What others show of the page: in a tab, and where its address is posted."""

    address: WebFolder | None = None
    """Where the page will be, such as `https://you.github.io/demo/`. Without it, only some sites
    show the picture with a link, since the others want its whole address."""
    icon: ExistingFile | None = None
    """A picture for tabs and home screens, of which the middle square is used; by default, the
    first picture of the demo."""
    font: ExistingFile | None = None
    """A font (TTF or OTF) with the letters of your texts, for the picture with a link. By default
    Pillow's, or one of this machine's where that lacks letters."""


class PageSpec(Table):
    """The page's texts and limits."""

    title: Text
    """Heading of the page, and its name in search results."""
    description: Text
    """What it is about, in a sentence or two."""
    language: Annotated[str, Field(pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$")] = "en"
    """Language of these texts and of the prompts, such as `en` or `de-CH`. The page speaks it
    too if it is English, German, Spanish, Japanese or Arabic, else English."""
    links: Annotated[tuple[LinkSpec, ...], Field(strict=False)] = ()
    """Links in the header: a paper, the code."""
    max_bytes: Annotated[int | None, Field(gt=0, lt=2**53)] = None
    """Largest size of the whole site in bytes; a build that would exceed it fails."""
    offline: bool = True
    """Whether browsers keep what a visit used, so that the page opens without a network."""
    sharing: SharingSpec = SharingSpec()
    """What others show of the page."""
