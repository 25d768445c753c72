"""Captioned pictures from Parquet files and WebDataset's tar shards, wherever fsspec finds them.

A shard is read as a whole. Formats: https://parquet.apache.org, with the columns that Hugging
Face's data sets have, and https://github.com/webdataset/webdataset.
"""

import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import fsspec

from builder.errors import BuilderError, reading
from builder.gallery.files import find_files
from builder.gallery.web_dataset import PICTURE_SUFFIXES, split_member
from builder.parquet import import_parquet

_CAPTIONS = ("caption", "captions", "text", "txt")
"""Names that data sets give to the column or the key of captions."""
_REMEDY = "Name a .csv, a .parquet, or a .tar of WebDataset."


@dataclass(frozen=True)
class Example:
    """A picture's file and its captions."""

    name: str
    picture: bytes
    captions: tuple[str, ...]


@dataclass(frozen=True)
class Shard:
    """A file of examples. `version` changes when the file does."""

    address: str
    version: str

    def read(self) -> list[Example]:
        """All examples, in the file's order.

        Raises:
            BuilderError: if it cannot be read, or is not what its name says.
        """
        with reading(self.address, _REMEDY):
            with fsspec.open(self.address, "rb") as file:
                data: bytes = file.read()  # pyright: ignore[reportAttributeAccessIssue]
            is_tar = PurePosixPath(self.address).suffix == ".tar"
            examples = list((_read_tar if is_tar else _read_parquet)(self.address, data))
        if not examples:
            raise BuilderError(f"{self.address}: has no picture with a caption. {_REMEDY}")
        return examples


def find_shards(address: str) -> list[Shard]:
    """The shards of an address, in which `{000..012}` and `*` stand for several.

    Raises:
        BuilderError: if there are none, or its file system cannot be used.
    """
    return [Shard(file.address, file.version) for file in find_files(address, _REMEDY)]


def _read_tar(address: str, data: bytes) -> Iterator[Example]:
    pictures: dict[str, bytes] = {}
    captions: dict[str, tuple[str, ...]] = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            if not member.isfile() or (stream := archive.extractfile(member)) is None:
                continue
            key, suffix = split_member(member.name)
            if suffix in PICTURE_SUFFIXES:
                pictures[key] = stream.read()
            elif suffix in _CAPTIONS:
                captions[key] = _clean(stream.read().decode())
            elif suffix == "json" and key not in captions:
                captions[key] = _find_captions(json.loads(stream.read()))
    for key, picture in pictures.items():
        if found := captions.get(key):
            yield Example(f"{address}:{key}", picture, found)


def _read_parquet(address: str, data: bytes) -> Iterator[Example]:
    parquet = import_parquet(address)
    file: Any = parquet.ParquetFile(io.BytesIO(data))
    names: list[str] = file.schema_arrow.names
    texts = [name for name in names if name in _CAPTIONS]
    if "image" not in names or not texts:
        raise BuilderError(
            f"{address}: its columns are {', '.join(names)}. It must have image, with the bytes of"
            " pictures, and caption."
        )
    number = 0
    for batch in file.iter_batches(columns=["image", *texts]):
        for row in batch.to_pylist():
            number += 1
            picture = row["image"]["bytes"] if isinstance(row["image"], dict) else row["image"]
            if picture and (found := _find_captions(row)):
                yield Example(f"{address}:{number}", picture, found)


def _find_captions(row: dict[str, Any]) -> tuple[str, ...]:
    return next((_clean(row[name]) for name in _CAPTIONS if row.get(name)), ())


def _clean(captions: str | list[str]) -> tuple[str, ...]:
    given = [captions] if isinstance(captions, str) else captions
    return tuple(text for caption in given if (text := " ".join(caption.split())))
