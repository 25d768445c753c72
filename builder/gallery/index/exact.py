"""The index of a small gallery: all rows, in files that a page scans as they arrive."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from builder.gallery.index.files import NamedFiles, list_urls
from builder.gallery.index.weights import Weights, find_scale, round_rows
from builder.gallery_manifest import ExactIndex

MOST_FILE_BYTES = 1_000_000
"""Of a file of an index: hosts compress and cache whole files best, and large ones come late."""


def add_exact_index(rows: NDArray[np.float16], weights: Weights, files: NamedFiles) -> ExactIndex:
    """Add the files of unit rows, float16[n, dim]."""
    per_file = max(1, MOST_FILE_BYTES // rows.shape[1])
    scale = find_scale(rows)
    stored = (
        round_rows(rows[start : start + per_file].astype(np.float32), scale, weights).tobytes()
        for start in range(0, len(rows), per_file)
    )
    listed = files.add_list("rows", stored)
    return ExactIndex(rows=listed, rows_per_file=per_file, scale=scale)


def read_exact_rows(index: ExactIndex, files: Mapping[str, bytes], dim: int) -> NDArray[np.float32]:
    """float32[n, dim]: the rows that a page computes with."""
    urls = list_urls(index.rows, files[index.rows.url])
    coded = np.frombuffer(b"".join(files[url] for url in urls), np.int8)
    return coded.reshape(-1, dim) * np.float32(index.scale)
