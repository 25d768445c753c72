"""Embedding a gallery: what is missing, shard by shard, and a report of what could not be read."""

import csv
import io
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.cache import digest
from builder.embedding.pictures import (
    THUMBNAIL_SIZE,
    Engine,
    Numbered,
    PictureRecord,
    StoredPicture,
)
from builder.errors import BuilderError, writing
from builder.file_system import replace_file
from builder.gallery.shards import (
    About,
    current_versions,
    find_shards,
    fingerprint_of,
    read_about,
    read_failures,
    shard_path,
    write_shard,
)
from builder.model import ImageTextModel
from builder.progress import Progress

REPORT = "failures.csv"
"""The pictures that could not be read: columns file and reason."""

ListPictures = Callable[[], Iterator[StoredPicture]]
"""The pictures of a gallery, in the same order each time."""


@dataclass(frozen=True)
class EmbeddedGallery:
    """How many pictures and shards there are, and how many of the shards are new."""

    pictures: int
    shards: int
    written: int
    failures: int


@dataclass(frozen=True)
class _Chunk:
    """The pictures of one shard."""

    number: int
    pictures: list[StoredPicture]

    @property
    def content(self) -> str:
        """A hash of what is known of the pictures without reading them."""
        return digest(
            *(part for picture in self.pictures for part in (picture.id, picture.version))
        )


@dataclass
class _OpenShard:
    """A shard whose pictures arrive in any order."""

    about: About
    rows: NDArray[np.float16]
    records: dict[int, PictureRecord] = field(default_factory=dict[int, PictureRecord])


@dataclass(frozen=True)
class _Plan:
    """What there is, and what of it is missing; failures are those of finished shards."""

    pictures: int
    shards: int
    missing: int
    failures: int


def embed_gallery(
    list_pictures: ListPictures,
    model: ImageTextModel,
    out: Path,
    engine: Engine,
    *,
    shard_size: int,
    max_failures: int,
    thumbnails: bool = True,
    most: int | None = None,
    progress: Progress,
) -> EmbeddedGallery:
    """Write the rows of all pictures to shards in the folder `out`, those that are missing.

    A shard is missing if it is not there, some of its pictures have changed, or it is to have
    thumbnails and has none. The engine makes them, if it is to. `most` is how many pictures may be
    missing.

    Raises:
        BuilderError: if the folder has rows of another model or of another size of shards, or more
            than `max_failures` pictures cannot be read; finished shards are kept. Also if too many
            are missing; nothing is computed then.
    """
    about = About(
        model=model.id,
        fingerprint=fingerprint_of(model),
        dim=model.dim,
        shard_size=shard_size,
        pictures="",
        count=0,
        failures=0,
        versions=current_versions(),
        thumbnail_size=THUMBNAIL_SIZE if thumbnails else 0,
    )
    job = _Job(list_pictures, about, out, max_failures, _read_finished(out, about))
    plan = job.plan()
    if most is not None and plan.missing > most:
        raise BuilderError(
            f"{out}: lacks {plan.missing:,} of {plan.pictures:,} pictures, and a build embeds"
            f" {most:,} at most. Run `lit-demo embed` first, with the same demo.toml and folder."
        )
    job.require_few(plan.failures)
    with writing(out, "Name another folder with -o."):
        out.mkdir(parents=True, exist_ok=True)
    written = _run(job, plan, engine, progress) if plan.missing else 0
    for number, path in find_shards(out).items():
        if number >= plan.shards:
            path.unlink()
    job.write_report()
    return EmbeddedGallery(plan.pictures, plan.shards, written, job.failures)


def _run(job: "_Job", plan: _Plan, engine: Engine, progress: Progress) -> int:
    """Compute what is missing; returns how many shards were written."""
    done, written, started = 0, 0, time.monotonic()
    title = f"Embed pictures with {job.about.model}"
    with progress.step(title, plan.missing) as advance, closing(engine(job.missing())) as embedded:
        for record, row in embedded:
            written += job.add(record, row)
            done += 1
            if done == 1:  # before it, a tower was loaded and compiled
                started = time.monotonic()
            advance(1, _describe_speed(done, plan.missing, time.monotonic() - started))
    job.require_whole()
    return written


def _describe_speed(done: int, total: int, seconds: float) -> str:
    """Pictures a second so far, and what remains at that speed."""
    if done < 2 or seconds <= 0:
        return ""
    rate = (done - 1) / seconds
    left = round((total - done) / rate)
    clock = f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}"
    return f"{rate:.1f} pictures/s, {clock} left"


def _read_finished(out: Path, wanted: About) -> dict[int, About]:
    """What the shards of the folder were made of.

    Raises:
        BuilderError: if one of them cannot stand beside those that are wanted.
    """
    finished: dict[int, About] = {}
    for number, path in find_shards(out).items():
        found = finished[number] = read_about(path)
        if found.fingerprint != wanted.fingerprint:
            raise BuilderError(
                f"{path}: has rows of {_name_difference(found, wanted)}. Name another folder with"
                " -o, or delete this one."
            )
        if found.shard_size != wanted.shard_size:
            raise BuilderError(
                f"{path}: was written with --shard-size {found.shard_size}, now it is"
                f" {wanted.shard_size}. Use the same, or name another folder with -o."
            )
    return finished


