"""What a site's manifest says of a gallery, and what the files are that it leads to.

A gallery's pictures have positions, counted from 0; the index decides which of them are neighbours.
The manifest does not grow with their number: it names lists of files (`FileList`), and each file is
named by its content, so that the name is all that is needed to check it. Numbers are little-endian.
"""

from typing import Annotated, Literal

from pydantic import Field

from builder.file_ref import FileRef
from builder.schema import Part

POSITIONS_PER_RECORDS = 1000
POSITIONS_PER_VALUES = 65_536
MOST_VALUES = 50
NO_VALUE = 255


class FileList(FileRef):
    """A file that lists others: 16 bytes for each, which are the first of its SHA-256.

    The URL of one is the folder, a slash, those bytes as 32 lower-case hexadecimal digits, and the
    suffix.
    """

    folder: str
    suffix: str
    count: Annotated[int, Field(ge=0)]


class Column(Part):
    """What pictures can be filtered by: a column of the author's table.

    The files have a byte for each position, 65,536 in each file but the last: the number of the
    picture's value, or 255 if it has none.
    """

    name: str
    values: Annotated[tuple[str, ...], Field(max_length=MOST_VALUES)]
    files: FileList


class ExactIndex(Part):
    """All rows, each compared with what is looked for.

    The files hold int8[n, dim], row-major, `rows_per_file` rows in each but the last; the value of
    an entry is `scale` times what is stored.
    """

    kind: Literal["exact"] = "exact"
    rows: FileList
    rows_per_file: Annotated[int, Field(gt=0)]
    scale: float


class GalleryMap(Part):
    """A map on which pictures that are alike lie near each other: a pyramid of square tiles.

    `builder.gallery.overview.tiles` says what is in a tile. `squares` holds three uint16 for each,
    in the order of `tiles`: level, column and row.
    """

    tiles: FileList
    squares: FileRef


class ListIndex(Part):
    """Lists of pictures that are alike, of which a search reads some.

    The page learns from `head` which lists to read for a query, by a network with `units` hidden
    units. In a list's file are short codes of its rows, and the names of files beside it with whole
    rows, int8[n, dim], for `rows_per_block` pictures each but the last; the value of an entry is
    `scale` times what is stored. A search reads lists until they have `share` of the best pictures,
    as the network expects, but at most `probes`; and then the whole rows of the blocks where a code
    promises at most `slack` less than the tenth best one, but at most `blocks`. For more than 50
    pictures it reads more. `widths` are the axes in each group of a code. What is in the files is
    said in `builder.gallery.index.list_files`.
    """

    kind: Literal["lists"] = "lists"
    head: FileRef
    lists: FileList
    widths: tuple[Annotated[int, Field(gt=0)], ...]
    scale: float
    rows_per_block: Annotated[int, Field(gt=0)]
    units: Annotated[int, Field(gt=0)]
    share: Annotated[float, Field(gt=0, le=1)]
    probes: Annotated[int, Field(gt=0)]
    slack: Annotated[float, Field(ge=0)]
    blocks: Annotated[int, Field(ge=0)]


class Gallery(Part):
    """Many pictures, found by a sentence or by another picture.

    Each of the files of `records` holds the `GalleryRecords` of 1,000 positions, but the last of
    what remains. `thumbnails` is the folder or the address before a record's thumbnail; null if
    that is an address itself.

    `files` lists all files that are named by their content, one list for each folder: for whoever
    checks, publishes or replaces a site. Pages need none of these lists.
    """

    model: str = Field(description="The id of the model whose rows they have.")
    pictures: Annotated[int, Field(gt=0)]
    dim: Annotated[int, Field(gt=0)]
    index: Annotated[ExactIndex | ListIndex, Field(discriminator="kind")]
    records: FileList
    thumbnails: str | None
    columns: tuple[Column, ...] = ()
    map: GalleryMap | None = None
    files: tuple[FileList, ...] = ()


class GalleryRecords(Part):
    """What is known of pictures at positions next to each other: an entry of every field for each.

    Sizes are those of the whole pictures in pixels, and `address` is where one is, if that is
    public. `x` and `y` are a picture's place on the map, from 0 at the left and the top to 1; they
    are empty if there is no map.
    """

    id: tuple[str, ...]
    description: tuple[str, ...]
    thumbnail: tuple[str, ...]
    width: tuple[int, ...]
    height: tuple[int, ...]
    address: tuple[str | None, ...]
    author: tuple[str | None, ...]
    license: tuple[str | None, ...]
    source: tuple[str | None, ...]
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
