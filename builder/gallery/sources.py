"""The pictures of a gallery, one after the other: of a pattern, in a table, or in archives.

Their order is the same each time, and no list of them is kept: of a pattern, the names in one
folder are in memory, of a table a part of it, of archives the names in one.
"""

import glob
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePath
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from builder.cache import Cache, digest
from builder.csv_rows import parse_rows
from builder.embedding.pictures import StoredPicture
from builder.errors import BuilderError, Problem, SpecError, reading
from builder.gallery.files import FoundFile, expand_braces, find_files
from builder.gallery.patterns import Pattern
from builder.gallery.web_dataset import Member, list_members
from builder.input_file import find_fault
from builder.parquet import read_parquet_rows

EXTRA = "gallery"
"""What has to be installed for it."""

_REMEDY = (
    "Name a pattern like photos/**/*.jpg, a .csv or .parquet with the column file, or .tar files"
    " of WebDataset."
)
_KIND = "archives"
_TABLES = ("csv", "parquet")
_VERSIONS = ("size", "mtime", "ETag", "etag", "LastModified", "last_modified", "updated")
"""What file systems say of a file that changes when the file does."""


@dataclass(frozen=True)
class ListedPicture:
    """A picture, and what the author's table or archive says of it, by column.

    `where` is its place there, for messages.
    """

    picture: StoredPicture
    where: str
    cells: Mapping[str, str] = field(default_factory=dict[str, str])


def find_pictures(pictures: str, folder: Path, cache: Cache) -> Iterator[ListedPicture]:
    """The pictures that the key `pictures` of a gallery names, relative to the folder.

    An id is the path below the part of a pattern without wildcards, the cell `id` or `file` of a
    table, or the key in an archive. What archives hold is kept in the cache.

    Raises:
        BuilderError: if there is no such place, no picture in it, or it cannot be read.
    """
    found = _find(pictures, folder, cache)
    if (first := next(found, None)) is None:
        raise BuilderError(f"{pictures}: there are no pictures. {_REMEDY}")
    yield first
    yield from found


def find_stored(pictures: str, folder: Path, cache: Cache) -> Iterator[StoredPicture]:
    """The same without what is said of them."""
    return (listed.picture for listed in find_pictures(pictures, folder, cache))


def find_local(pictures: str, folder: Path) -> frozenset[Pattern]:
    """What the pictures come from on this machine, so that changes of it can be noticed.

    For pictures of a table that is their folders and endings, which are few. What cannot be read is
    left out, since `find_pictures` says so.
    """
    address = _locate(pictures, folder)
    if "://" in address:
        return frozenset()
    found: set[Pattern] = set()
    with suppress(BuilderError):
        found |= {Pattern.parse(one) for one in expand_braces(address)}
        if (suffix := _suffix_of(address)) in _TABLES:
            for table in find_files(address, _REMEDY):
                found |= _find_folders(_plain(table.address), suffix)
    return frozenset(found)


def _find_folders(table: str, suffix: str) -> set[Pattern]:
    files = (_locate_in_table(table, row) for _, row in _read_rows(table, suffix))
    paths = (PurePath(file) for file in files if file and "://" not in file)
    return {Pattern(str(path.parent), f"*{glob.escape(path.suffix)}") for path in paths}


def _locate(pictures: str, folder: Path) -> str:
    return pictures if "://" in pictures else str(folder.resolve() / pictures)


def _suffix_of(address: str) -> str:
    return address.rpartition(".")[2].lower()


def _find(pictures: str, folder: Path, cache: Cache) -> Iterator[ListedPicture]:
    address = _locate(pictures, folder)
    suffix = _suffix_of(address)
    if suffix in _TABLES:
        for file in find_files(address, _REMEDY):
            yield from _read_table(_plain(file.address), suffix)
    elif suffix == "tar":
        for file in find_files(address, _REMEDY):
            yield from _read_archive(file, cache)
    else:
        yield from _walk_pattern(pictures, folder)


def _walk_pattern(pattern: str, folder: Path) -> Iterator[ListedPicture]:
    """Files below the part of the pattern without wildcards whose paths match the rest of it."""
    parsed = Pattern.parse(pattern)
    with reading(pattern, _REMEDY):
        where = parsed.base if "://" in parsed.base else str(folder.resolve() / parsed.base)
        system, root = fsspec.core.url_to_fs(where)
        for info in _walk(system, root, parsed.depth):
            name: str = info["name"]
            path = name[len(root) :].lstrip("/")
            if parsed.matches(path):
                address = name if _is_local(system) else system.unstrip_protocol(name)
                picture = StoredPicture(path, address, _version_of(info))
                yield ListedPicture(picture, picture.name, {"file": path})


def _walk(system: Any, folder: str, depth: int | None) -> Iterator[Mapping[str, Any]]:
    """What is known of each file below a folder, by name; hidden ones are left out."""
    for info in sorted(system.ls(folder, detail=True), key=lambda info: info["name"]):
        name: str = info["name"].rstrip("/")
        if name == folder or name.rpartition("/")[2].startswith("."):
            continue
        if info["type"] != "directory":
            yield info
        elif depth != 0:
            yield from _walk(system, name, depth and depth - 1)


def _version_of(info: Mapping[str, Any]) -> str:
    return " ".join(str(info[key]) for key in _VERSIONS if key in info)


def _read_table(address: str, suffix: str) -> Iterator[ListedPicture]:
    for where, row in _read_rows(address, suffix):
        name = version = row["file"].strip()
        if not (file := _locate_in_table(address, row)):
            raise SpecError([Problem(where, "there is no file", "Name one, or remove the row.")])
        if "://" not in file and not find_fault(Path(file)):
            found = Path(file).stat()
            version = f"{name} {found.st_size} {found.st_mtime}"
        picture = StoredPicture(row.get("id", "").strip() or name, file, version)
        yield ListedPicture(picture, where, row)


def _locate_in_table(address: str, row: Mapping[str, str]) -> str:
    """Where the picture of a row is; empty if it names none."""
    name = row["file"].strip()
    if not name or "://" in name or name.startswith("/"):
        return name
    return f"{address.rpartition('/')[0]}/{name}"


def _read_rows(address: str, suffix: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    if "://" not in address and (fault := find_fault(Path(address))):
        raise BuilderError(f"{address}: {fault}. {_REMEDY}")
    with reading(address, _REMEDY):
        if suffix == "csv":
            lines: Any = fsspec.open(address, "rt", encoding="utf-8-sig", newline="")
            with lines as text:
                for number, row in parse_rows(address, text, ("file",)):
                    yield f"{address}:{number}", row
        else:
            opened: Any = fsspec.open(address, "rb")
            with opened as file:
                yield from read_parquet_rows(address, file, "file", _REMEDY, extra=EXTRA)


def _read_archive(file: FoundFile, cache: Cache) -> Iterator[ListedPicture]:
    key = digest(file.address, file.version)
    kept = cache.load(_KIND, key)
    if kept is None:
        members = list(list_members(file.address))
        cache.store(_KIND, key, json.dumps([asdict(member) for member in members]).encode())
    else:
        members = [Member(**fields) for fields in json.loads(kept)]
    address = _plain(file.address)
    for member in members:
        version = f"{file.version} {member.offset}"
        picture = StoredPicture(member.key, address, version, member.offset, member.length)
        yield ListedPicture(picture, picture.name, member.cells)


def _plain(address: str) -> str:
    """A path of this machine without `file://`."""
    return address.removeprefix("file://")


def _is_local(system: Any) -> bool:
    # Its addresses are plain paths.
    return isinstance(system, LocalFileSystem)