def _name_difference(found: About, wanted: About) -> str:
    theirs, ours = (f"{about.model}, {_list_versions(about)}" for about in (found, wanted))
    if theirs == ours:
        return f"other weights, preprocessing or code of {found.model}"
    return f"another model, preprocessing or version ({theirs}; now {ours})"


def _list_versions(about: About) -> str:
    return ", ".join(f"{name} {version}" for name, version in about.versions.items())


class _Job:
    """The shards of a gallery in a folder: those that are finished, and those that are not."""

    def __init__(
        self,
        list_pictures: ListPictures,
        about: About,
        out: Path,
        max_failures: int,
        finished: Mapping[int, About],
    ):
        self.about = about
        self.failures = 0
        self._list_pictures = list_pictures
        self._out = out
        self._max_failures = max_failures
        self._finished = finished
        self._open: dict[int, _OpenShard] = {}

    def plan(self) -> _Plan:
        """Go through all pictures once."""
        pictures = shards = missing = failures = 0
        for chunk in self._chunks():
            pictures, shards = pictures + len(chunk.pictures), shards + 1
            if self._is_finished(chunk):
                failures += self._finished[chunk.number].failures
            else:
                missing += len(chunk.pictures)
        return _Plan(pictures, shards, missing, failures)

    def missing(self) -> Iterator[Numbered]:
        """The pictures of shards that are missing; a shard is open once its first was asked for."""
        for chunk in self._chunks():
            if self._is_finished(chunk):
                continue
            count = len(chunk.pictures)
            about = replace(self.about, pictures=chunk.content, count=count)
            rows = np.zeros((count, about.dim), np.float16)
            self._open[chunk.number] = _OpenShard(about, rows)
            for place, picture in enumerate(chunk.pictures):
                yield (chunk.number, place), picture

    def add(self, record: PictureRecord, row: NDArray[np.float32]) -> bool:
        """Put a picture into its shard; returns whether that was the last one, and it is written.

        Raises:
            BuilderError: if too many pictures could not be read, or the shard cannot be written.
        """
        number, place = record.place
        shard = self._open[number]
        assert place not in shard.records, f"{record.name} was embedded twice"
        shard.records[place] = record
        if record.error is None:
            shard.rows[place] = row
        else:
            self.require_few(self.failures + 1)
        if len(shard.records) < shard.about.count:
            return False
        del self._open[number]
        records = [shard.records[place] for place in range(shard.about.count)]
        failures = sum(record.error is not None for record in records)
        about = replace(shard.about, failures=failures)
        write_shard(shard_path(self._out, number), about, records, shard.rows)
        return True

    def require_few(self, failures: int) -> None:
        """Note how many pictures could not be read.

        Raises:
            BuilderError: if those are too many; the report names them.
        """
        self.failures = failures
        if failures <= self._max_failures:
            return
        self.write_report()
        raise BuilderError(
            f"{self._out / REPORT}: lists {failures} pictures that could not be read, more than"
            f" max_failures = {self._max_failures}. Restore them, or raise max_failures in"
            " [gallery]; then run the same command again: finished shards are kept."
        )

    def require_whole(self) -> None:
        """Refuse to end with a shard that lacks pictures.

        Raises:
            BuilderError: if there is one.
        """
        if self._open:
            lost = sum(shard.about.count - len(shard.records) for shard in self._open.values())
            raise BuilderError(
                f"{self._out}: {lost:,} pictures were lost on the way. Run the same command again:"
                " finished shards are kept."
            )

    def write_report(self) -> None:
        """Write what could not be read so far, or nothing if that is nothing.

        Raises:
            BuilderError: if the system refuses it.
        """
        path, text = self._out / REPORT, io.StringIO(newline="")
        if self.failures:  # else no shard has to be read for them
            writer: Any = csv.writer(text)
            writer.writerow(("file", "reason"))
            writer.writerows(self._list_failures())
        with writing(path, "Free space, or change what forbids it."):
            if self.failures:
                replace_file(path, text.getvalue().encode())
            else:
                path.unlink(missing_ok=True)

    def _list_failures(self) -> Iterator[tuple[str, str]]:
        for path in find_shards(self._out).values():
            yield from read_failures(path)
        for shard in self._open.values():
            for record in shard.records.values():
                if record.error is not None:
                    yield record.name, record.error

    def _is_finished(self, chunk: _Chunk) -> bool:
        found = self._finished.get(chunk.number)
        if found is None or found.pictures != chunk.content:
            return False
        return self.about.thumbnail_size in (0, found.thumbnail_size)

    def _chunks(self) -> Generator[_Chunk]:
        pictures, number = self._list_pictures(), 0
        while chunk := list(islice(pictures, self.about.shard_size)):
            yield _Chunk(number, chunk)
            number += 1
