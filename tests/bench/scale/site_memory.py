"""The memory of building and writing a gallery's site: `python -m tests.bench.scale.site_memory`.

Rows and thumbnails are made up, since only their number counts; the index is exact, since that of
lists is measured by itself (`tests/bench/index`). Each number of pictures is a
process of its own; the first one, of few pictures, tells what the program itself takes.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterable
from functools import partial
from pathlib import Path

import numpy as np

from builder.cache import Cache
from builder.embedding.pictures import EmbeddedPicture, Numbered, PictureRecord
from builder.gallery.build import build_gallery
from builder.gallery.embed import embed_gallery
from builder.gallery.index import build as index
from builder.gallery.sources import find_stored
from builder.models.load import load_model
from builder.site.bundle import to_json
from builder.site.folder import write_site
from builder.site.own_files import MANIFEST
from builder.spec.gallery import GallerySpec
from builder.spec.models import ModelSpec
from builder.stored_files import JoinedFiles
from tests.gallery.galleries import QUIET
from tests.site.sites import FILES, small_manifest

COUNTS = (100, 1000, 10_000, 100_000)
JPEG_BYTES = 10_000
DIM = 256


def make_up(pictures: Iterable[Numbered]) -> Generator[EmbeddedPicture]:
    """An engine that reads nothing."""
    rng = np.random.default_rng(0)
    for place, picture in pictures:
        row = rng.standard_normal(DIM).astype(np.float32)
        jpeg = rng.bytes(JPEG_BYTES)
        record = PictureRecord(place, picture.id, picture.name, (640, 480), jpeg=jpeg)
        yield record, row / np.float32(np.linalg.norm(row))


def measure(count: int, folder: Path) -> None:
    """Build a site of so many pictures in a folder, and print what that took."""
    lines = (f"{i}.jpg,Picture {i} of an archive,Ada,CC0-1.0,{i % 40}\n" for i in range(count))
    (folder / "table.csv").write_text("file,description,author,license,kind\n" + "".join(lines))
    spec = {"pictures": "table.csv", "filters": ["kind"]}
    gallery = GallerySpec.model_validate(spec, context=folder)
    cache, model = Cache(folder / "cache"), load_model(ModelSpec(name="mini-tiny"))
    embed_gallery(
        partial(find_stored, gallery.pictures, folder, cache),
        model,
        folder / "rows",
        make_up,
        shard_size=4096,
        max_failures=0,
        progress=QUIET,
    )
    index.MOST_EXACT = max(index.MOST_EXACT, count)
    started, before = time.perf_counter(), _peak_mb()
    built = build_gallery(gallery, model, None, prompts=(), where=str, cache=cache, progress=QUIET)
    middle, seconds = _peak_mb(), time.perf_counter() - started
    manifest = small_manifest().model_copy(update={"gallery": built.part})
    write_site(JoinedFiles(FILES, built.files, {MANIFEST: to_json(manifest)}), folder / "site")
    total = time.perf_counter() - started
    print(
        f"{count:>9,} pictures: {before:,.0f} MB to embed, {middle:,.0f} MB to build in"
        f" {seconds:.1f} s, {_peak_mb():,.0f} MB with writing, {total:.1f} s"
    )


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def main(counts: Iterable[int]) -> None:
    """Measure each number of pictures in a process of its own."""
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            words = [sys.executable, "-m", "tests.bench.scale.site_memory", str(count), folder]
            subprocess.run(words, check=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measure(int(sys.argv[1]), Path(sys.argv[2]))
    else:
        main(COUNTS)
