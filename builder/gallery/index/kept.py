"""Indexes in the cache: that of a million pictures takes minutes, and a rebuild needs the same."""

import hashlib
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from builder.cache import Cache, digest
from builder.fingerprint import index_code
from builder.gallery.index.bank import Bank
from builder.gallery.index.build import BuiltIndex, are_few, build_index, find_problems
from builder.gallery.index.report import IndexReport
from builder.gallery_manifest import ExactIndex, ListIndex
from builder.progress import Progress
from builder.stored_files import FileParts, SpilledFiles, sizes_of

_KIND = "indexes"


@dataclass(frozen=True)
class _About:
    """The first line of an entry, as JSON; then come `order`, int64, and the files, by `sizes`."""

    pictures: int
    part: ExactIndex | ListIndex
    report: IndexReport
    sizes: dict[str, int]


_ABOUT = TypeAdapter(_About)


def find_index(
    rows: NDArray[np.float16], bank: Bank, *, cache: Cache, progress: Progress
) -> BuiltIndex:
    """The index of unit rows, float16[n, dim], as `build_index` makes it; its files are on disk.

    Raises as `build_index` does.
    """
    parts = (rows, bank.training, bank.held_out)
    hashes = (hashlib.sha256(np.ascontiguousarray(part).data).digest() for part in parts)
    key = digest(index_code(), repr((rows.shape, are_few(rows))), *hashes)
    with cache.lock(key):
        if (kept := _load(cache, key)) is not None:
            return kept
        built = build_index(rows, bank, store=SpilledFiles(cache.folder), progress=progress)
        _store(cache, key, built)
    return built


def _store(cache: Cache, key: str, built: BuiltIndex) -> None:
    sizes = dict(sizes_of(built.files))
    about = _About(len(built.order), built.part, built.report, sizes)
    order = built.order.astype("<i8").tobytes()
    files = (built.files[url] for url in sizes)
    cache.store_parts(_KIND, key, chain((_ABOUT.dump_json(about), b"\n", order), files))


def _load(cache: Cache, key: str) -> BuiltIndex | None:
    if (file := cache.open(_KIND, key)) is None:
        return None
    about = _ABOUT.validate_json(file.readline())
    order = np.frombuffer(file.read(8 * about.pictures), "<i8")
    files = FileParts(file, about.sizes)
    return BuiltIndex(order, about.part, files, about.report, find_problems(about.report))
