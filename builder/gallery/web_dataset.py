"""Where the pictures lie in WebDataset's shards (https://github.com/webdataset/webdataset)."""

import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, cast

import fsspec

from builder.errors import reading

PICTURE_SUFFIXES = ("jpg", "jpeg", "png", "webp")
"""What a picture's member ends with."""

_REMEDY = "Name a .tar of WebDataset that is not compressed."


_DESCRIPTION = "txt"
_CELLS = "json"
_MOST_TEXT_BYTES = 100_000
"""Of a member that says something of a picture; more is something else."""


@dataclass
class Member:
    """A picture in a shard: its key there, where its bytes are, and what is said of it there.

    `cells` are the texts and numbers of the `.json` of its key, and its `.txt` as `description`.
    """

    key: str
    offset: int
    length: int
    cells: dict[str, str] = field(default_factory=dict[str, str])


def split_member(name: str) -> tuple[str, str]:
    """The key that the files of an example share, and what follows it, in lower case."""
    folder, _, file = name.rpartition("/")
    key, _, suffix = file.partition(".")
    return f"{folder}/{key}".lstrip("/"), suffix.lower()


def list_members(address: str) -> Iterator[Member]:
    """The pictures of a shard, in its order; those of one key stand together, as writers put them.

    Of other members only headers are read, where a file can be searched.

    Raises:
        BuilderError: if it cannot be read, or is not such a shard.
    """
    opened: Any = fsspec.open(address, "rb")
    with (
        reading(address, _REMEDY),
        opened as file,
        tarfile.open(fileobj=file, mode="r:") as archive,
    ):
        for key, members in groupby(archive, lambda member: split_member(member.name)[0]):
            yield from _read_example(archive, key, members)


def _read_example(
    archive: tarfile.TarFile, key: str, members: Iterable[tarfile.TarInfo]
) -> list[Member]:
    """The pictures of one key, with what is said of it."""
    pictures: list[Member] = []
    cells: dict[str, str] = {}
    for member in members:
        _, suffix = split_member(member.name)
        if not member.isfile():
            continue
        if suffix in PICTURE_SUFFIXES:
            pictures.append(Member(key, member.offset_data, member.size, cells))
        elif suffix in (_DESCRIPTION, _CELLS) and member.size <= _MOST_TEXT_BYTES:
            opened = archive.extractfile(member)
            assert opened, "a regular file can be read"
            text = opened.read().decode(errors="replace")
            cells |= {"description": text.strip()} if suffix == _DESCRIPTION else _cells_of(text)
    return pictures


def _cells_of(text: str) -> dict[str, str]:
    """The texts and numbers of a JSON object; nothing of anything else."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    items = cast("dict[str, object]", found).items()
    return {key: str(value) for key, value in items if isinstance(value, str | int | float)}
