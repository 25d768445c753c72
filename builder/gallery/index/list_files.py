"""The files of an index of lists.

`head`: the first position of each list and the end, uint32[lists + 1]; the router's scales and
biases, float32[lists] each, and its rows, int8[lists, dim]; `look`, float16[axes, dim], and the
points of each group, float16[256, width].

A list: the mean of its rows, float16[dim]; the names of the files of its blocks, 16 bytes each; the
codes of its pictures, uint8[n, groups]. A block: the rows of 32 pictures, int8[32, dim].
"""

from collections.abc import Iterator

from builder.gallery.index.clusters import BLOCK
from builder.gallery.index.files import NamedFiles
from builder.gallery.index.lists import Lists, Scope
from builder.gallery_manifest import ListIndex

_KIND = "lists"


def add_list_index(lists: Lists, scope: Scope, files: NamedFiles) -> ListIndex:
    """Add the files of an index."""
    return ListIndex(
        head=files.add_ref(_KIND, _write_head(lists)),
        lists=files.add_list(_KIND, _write_lists(lists, files)),
        widths=lists.codes.widths,
        scale=lists.scale,
        rows_per_block=BLOCK,
        probes=scope.probes,
        blocks=scope.blocks,
    )


def _write_head(lists: Lists) -> bytes:
    router, codes = lists.router, lists.codes
    return b"".join(
        (
            lists.clusters.starts.astype("<u4").tobytes(),
            router.scales.astype("<f4").tobytes(),
            router.biases.astype("<f4").tobytes(),
            router.codes.tobytes(),
            codes.look.astype("<f2").tobytes(),
            *(points.astype("<f2").tobytes() for points in codes.points),
        )
    )


def _write_lists(lists: Lists, files: NamedFiles) -> Iterator[bytes]:
    starts = lists.clusters.starts
    for mean, start, end in zip(lists.clusters.means, starts[:-1], starts[1:], strict=True):
        names = b"".join(
            files.add_entry(_KIND, lists.rows[first : min(first + BLOCK, end)].tobytes())
            for first in range(start, end, BLOCK)
        )
        yield mean.astype("<f2").tobytes() + names + lists.coded[start:end].tobytes()
