"""A gallery's part of a site: its index, records, columns and thumbnails, from rows to files.

Pictures stream through. What grows with their number is in memory only as rows and names.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.cache import Cache
from builder.errors import BuilderError
from builder.gallery.built import BuiltGallery, GalleryReport
from builder.gallery.columns import ColumnReader, require_useful
from builder.gallery.embed import REPORT
from builder.gallery.index.bank import make_bank
from builder.gallery.index.files import LIST_SUFFIX, NamedFiles
from builder.gallery.index.kept import find_index
from builder.gallery.overview.files import add_map
from builder.gallery.overview.layout import lay_out, require_umap
from builder.gallery.records import RecordStore, make_record, name_thumbnail
from builder.gallery.rows import GalleryRows, find_rows
from builder.gallery.shards import find_shards, read_columns, rows_of
from builder.gallery.sources import ListedPicture, find_pictures
from builder.gallery.thumbnails import FOLDER, ThumbnailFiles
from builder.gallery_manifest import FileList, Gallery
from builder.model import ImageTextModel
from builder.progress import Progress
from builder.spec.gallery import GallerySpec
from builder.stored_files import JoinedFiles, SpilledFiles

FIRST = 24
"""Pictures that the page shows before its script has started."""

_COLUMNS = ("id", "row", "size", "error")
_THUMBNAILS = ("thumbnail", "thumbnail_bytes")


def build_gallery(
    gallery: GallerySpec,
    model: ImageTextModel,
    rows: Path | None,
    *,
    prompts: Sequence[str],
    where: Callable[..., str],
    cache: Cache,
    progress: Progress,
) -> BuiltGallery:
    """The gallery of a `demo.toml`, whose rows are in the folder `rows` or where `find_rows` looks.

    `prompts` are those of the demo, and `where` names a key of the gallery in messages.

    Raises:
        BuilderError: for anything that the author can fix.
    """
    if gallery.map:
        require_umap(where("map"))
    found = find_rows(gallery, model, rows, cache=cache, progress=progress)
    read = _read(gallery, found, model.dim, cache, progress)
    require_useful(read.columns, where("filters"), read.known)
    bank = make_bank(model, prompts, len(read.rows), cache=cache, progress=progress)
    index = find_index(read.rows, bank, cache=cache, progress=progress)
    files = NamedFiles(SpilledFiles(cache.folder))
    places = None
    if gallery.map:
        places = lay_out(read.rows, cache=cache, progress=progress)[index.order]
    part = Gallery(
        model=model.id,
        pictures=len(index.order),
        dim=model.dim,
        index=index.part,
        records=read.records.to_manifest(index.order, files, places),
        thumbnails=_thumbnails_at(gallery),
        columns=tuple(column.to_manifest(index.order, files) for column in read.columns),
        map=None if places is None else add_map(places, files),
    )
    parts = JoinedFiles(index.files, files.contents, read.thumbnails)
    part = part.model_copy(update={"files": _list_all(parts, files)})
    failures = found.embedded.failures
    return BuiltGallery(
        part=part,
        files=JoinedFiles(parts, files.contents),
        first=tuple(read.records.read(number) for number in index.order[:FIRST].tolist()),
        hosts=read.records.hosts,
        report=GalleryReport(
            pictures=part.pictures,
            failures=failures,
            failures_file=str(found.folder / REPORT) if failures else None,
            thumbnail_bytes=sum(read.thumbnails.sizes.values()),
            index=index.report,
        ),
        problems=index.problems,
    )


def _list_all(urls: Iterable[str], files: NamedFiles) -> tuple[FileList, ...]:
    """A list of the files of each folder."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for url in urls:
        path = PurePosixPath(url)
        if path.suffix != LIST_SUFFIX:
            kinds.setdefault((path.parent.name, path.suffix), []).append(url)
    return tuple(files.list_files(kind, listed, suffix) for (kind, suffix), listed in kinds.items())


def _thumbnails_at(gallery: GallerySpec) -> str | None:
    """What the page puts before the thumbnail of a record."""
    if gallery.has_own_thumbnails:
        return FOLDER
    return None if gallery.thumbnails == "address" else f"{gallery.thumbnails.rstrip('/')}/"


@dataclass(frozen=True)
class _Pictures:
    """What was read of all pictures that could be, in the author's order.

    `known` are the columns of the author's table.
    """

    rows: NDArray[np.float16]
    records: RecordStore
    thumbnails: ThumbnailFiles
    columns: list[ColumnReader]
    known: list[str]


def _read(
    gallery: GallerySpec, found: GalleryRows, dim: int, cache: Cache, progress: Progress
) -> _Pictures:
    embedded = found.embedded
    shards = find_shards(found.folder)
    rows = np.zeros((embedded.pictures - embedded.failures, dim), np.float16)
    read = _Pictures(
        rows=rows,
        records=RecordStore(cache.folder),
        thumbnails=ThumbnailFiles(shards),
        columns=[ColumnReader(name) for name in gallery.filters],
        known=[],
    )
    if "://" in gallery.thumbnails:
        read.records.add_host(gallery.thumbnails)
    if not len(rows):
        raise BuilderError(f"{found.folder / REPORT}: no picture could be read. Restore some.")
    pictures = find_pictures(gallery.pictures, gallery.folder, cache)
    names = (*_COLUMNS, *(_THUMBNAILS if gallery.has_own_thumbnails else ()))
    done = 0
    with progress.step("Describe pictures", embedded.pictures) as advance:
        for number, path in shards.items():
            table = read_columns(path, *names)
            listed = list(islice(pictures, found.shard_size))
            _require_same(path, [one.picture.id for one in listed], table)
            whole = _add_shard(read, gallery, number, listed, table)
            rows[done : done + len(whole)] = rows_of(table, dim)[whole]
            done += len(whole)
            advance(len(listed))
    return read


def _require_same(path: Path, ids: list[str], table: Any) -> None:
    if ids != table["id"].to_pylist():
        raise BuilderError(
            f"{path}: pictures have come or gone while the site was built. Run the same command"
            " again."
        )


def _add_shard(
    read: _Pictures, gallery: GallerySpec, number: int, listed: list[ListedPicture], table: Any
) -> list[int]:
    """Read what is known of a shard's pictures; returns the places of those that could be read."""
    whole = [place for place, error in enumerate(table["error"].to_pylist()) if error is None]
    sizes = table["size"].to_pylist()
    thumbnails = _name_thumbnails(read, gallery, number, listed, table, whole)
    for place, thumbnail in zip(whole, thumbnails, strict=True):
        one = listed[place]
        if not read.known:
            read.known.extend(one.cells)
        read.records.add(make_record(one, thumbnail, sizes[place]))
        for column in read.columns:
            column.add(one.cells)
    return whole


def _name_thumbnails(
    read: _Pictures,
    gallery: GallerySpec,
    number: int,
    listed: list[ListedPicture],
    table: Any,
    whole: list[int],
) -> Iterator[str | None]:
    if gallery.has_own_thumbnails:
        hashes, sizes = (table[name].to_pylist() for name in _THUMBNAILS)
        for place in whole:
            yield read.thumbnails.add(number, place, hashes[place], sizes[place])
    else:
        for place in whole:
            yield None if gallery.thumbnails == "address" else name_thumbnail(listed[place])
