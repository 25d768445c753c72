"""What a build makes of a gallery, for those who put a site together."""

from dataclasses import dataclass
from typing import NamedTuple

from rich.table import Table

from builder.gallery.index.files import list_urls
from builder.gallery.index.report import IndexReport
from builder.gallery_manifest import Gallery
from builder.stored_files import StoredFiles


class Record(NamedTuple):
    """An entry of each field of `GalleryRecords`."""

    id: str
    description: str
    thumbnail: str
    width: int
    height: int
    address: str | None
    author: str | None
    license: str | None
    source: str | None


@dataclass(frozen=True)
class GalleryReport:
    """Figures of a gallery. `failures` pictures could not be read, which `failures_file` lists."""

    pictures: int
    failures: int
    failures_file: str | None
    thumbnail_bytes: int
    index: IndexReport

    def add_rows(self, table: Table) -> None:
        """Add what a person should know to a table of two columns."""
        table.add_row("Pictures of the gallery", f"{self.pictures:,}")
        thumbnails = f"{self.thumbnail_bytes / 1e6:.2f} MB" if self.thumbnail_bytes else "elsewhere"
        table.add_row("Their thumbnails", thumbnails)
        table.add_row("Of the ten best, a search finds", f"{self.index.recall_at_10:.1%}")
        table.add_row("Every search loads once", f"{self.index.once / 1e6:.2f} MB")
        if self.index.kind == "lists":
            table.add_row("Each search loads", f"{self.index.bytes.mean / 1e6:.2f} MB")


@dataclass(frozen=True)
class BuiltGallery:
    """`first` are the records of the first pictures, `hosts` the sources of pictures elsewhere.

    `problems` is what the author should know.
    """

    part: Gallery
    files: StoredFiles
    first: tuple[Record, ...]
    hosts: tuple[str, ...]
    report: GalleryReport
    problems: tuple[str, ...]

    @property
    def first_bytes(self) -> int:
        """What the page loads for the first pictures: their thumbnails and records."""
        records = self.files[self.part.records.url]
        url = list_urls(self.part.records, records)[0]
        thumbnails = [f"{self.part.thumbnails}{record.thumbnail}" for record in self.first]
        sizes = self.files.sizes
        return len(records) + sizes[url] + sum(sizes.get(url, 0) for url in thumbnails)
