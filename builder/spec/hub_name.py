"""Names of models on the Hugging Face hub: `hf:OWNER/NAME`, or `hf:OWNER/NAME@REVISION`."""

import re
from dataclasses import dataclass

from builder.errors import ModelError, show

PREFIX = "hf:"
EXAMPLE = "hf:google/siglip2-base-patch16-224"
DEFAULT_BRANCH = "main"

_PART = re.compile(r"(?!.*(?:--|\.\.))(?!.*\.git$)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")
"""An owner or a name: what the hub accepts (huggingface_hub's `validate_repo_id`)."""
_LONGEST = 96

_REVISION = re.compile(r"(?!.*(?:\.\.|//|@\{))(?!.*(?:/|\.|\.lock)$)[A-Za-z0-9_][A-Za-z0-9_./+@-]*")
"""A name that git allows for a branch or a tag, without the characters that nobody uses."""
_COMMIT = re.compile(r"[0-9a-f]{40}")


def is_hub_name(text: str) -> bool:
    """Whether a text is meant as the name of a model on the hub."""
    return text.startswith(PREFIX)


def is_commit(text: str) -> bool:
    """Whether a revision is a whole commit, so that what it names never changes."""
    return _COMMIT.fullmatch(text) is not None


@dataclass(frozen=True)
class HubName:
    """A model on the hub; `revision` is a branch, a tag or a commit, None for the main branch."""

    owner: str
    name: str
    revision: str | None = None

    @classmethod
    def parse(cls, text: str) -> "HubName":
        """The parts of `hf:OWNER/NAME@REVISION`.

        Raises:
            ModelError: if it is not written so.
        """
        path, at, revision = text.removeprefix(PREFIX).partition("@")
        owner, slash, name = path.partition("/")
        fault = None
        if not is_hub_name(text) or not slash:
            fault = "is not written as hf:OWNER/NAME"
        elif not all(_PART.fullmatch(part) for part in (owner, name)) or len(path) > _LONGEST:
            fault = f"does not name a model, since {show(path)} cannot be on the hub"
        elif at and not _REVISION.fullmatch(revision):
            fault = f"has the revision {show(revision)}, which git does not allow"
        if fault:
            raise ModelError(
                f"{show(text)} {fault}.",
                f"Write, for example, {EXAMPLE}, with @REVISION (a branch, a tag or a commit)"
                " after it if you want.",
            )
        return cls(owner, name, revision if at else None)

    @property
    def repository(self) -> str:
        """`OWNER/NAME`."""
        return f"{self.owner}/{self.name}"

    @property
    def wanted(self) -> str:
        """The revision to ask for."""
        return self.revision or DEFAULT_BRANCH

    def __str__(self) -> str:
        at = f"@{self.revision}" if self.revision else ""
        return f"{PREFIX}{self.repository}{at}"
