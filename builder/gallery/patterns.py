"""Patterns of file names, such as `photos/**/*.jpg`."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fsspec.utils import glob_translate

from builder.errors import BuilderError

_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Pattern:
    """Files below the folder `base` whose paths from there match `rest`; hidden ones do not."""

    base: str
    rest: str

    @classmethod
    def parse(cls, text: str) -> "Pattern":
        """The pattern of a text, whose base is all before the first part with a wildcard.

        Raises:
            BuilderError: if it has `**` beside other characters.
        """
        parts = text.split("/")
        if any("**" in part and part != "**" for part in parts):
            raise BuilderError(f"{text}: ** stands for folders. Put it between slashes: a/**/b.jpg")
        count = next((i for i, part in enumerate(parts) if _MAGIC.search(part)), len(parts) - 1)
        return cls("/".join(parts[:count]), "/".join(parts[count:]))

    @property
    def depth(self) -> int | None:
        """How many folders deep below the base files are; None for any number."""
        return None if "**" in self.rest else self.rest.count("/")

    def matches(self, path: str) -> bool:
        """Whether a path from the base is that of such a file, if no part of it is hidden."""
        return self._expression.match(path) is not None

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(glob_translate(self.rest))

    @property
    def folders(self) -> Iterator[Path]:
        """Where a change can be one of such files: the base and all below; or what it will be in.

        These are folders of this machine.
        """
        base = Path(self.base)
        if not base.is_dir():
            yield base.parent
        for name, below, _ in os.walk(base, followlinks=True):
            folder = Path(name)
            yield folder
            level = len(folder.parts) - len(base.parts)
            is_last = self.depth is not None and level >= self.depth
            below[:] = [] if is_last else [one for one in below if not one.startswith(".")]

    def __contains__(self, path: Path) -> bool:
        """Whether a change there is one of such files, of this machine.

        It is if a folder has come or gone, with all that was in it; what is gone may have been one.
        """
        if not path.is_relative_to(self.base):
            return False
        parts = path.relative_to(self.base).parts
        if any(part.startswith(".") for part in parts):
            return False
        may_lead = self.depth is None or len(parts) <= self.depth
        return self.matches("/".join(parts)) or (may_lead and not path.is_file())
