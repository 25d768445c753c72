"""`make bench-index ROWS=FOLDER`: the index of a million rows, into docs/scale-benchmarks.md.

FOLDER has rows of pictures (`python -m tests.bench.index.rows`); what is missing is sampled around
them. With 512 as another argument, rows are turned into a space of so many dimensions, which leaves
all similarities as they are.
"""

import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray
from rich.console import Console

from builder.cache import Cache
from builder.gallery.index.bank import Bank, make_bank
from builder.gallery.index.build import BuiltIndex, build_index
from builder.gallery_manifest import Gallery
from builder.models.default import DEFAULT_MODELS
from builder.progress import Progress
from builder.stored_files import SpilledFiles
from tests.bench.index.sample import compare_density, read_rows, write_sample

COUNT = 1_000_000
DIM = 256
QUERIES = 20
_CHUNK = 16_384


def main(folder: Path, work: Path, dim: int = DIM, count: int = COUNT) -> None:
    """Build an index and write it to the folder `work`, with a manifest and queries."""
    work.mkdir(parents=True, exist_ok=True)
    print(
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before the start", flush=True
    )
    real = read_rows(folder)
    print(f"{len(real):,} rows of pictures; quartiles of the tenth neighbour's similarity among")
    print("them and among as many sampled ones:", compare_density(real).round(3).tolist())
    rows = write_sample(work / "rows.npy", real, count)
    model = DEFAULT_MODELS["mini-tiny"]()
    progress = Progress(Console())
    bank = make_bank(model, [], count, cache=Cache(work / "cache"), progress=progress)
    if dim != rows.shape[1]:
        rows, bank = widen(rows, bank, dim, work / "wide.npy")
    started = time.monotonic()
    store = SpilledFiles(work / "cache")
    built = build_index(rows, bank, exact=False, store=store, progress=progress)
    minutes = (time.monotonic() - started) / 60
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    write_site(built, len(rows), bank, work / "site")
    print(built.report)
    print(f"built in {minutes:.1f} minutes, peak of {peak:.1f} GB, load {os.getloadavg()[0]:.1f}")


def widen(
    rows: NDArray[np.float16], bank: Bank, dim: int, path: Path
) -> tuple[NDArray[np.float16], Bank]:
    """The same rows and sentences in a space of more dimensions, at random angles to its axes."""
    rng = np.random.default_rng(0)
    turn = np.linalg.qr(rng.standard_normal((dim, rows.shape[1])))[0].T.astype(np.float32)
    wide: Any = open_memmap(path, "w+", np.float16, (len(rows), dim))
    for start in range(0, len(rows), _CHUNK):
        wide[start : start + _CHUNK] = rows[start : start + _CHUNK].astype(np.float32) @ turn
    return wide, Bank(bank.training @ turn, bank.held_out @ turn)


def write_site(built: BuiltIndex, pictures: int, bank: Bank, site: Path) -> None:
    """The files of an index, what a manifest says of it, and queries to try."""
    for url, content in built.files.items():
        path = site / url
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    dim = bank.held_out.shape[1]
    gallery = Gallery.model_construct(
        model="mini-tiny", pictures=pictures, dim=dim, index=built.part, thumbnails=None
    )
    (site / "gallery.json").write_text(gallery.model_dump_json(by_alias=True), "utf-8")
    (site / "queries.bin").write_bytes(bank.held_out[:QUERIES].astype("<f4").tobytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
