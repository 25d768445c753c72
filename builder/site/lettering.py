"""Texts in pictures that a build draws: a font that has their letters, and lines that fit."""

import io
import string
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features
from PIL.ImageFont import FreeTypeFont

from builder.errors import reading

_SYSTEM_FONTS = (
    *("DejaVuSans.ttf", "NotoSans-Regular.ttf", "segoeui.ttf", "Arial.ttf"),
    *("NotoSansCJK-Regular.ttc", "YuGothM.ttc", "msgothic.ttc", "Hiragino Sans GB.ttc"),
    *("NotoSansArabic-Regular.ttf", "Tahoma.ttf", "Arial Unicode.ttf"),
)
"""Where Pillow's own font lacks letters: what systems have, in the order of preference."""

_ABSENT = "\uffff"
"""No font has it, so that it shows what a font draws for letters that it lacks."""
_SIZE = 40
_SHAPED = ("Mn", "Mc")
_RIGHT_TO_LEFT = ("R", "AL")
MORE = "..."
"""What ends a text that goes on."""


@dataclass(frozen=True)
class Typeface:
    """A font in any size: the content of its file, or None for Pillow's own."""

    content: bytes | None = None

    def at(self, size: int) -> FreeTypeFont:
        """The font with letters of that size in pixels."""
        return _load(self.content, size)

    def has(self, texts: Iterable[str]) -> bool:
        """Whether all letters of the texts are in it, and can be put together as they should."""
        letters = {letter for text in texts for letter in text if not letter.isspace()}
        if not features.check("raqm") and any(map(_needs_shaping, letters)):
            return False
        font = self.at(_SIZE)
        try:
            absent = _shape_of(font, _ABSENT)
            return all(_shape_of(font, letter) != absent for letter in letters)
        except (OSError, RuntimeError):
            return False  # the font is damaged where one of them is


def read_typeface(path: Path) -> Typeface:
    """The font in a file of the author's.

    Raises:
        BuilderError: if it is not one that can be used.
    """
    with reading(path, "Name a font in the format TTF or OTF."):
        typeface = Typeface(path.read_bytes())
        _shape_of(typeface.at(_SIZE), string.ascii_letters)
    return typeface


def find_typeface(texts: Iterable[str]) -> Typeface | None:
    """Pillow's own font if it has all letters, or else one of the system that has."""
    wanted = list(texts)
    return next((found for found in _list_typefaces() if found.has(wanted)), None)


def _list_typefaces() -> Iterator[Typeface]:
    yield Typeface()
    for name in _SYSTEM_FONTS:
        try:
            path = ImageFont.truetype(name).path
        except OSError:
            continue  # which this system does not have
        yield Typeface(Path(str(path)).read_bytes())


def wrap(text: str, font: FreeTypeFont, width: int, most: int) -> list[str]:
    """At most so many lines that are not wider than `width`; what does not fit ends in dots.

    Lines break at spaces, and within words only where one alone is too wide, as texts without
    spaces are.
    """
    lines: list[str] = []
    rest = " ".join(text.split())
    while rest and len(lines) < most:
        line = _take_line(rest, font, width)
        rest = rest[len(line) :].lstrip()
        lines.append(line.rstrip())
    if rest:
        line = lines[-1]
        while line and font.getlength(line + MORE) > width:
            line = line[:-1].rstrip()
        lines[-1] = line + MORE
    return lines


def _take_line(text: str, font: FreeTypeFont, width: int) -> str:
    if font.getlength(text) <= width:
        return text
    end = next(n for n in range(1, len(text) + 1) if font.getlength(text[:n]) > width)
    end = max(end - 1, 1)
    space = text.rfind(" ", 0, end + 1)
    return text[:space] if space > 0 else text[:end]


def _needs_shaping(letter: str) -> bool:
    """Whether it takes Raqm to draw a letter as it stands beside others."""
    return (
        unicodedata.category(letter) in _SHAPED
        or unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT
    )


def _shape_of(font: FreeTypeFont, letter: str) -> bytes:
    drawn = Image.new("L", (2 * _SIZE, 2 * _SIZE))
    ImageDraw.Draw(drawn).text((0, 0), letter, 255, font)
    return drawn.tobytes()


@cache
def _load(content: bytes | None, size: int) -> FreeTypeFont:
    if content is not None:
        return ImageFont.truetype(io.BytesIO(content), size)
    own = ImageFont.load_default(size)
    assert isinstance(own, FreeTypeFont), "Pillow comes with FreeType"
    return own
