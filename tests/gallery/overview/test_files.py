"""The files of a map, as a page reads them."""

import numpy as np

from builder.gallery.index.files import NamedFiles, list_urls
from builder.gallery.overview.files import add_map, describe_places


def test_squares_and_tiles_are_in_the_same_order() -> None:
    places = np.random.default_rng(0).random((9000, 2)).astype(np.float32)
    files = NamedFiles()
    found = add_map(places, files)
    squares = np.frombuffer(files.contents[found.squares.url], "<u2").reshape(-1, 3)
    urls = list_urls(found.tiles, files.contents[found.tiles.url])
    assert len(urls) == len(squares) == found.tiles.count == 5
    assert squares.tolist() == [[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1]]
    for (level, column, row), url in zip(squares, urls, strict=True):
        positions = np.frombuffer(files.contents[url], "<u4")[1::2]
        assert ((places[positions] * 2**level).astype(int) == [column, row]).all()


def test_records_say_where_a_picture_is_to_a_ten_thousandth() -> None:
    x, y = describe_places(np.array([[0.123456, 1], [0, 0.5]], np.float32))
    assert (x, y) == ((0.1235, 0.0), (1.0, 0.5))
