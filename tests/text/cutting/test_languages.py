"""Words of languages, and text made of them."""

import sys
from collections import Counter

import pytest

from builder.errors import BuilderError
from builder.text.cutting import languages
from builder.text.cutting.languages import read_language
from builder.text.cutting.scripts import find_scripts
from tests.text.cutting.words import give_words

WORDS = {"the": 6.0, "dog": 3.0, "1000": 1.0}


def test_text_has_words_as_often_as_they_are_used(monkeypatch: pytest.MonkeyPatch):
    give_words(monkeypatch, {"en": WORDS})
    language = read_language("en")
    assert list(language.words.items()) == [("the", 0.6), ("dog", 0.3), ("1000", 0.1)]
    texts = language.write(2000, seed=4)
    assert texts == language.write(2000, seed=4) != language.write(2000, seed=5)
    words = Counter(word.strip(",.").lower() for text in texts for word in text.split())
    assert words["the"] / words.total() == pytest.approx(0.6, abs=0.02)
    numbers = [word for word in words if word.isdecimal()]
    assert {len(number) for number in numbers} == {4}
    assert len(numbers) > 100
    assert {len(text.split()) for text in texts} == {10}
    assert 0.4 < sum(text.endswith(".") for text in texts) / len(texts) < 0.6
    assert not any(",." in text for text in texts)


def test_a_word_counts_in_all_places_as_often_as_it_is_used(monkeypatch: pytest.MonkeyPatch):
    give_words(monkeypatch, {"en": WORDS})
    shares: Counter[str] = Counter()
    for before, word, share in read_language("en").contexts():
        assert (before == "1") == word.startswith(" ")
        shares[word.strip().lower()] += share  # pyright: ignore[reportArgumentType]
    assert shares == pytest.approx({"the": 0.6, "dog": 0.3, "1000": 0.1})


def test_japanese_has_no_spaces(monkeypatch: pytest.MonkeyPatch):
    give_words(monkeypatch, {"ja": {"犬": 1.0, "が": 1.0}})
    language = read_language("ja")
    assert not language.has_spaces
    assert all(len(text) == 10 and set(text) <= set("犬が") for text in language.write(50))


def test_an_unknown_language_is_refused_with_those_that_are_known(monkeypatch: pytest.MonkeyPatch):
    give_words(monkeypatch, {"de": {"Hund": 1.0}, "en": WORDS})
    with pytest.raises(BuilderError, match=r"no list of words of 'xx', but of de, en\.") as error:
        read_language("xx")
    assert "corpus" in error.value.remedy


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    monkeypatch.setattr(
        languages,
        "_import_wordfreq",
        languages._import_wordfreq.__wrapped__,  # pyright: ignore
    )
    with pytest.raises(BuilderError, match="pip install 'lit-demo-builder"):
        read_language("en")


def test_wordfreq_knows_english():
    pytest.importorskip("wordfreq", reason="needs lit-demo-builder[languages]")
    language = read_language("en")
    assert len(language.words) > 100_000
    assert next(iter(language.words)) == "the"
    assert sum(language.words.values()) == pytest.approx(1)
    assert find_scripts(language.words.items()) == {"LATIN"}
