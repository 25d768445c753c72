"""The words that a build writes into pages are those of the web app, in every language."""

import json
from pathlib import Path

import pytest

from builder.resources import web_folder
from builder.site.webapp import load_catalogues
from builder.site.wording import Wording, choose_wording, find_missing_wording

CASES = json.loads(
    (Path(__file__).parents[1] / "golden" / "percentages.json").read_text(encoding="utf-8")
)
CATALOGUES = {"de": {"Photo: {0}": "Foto: {0}"}, "ar": {"{0} of {1}": "{1} / {0}"}}


@pytest.mark.parametrize(
    ("language", "probability", "text"),
    [(language, *case) for language, cases in CASES.items() for case in cases],
)
def test_a_percentage_is_that_of_the_web_app(language: str, probability: float, text: str):
    wording = choose_wording(language, load_catalogues(web_folder()))
    assert wording.percent(probability) == text


@pytest.mark.parametrize(
    ("asked", "language", "direction", "photo"),
    [
        ("de-CH", "de-CH", "ltr", "Foto: me"),
        ("ar", "ar", "rtl", "Photo: me"),
        ("en-GB", "en-GB", "ltr", "Photo: me"),
        ("fr", "en", "ltr", "Photo: me"),
        ("he", "en", "ltr", "Photo: me"),
    ],
)
def test_a_page_speaks_its_language_or_else_english(
    asked: str, language: str, direction: str, photo: str
):
    wording = choose_wording(asked, CATALOGUES)
    assert (wording.language, wording.direction) == (language, direction)
    assert wording.translate("Photo: {0}", "me") == photo


def test_values_go_where_the_language_puts_them():
    assert Wording("ar", CATALOGUES["ar"]).translate("{0} of {1}", 1, "{0}") == "{0} / 1"


def test_an_author_is_told_of_a_language_that_the_page_does_not_speak():
    assert find_missing_wording("de-CH", CATALOGUES) is None
    note = find_missing_wording("fr", CATALOGUES)
    assert note is not None
    assert 'language = "fr"' in note
    assert "It speaks en, ar, de" in note
