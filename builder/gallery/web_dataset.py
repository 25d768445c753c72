"""Where the pictures lie in WebDataset's shards (https://github.com/webdataset/webdataset)."""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import fsspec

from builder.errors import reading

PICTURE_SUFFIXES = ("jpg", "jpeg", "png", "webp")
"""What a picture's member ends with."""

_REMEDY = "Name a .tar of WebDataset that is not compressed."


@dataclass(frozen=True)
class Member:
    """A picture in a shard: its key there, and where its bytes are."""

    key: str
    offset: int
    length: int


def split_member(name: str) -> tuple[str, str]:
    """The key that the files of an example share, and what follows it, in lower case."""
    folder, _, file = name.rpartition("/")
    key, _, suffix = file.partition(".")
    return f"{folder}/{key}".lstrip("/"), suffix.lower()


def list_members(address: str) -> Iterator[Member]:
    """The pictures of a shard, in its order. Only headers are read, where a file can be searched.

    Raises:
        BuilderError: if it cannot be read, or is not such a shard.
    """
    opened: Any = fsspec.open(address, "rb")
    with (
        reading(address, _REMEDY),
        opened as file,
        tarfile.open(fileobj=file, mode="r:") as archive,
    ):
        for member in archive:
            key, suffix = split_member(member.name)
            if member.isfile() and suffix in PICTURE_SUFFIXES:
                yield Member(key, member.offset_data, member.size)
