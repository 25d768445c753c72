"""Files that an address names, wherever fsspec finds them: on this machine, or on others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import fsspec

from builder.errors import BuilderError, reading

_BRACES = re.compile(r"\{(\d+)\.\.(\d+)\}")


@dataclass(frozen=True)
class FoundFile:
    """A file's address, and a text that changes when the file does."""

    address: str
    version: str


def find_files(address: str, remedy: str) -> list[FoundFile]:
    """The files of an address, in which `{000..012}` and `*` stand for several.

    Raises:
        BuilderError: if there are none, or their file system cannot be used.
    """
    files: list[FoundFile] = []
    for one in expand_braces(address):
        with reading(one, "Correct the address, or install what fsspec needs for it."):
            system, path = fsspec.core.url_to_fs(one)
            found = sorted(system.glob(path)) if "*" in path else [path]
            files += [FoundFile(system.unstrip_protocol(p), system.ukey(p)) for p in found]
    if not files:
        raise BuilderError(f"{address}: there are no such files. {remedy}")
    return files


def expand_braces(address: str) -> Iterator[str]:
    """WebDataset's notation of numbered shards."""
    if not (braces := _BRACES.search(address)):
        yield address
        return
    first, last = braces.groups()
    for number in range(int(first), int(last) + 1):
        here = f"{address[: braces.start()]}{number:0{len(first)}}{address[braces.end() :]}"
        yield from expand_braces(here)
