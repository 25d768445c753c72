"""Which fonts have the letters of a text, and where its lines break."""

from pathlib import Path

import pytest
from PIL import features

from builder.errors import BuilderError
from builder.site import lettering
from builder.site.lettering import Typeface, find_typeface, read_typeface, wrap


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Which one? 93%", True), ("schön", False), ("猫", False), ("قطة", False), ("a\nb", True)],
)
def test_pillow_s_own_font_has_the_letters_of_english(text: str, expected: bool):
    assert Typeface().has([text]) == expected


def test_a_font_of_the_system_is_taken_only_where_pillow_s_lacks_letters():
    assert find_typeface(["a cat"]) == Typeface()
    assert find_typeface(["a cat", "\U0010fffd"]) is None


def test_what_must_be_shaped_is_not_drawn_without_raqm(monkeypatch: pytest.MonkeyPatch):
    def lacks_raqm(name: str) -> bool:
        return False

    def shape_of(font: object, letter: str) -> bytes:
        return letter.encode()

    monkeypatch.setattr(features, "check", lacks_raqm)
    monkeypatch.setattr(lettering, "_shape_of", shape_of)
    assert Typeface().has(["a cat", "猫"])
    assert not Typeface().has(["a cat", "قطة"])
    assert not Typeface().has(["\u0939\u093f"])


def test_a_file_that_is_not_a_font_is_refused(tmp_path: Path):
    path = tmp_path / "a.ttf"
    path.write_bytes(b"no font")
    with pytest.raises(BuilderError, match=r"a\.ttf: .*Name a font in the format TTF or OTF"):
        read_typeface(path)


def test_lines_break_at_spaces_and_within_words_that_are_too_wide():
    font = Typeface().at(20)
    width = round(font.getlength("nnnnnnnnnn"))
    assert wrap("nnnn nnnn nnnnn", font, width, 3) == ["nnnn nnnn", "nnnnn"]
    assert wrap("n" * 23, font, width, 3) == ["n" * 10, "n" * 10, "nnn"]
    assert wrap("  nn \n nn ", font, width, 3) == ["nn nn"]
    assert wrap("", font, width, 3) == []


def test_what_does_not_fit_ends_in_dots_within_the_width():
    font = Typeface().at(20)
    width = round(font.getlength("nnnnnnnnnn"))
    lines = wrap("nnnnnnnn " * 9, font, width, 2)
    assert len(lines) == 2
    assert lines[1].endswith("...")
    assert all(font.getlength(line) <= width for line in lines)


def test_even_a_letter_wider_than_the_line_is_drawn():
    assert wrap("WW", Typeface().at(40), 5, 2) == ["W", "W"]
