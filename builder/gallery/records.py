"""What is known of a gallery's pictures beside their rows, for the page: see `GalleryRecords`."""

import json
import urllib.parse
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.addresses import find_address_flaw, origin_of
from builder.errors import Problem, SpecError
from builder.gallery.built import Record
from builder.gallery.index.files import NamedFiles
from builder.gallery.sources import ListedPicture
from builder.gallery_manifest import POSITIONS_PER_RECORDS, FileList, GalleryRecords
from builder.stored_files import Spill

_MOST_HOSTS = 8
"""Named one by one in a page's content security policy; of more, all are allowed."""


def make_record(listed: ListedPicture, thumbnail: str | None, size: Sequence[int]) -> Record:
    """A picture with what its table says; without a thumbnail, it is shown from its address.

    Raises:
        SpecError: if an address of the table is none, or is missing.
    """
    cells = {name: cell.strip() for name, cell in listed.cells.items()}
    file = cells.get("file", "")
    public = file if file.startswith(("http://", "https://")) else ""
    address = _check(listed, "address", cells.get("address") or public)
    if thumbnail is None and not (thumbnail := cells.get("thumbnail") or address):
        raise SpecError(
            [
                Problem(
                    listed.where,
                    "the picture has no address",
                    'Give it one in the column address, or set thumbnails = "site" in [gallery].',
                )
            ]
        )
    return Record(
        id=listed.picture.id,
        description=cells.get("description") or listed.picture.id,
        thumbnail=thumbnail,
        width=size[0],
        height=size[1],
        address=address,
        author=cells.get("author") or None,
        license=cells.get("license") or None,
        source=_check(listed, "source", cells.get("source", "")),
    )


def name_thumbnail(listed: ListedPicture) -> str:
    """Where the author keeps the thumbnail, below the address of all: as the table says, or else
    as the picture's own file is called, and an archive's picture by its key.
    """
    cells = listed.cells
    name = cells.get("thumbnail", "").strip() or cells.get("file", "").strip()
    return urllib.parse.quote(name or f"{listed.picture.id}.jpg")


def _check(listed: ListedPicture, column: str, address: str) -> str | None:
    if address and (flaw := find_address_flaw(address)):
        remedy = "Write an address like https://example.org/page, or leave the cell empty."
        raise SpecError([Problem(f"{listed.where}: {column}", f"{address!r} {flaw}", remedy)])
    return address or None


class RecordStore:
    """Records in a temporary file, so that they can be read in another order than they came.

    `hosts` are those that the page shows pictures from.
    """

    def __init__(self, folder: Path):
        self._spill = Spill(folder)
        self._ends = array("q", [0])
        self._hosts: set[str] = set()

    def add(self, record: Record) -> None:
        """Keep the record of the next picture."""
        line = json.dumps(record).encode()
        self._spill.add(line)
        self._ends.append(self._ends[-1] + len(line))
        for address in (record.address, record.thumbnail):
            if address and "://" in address:
                self.add_host(address)

    def add_host(self, address: str) -> None:
        """Note that the page shows pictures from there."""
        if len(self._hosts) <= _MOST_HOSTS:
            scheme, host, port = origin_of(address)
            self._hosts.add(f"{scheme}://{host}:{port}")

    @property
    def hosts(self) -> tuple[str, ...]:
        """Sources of a content security policy."""
        return tuple(sorted(self._hosts)) if len(self._hosts) <= _MOST_HOSTS else ("https:",)

    def read(self, number: int) -> Record:
        """The record of a picture."""
        start, end = self._ends[number], self._ends[number + 1]
        return Record(*json.loads(self._spill.read(start, end - start)))

    def to_manifest(self, order: NDArray[np.int64], files: NamedFiles) -> FileList:
        """Add the files for pictures at positions; `order` has the number of the one at each."""

        def cut() -> Iterator[bytes]:
            for start in range(0, len(order), POSITIONS_PER_RECORDS):
                numbers: Sequence[int] = order[start : start + POSITIONS_PER_RECORDS].tolist()
                columns = zip(*map(self.read, numbers), strict=True)
                fields: Mapping[str, tuple[object, ...]] = dict(
                    zip(Record._fields, columns, strict=True)
                )
                content = GalleryRecords.model_validate(fields).model_dump()
                yield json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()

        return files.add_list("records", cut(), ".json")
