"""The words that a build itself writes into pages, from the catalogues of the web app."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

SOURCE = "en"
"""The language of texts in the code, which needs no catalogue."""

Catalogue = Mapping[str, str]
"""Texts as they are in the code, with what stands for them; values go where `{0}` and `{1}` are."""

_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_PLACE = re.compile(r"\{(\d)\}")


@dataclass(frozen=True)
class Wording:
    """How a page speaks: the tag of its language, such as `de-CH`, and its catalogue."""

    language: str = SOURCE
    catalogue: Catalogue = field(default_factory=dict[str, str])

    @property
    def direction(self) -> str:
        """Where its lines go: `ltr` or `rtl`."""
        return "rtl" if primary_language(self.language) in _RIGHT_TO_LEFT else "ltr"

    def translate(self, source: str, *values: object) -> str:
        """What stands for a text of the code, with values in its places."""
        return _PLACE.sub(
            lambda place: str(values[int(place[1])]), self.catalogue.get(source, source)
        )

    def percent(self, probability: float) -> str:
        """A probability as the web app writes it (`formatPercent`)."""
        percent = 100 * probability
        if 0 < percent < 0.1:
            return self.translate("<0.1%")
        if 99.5 <= percent < 100:
            return self.translate(">99%")
        if 0 < percent < 0.95:
            return self.translate("0.{0}%", _round_half_up(percent, "0.1").partition(".")[2])
        return self.translate("{0}%", _round_half_up(percent, "1"))


def _round_half_up(number: float, step: str) -> str:
    """As JavaScript's `toFixed`."""
    return str(Decimal(number).quantize(Decimal(step), ROUND_HALF_UP))


def choose_wording(language: str, catalogues: Mapping[str, Catalogue]) -> Wording:
    """That of a page whose texts are in `language`: English if there is no catalogue for it."""
    primary = primary_language(language)
    if primary in catalogues:
        return Wording(language, catalogues[primary])
    return Wording(language if primary == SOURCE else SOURCE)


def primary_language(tag: str) -> str:
    """The language of a tag such as `de-CH`, without what follows."""
    return tag.lower().partition("-")[0]


def find_missing_wording(language: str, catalogues: Mapping[str, Catalogue]) -> str | None:
    """What to tell an author whose language the page does not speak."""
    if primary_language(language) in (SOURCE, *catalogues):
        return None
    known = ", ".join((SOURCE, *sorted(catalogues)))
    return (
        f'language = "{language}": your texts are marked as such, but the page\'s own words stay'
        f" English. It speaks {known}; docs/how-to/languages.md says how to add a language."
    )
