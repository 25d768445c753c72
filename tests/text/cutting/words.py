"""Lists of words in place of those of wordfreq, which need not be installed."""

from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from builder.text.cutting.languages import Language

_TEXTS = 5000
"""Fewer than are drawn for an author, which takes long on a busy machine."""

Lists = Mapping[str, Mapping[str, float]]


def give_words(monkeypatch: pytest.MonkeyPatch, lists: Lists) -> None:
    """Let languages have these words, as often as the numbers say."""

    def find(code: str, wordlist: str) -> Mapping[str, float]:
        assert wordlist == "best"
        return lists[code]

    def list_codes(wordlist: str) -> Mapping[str, str]:
        return dict.fromkeys(lists, wordlist)

    module = SimpleNamespace(available_languages=list_codes, get_frequency_dict=find)
    monkeypatch.setattr("builder.text.cutting.languages._import_wordfreq", lambda: module)
    write = Language.write

    def write_less(language: Language, count: int = _TEXTS, seed: int = 0) -> list[str]:
        return write(language, min(count, _TEXTS), seed)

    monkeypatch.setattr(Language, "write", write_less)
    monkeypatch.setattr("builder.models.cut._has_words", lambda: False)
