"""The index of a small gallery: all rows, in files that a page scans as they arrive."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from builder.gallery.index.files import NamedFiles, list_urls
from builder.gallery_manifest import ExactIndex

MOST_FILE_BYTES = 1_000_000
"""Of a file of an index: hosts compress and cache whole files best, and large ones come late."""

_CHUNK = 8192


def add_exact_index(rows: NDArray[np.float16], files: NamedFiles) -> ExactIndex:
    """Add the files of unit rows, float16[n, dim], stored as int8 with one scale."""
    per_file = max(1, MOST_FILE_BYTES // rows.shape[1])
    largest = max(float(np.abs(chunk).max(initial=0.0)) for chunk in _cut(rows, _CHUNK))
    scale = largest / 127 or 1.0
    coded = (np.rint(chunk / scale).astype(np.int8).tobytes() for chunk in _cut(rows, per_file))
    listed = files.add_list("rows", coded)
    return ExactIndex(rows=listed, rows_per_file=per_file, scale=scale)


def read_exact_rows(index: ExactIndex, files: Mapping[str, bytes], dim: int) -> NDArray[np.float32]:
    """float32[n, dim]: the rows that a page computes with."""
    urls = list_urls(index.rows, files[index.rows.url])
    coded = np.frombuffer(b"".join(files[url] for url in urls), np.int8)
    return coded.reshape(-1, dim) * np.float32(index.scale)


def _cut(rows: NDArray[np.float16], size: int) -> Iterator[NDArray[np.float32]]:
    """Rows in pieces, so that no more of them is in memory at a time."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size].astype(np.float32)
