"""The picture that other sites show with a link to a demo: its first picture, with the answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from builder.site.icon import ACCENT, BAR, PAGE
from builder.site.lettering import Typeface, wrap

WIDTH, HEIGHT = 1200, 630
"""What sites that show links ask for, in pixels."""

_TEXT, _MUTED = "#1f1d18", "#5c584d"
"""As in webapp_src/src/components/theme.css."""
_MARGIN = 48
_TITLE, _CAPTION, _CREDIT = 44, 28, 18
_TITLE_LINES, _CAPTION_LINES = 3, 2
_MOST_CAPTIONS = 5
_BAR_HEIGHT = 10
_LINE = 1.25
"""Distance of lines, times the size of letters."""


@dataclass(frozen=True)
class Caption:
    """A caption with its share, from 0 to 1 and in words; `is_best` if it is the answer."""

    text: str
    share: float
    percent: str
    is_best: bool


def draw_preview(
    picture: Image.Image,
    title: str,
    captions: Sequence[Caption],
    typeface: Typeface | None,
    *,
    credit: str = "",
    right_to_left: bool = False,
) -> Image.Image:
    """A picture of 1200 x 630 pixels: the square at one side, the title and bars at the other.

    `credit` says who made the square, since the picture goes where the page is not. Without a
    typeface for the texts, it is the picture alone.
    """
    if typeface is None:
        whole = picture.resize((WIDTH, WIDTH), Image.Resampling.LANCZOS)
        top = (WIDTH - HEIGHT) // 2
        return whole.crop((0, top, WIDTH, top + HEIGHT))
    drawn = Image.new("RGB", (WIDTH, HEIGHT), PAGE)
    square = picture.resize((HEIGHT, HEIGHT), Image.Resampling.LANCZOS)
    drawn.paste(square, (WIDTH - HEIGHT if right_to_left else 0, 0))
    left = _MARGIN if right_to_left else HEIGHT + _MARGIN
    column = _Column(drawn, left, WIDTH - HEIGHT - 2 * _MARGIN, right_to_left)
    heading, font = typeface.at(_TITLE), typeface.at(_CAPTION)
    title_lines = wrap(title, heading, column.width, _TITLE_LINES)
    column.write(title_lines, heading, _TITLE)
    column.skip(_CAPTION)
    if credit:
        column.end_with(credit, typeface.at(_CREDIT))
    for caption in captions[:_MOST_CAPTIONS]:
        if not column.add_caption(caption, font):
            break
    return drawn


class _Column:
    """What is written from top to bottom beside the picture."""

    def __init__(self, drawn: Image.Image, left: int, width: int, right_to_left: bool):
        self.width = width
        self._draw = ImageDraw.Draw(drawn)
        self._left, self._top = left, _MARGIN
        self._bottom = HEIGHT - _CAPTION
        self._right_to_left = right_to_left

    def end_with(self, text: str, font: FreeTypeFont) -> None:
        """Write a small line below all others."""
        (line,) = wrap(text, font, self.width, 1)
        self._place(line, font, at_end=False, top=HEIGHT - _MARGIN, colour=_MUTED)
        self._bottom = HEIGHT - _MARGIN - _CAPTION

    def skip(self, height: int) -> None:
        self._top += height

    def write(self, lines: Sequence[str], font: FreeTypeFont, size: int) -> None:
        for line in lines:
            self._place(line, font, at_end=False, top=self._top)
            self._top += round(size * _LINE)

    def add_caption(self, caption: Caption, font: FreeTypeFont) -> bool:
        """Draw a caption with its bar, unless there is no room for it."""
        room = self.width - round(font.getlength(caption.percent)) - _CAPTION
        lines = wrap(caption.text, font, room, _CAPTION_LINES)
        height = round(len(lines) * _CAPTION * _LINE) + 2 * _BAR_HEIGHT
        if self._top + height > self._bottom:
            return False
        self._place(caption.percent, font, at_end=True, top=self._top)
        self.write(lines, font, _CAPTION)
        self._top += _BAR_HEIGHT
        self._draw_bar(caption)
        self._top += _BAR_HEIGHT + _CAPTION
        return True

    def _place(
        self, text: str, font: FreeTypeFont, *, at_end: bool, top: int, colour: str = _TEXT
    ) -> None:
        is_right = at_end != self._right_to_left
        x = self._left + self.width - font.getlength(text) if is_right else self._left
        self._draw.text((x, top), text, colour, font)

    def _draw_bar(self, caption: Caption) -> None:
        length = max(round(caption.share * self.width), _BAR_HEIGHT)
        left = self._left + self.width - length if self._right_to_left else self._left
        box = (left, self._top, left + length, self._top + _BAR_HEIGHT)
        self._draw.rounded_rectangle(box, _BAR_HEIGHT // 2, ACCENT if caption.is_best else BAR)
