"""The files of an index of lists.

`head`: the first position of each list and the end, uint32[lists + 1]; the router's hidden layer,
`units` rows of `dim` weights, and its output layer, a row of `units` weights for each list; `look`,
a row of `dim` numbers for each axis; the points of each group, one row of 256 times its width. All
rows are int8 and follow their scales, float32; after the weights of a layer come its biases,
float32.

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
        units=len(lists.router.hidden.biases),
        share=scope.share,
        probes=scope.probes,
        slack=scope.slack,
        blocks=scope.blocks,
    )


def _write_head(lists: Lists) -> bytes:
    router, codes = lists.router, lists.codes
    return b"".join(
        (
            lists.clusters.starts.astype("<u4").tobytes(),
            router.hidden.tobytes(),
            router.output.tobytes(),
            codes.look.tobytes(),
            *(points.tobytes() for points in codes.points),
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
