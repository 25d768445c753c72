"""Lists of words in place of those of wordfreq, which need not be installed."""

from collections.abc import Mapping
from types import SimpleNamespace

import pytest

Lists = Mapping[str, Mapping[str, float]]


def give_words(monkeypatch: pytest.MonkeyPatch, lists: Lists) -> None:
    """Let languages have these words, as often as the numbers say."""

    def find(code: str, wordlist: str) -> Mapping[str, float]:
        assert wordlist == "best"
        return lists[code]

    module = SimpleNamespace(
        available_languages=lambda wordlist: dict.fromkeys(lists, wordlist),
        get_frequency_dict=find,
    )
    monkeypatch.setattr("builder.text.cutting.languages._import_wordfreq", lambda: module)
    monkeypatch.setattr("builder.models.cut._has_words", lambda: False)
