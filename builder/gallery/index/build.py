"""The index of a gallery."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builder.gallery.index.exact import add_exact_index
from builder.gallery.index.files import NamedFiles
from builder.gallery.index.report import Cost, IndexReport
from builder.gallery_manifest import ExactIndex
from builder.progress import Progress


@dataclass(frozen=True)
class BuiltIndex:
    """An index: the number of the row at each position, its files, and what was measured."""

    order: NDArray[np.int64]
    part: ExactIndex
    files: Mapping[str, bytes]
    report: IndexReport
    problems: tuple[str, ...]


def build_index(
    rows: NDArray[np.float16], bank: None, *, exact: bool | None = None, progress: Progress
) -> BuiltIndex:
    """The exact index of unit rows, float16[n, dim]."""
    files = NamedFiles()
    part = add_exact_index(rows, files)
    once = sum(map(len, files.contents.values()))
    none = Cost(0, 0)
    report = IndexReport("exact", 1.0, once, none, none, rows.shape[1], 0)
    return BuiltIndex(np.arange(len(rows)), part, files.contents, report, ())
