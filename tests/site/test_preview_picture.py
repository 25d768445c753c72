"""The picture that other sites show with a link."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageColor

from builder.site.icon import ACCENT, BAR, PAGE
from builder.site.lettering import Typeface
from builder.site.preview_picture import HEIGHT, WIDTH, Caption, draw_preview

CAPTIONS = [Caption("a cat", 0.75, "75%", True), Caption("a dog", 0.25, "25%", False)]
RED = Image.new("RGB", (448, 448), (255, 0, 0))


def count(drawn: Image.Image, colour: str) -> NDArray[np.intp]:
    """How many pixels of a colour each row has."""
    wanted = np.array(ImageColor.getrgb(colour))
    return np.sum(np.all(np.asarray(drawn) == wanted, axis=-1), axis=1)


def test_bars_are_as_long_as_their_shares():
    drawn = draw_preview(RED, "Title", CAPTIONS, Typeface())
    assert drawn.size == (WIDTH, HEIGHT)
    assert count(drawn, BAR).max() / count(drawn, ACCENT).max() == pytest.approx(1 / 3, abs=0.02)


def test_no_bar_stands_out_where_nothing_fits():
    captions = [Caption("a cat", 0.6, "60%", False)]
    assert count(draw_preview(RED, "Title", captions, Typeface()), ACCENT).sum() == 0


@pytest.mark.parametrize(("right_to_left", "red", "page"), [(False, 10, 1190), (True, 1190, 10)])
def test_the_picture_is_where_lines_begin(right_to_left: bool, red: int, page: int):
    drawn = draw_preview(RED, "T", CAPTIONS, Typeface(), right_to_left=right_to_left)
    assert drawn.getpixel((red, 600)) == (255, 0, 0)
    assert drawn.getpixel((page, 600)) == ImageColor.getrgb(PAGE)


@pytest.mark.parametrize("right_to_left", [False, True])
def test_nothing_is_written_beyond_the_margins(right_to_left: bool):
    captions = [Caption("word " * 40, 1.0, "100%", True)] * 9
    drawn = draw_preview(RED, "W" * 300, captions, Typeface(), right_to_left=right_to_left)
    column = np.asarray(drawn)[:, : WIDTH - HEIGHT] if right_to_left else np.asarray(drawn)[:, 630:]
    page = ImageColor.getrgb(PAGE)
    edges = (column[:, :40], column[:, -40:], column[:40], column[-8:])
    assert all(np.all(edge == page) for edge in edges)


def test_the_credit_stands_below_all_captions():
    drawn = draw_preview(RED, "T", CAPTIONS * 9, Typeface(), credit="Photo: Nobody " * 20)
    column = np.asarray(drawn)[:, 630:]
    is_empty = np.all(column == ImageColor.getrgb(PAGE), axis=(1, 2))
    last = HEIGHT - 1 - int(np.argmin(is_empty[::-1]))
    gap = np.flatnonzero(is_empty[:last])[-1]
    assert HEIGHT - 48 <= gap + 1 < last < HEIGHT - 20
    assert not np.any(np.all(column == ImageColor.getrgb(BAR), axis=-1)[gap:])


def test_without_a_font_it_is_the_picture_alone():
    drawn = draw_preview(RED, "題", CAPTIONS, None)
    assert drawn.size == (WIDTH, HEIGHT)
    assert drawn.getcolors() == [(WIDTH * HEIGHT, (255, 0, 0))]
