"""What captions are suggested from: names of things, and places where they may be."""

from collections.abc import Sequence
from dataclasses import dataclass

from builder.text import words
from builder.text.captions import put_articles_right

_WITHOUT_ARTICLE = frozenset(
    """bacon, bagpipes, beer, bread, breakfast, broccoli, butter, candy, cauliflower, cheese,
    chocolate, chopsticks, coffee, coral, corn, dice, dinner, drums, espresso, french fries, fruit,
    furniture, garlic, glasses, grapes, guacamole, headphones, ice cream, jeans, lettuce, milk,
    noodles, orange juice, paper, pasta, pliers, popcorn, rice, salad, scissors, shrimp, skis, soap,
    soup, spaghetti, spoons, sunglasses, sushi, tea, tweezers, vegetables, water, wine""".replace(
        "\n    ", " "
    ).split(", ")
)
"""Several, or what is not counted."""


@dataclass(frozen=True)
class Vocabulary:
    """Things that pictures may show, as captions, and places to go on with; none is fine."""

    things: Sequence[str]
    places: Sequence[str]


def built_in_vocabulary() -> Vocabulary:
    """Some 700 plain English nouns and 100 places."""
    nouns = (
        *(*words.ANIMALS, *words.PEOPLE, *words.VEHICLES, *words.BUILDINGS),
        *(*words.THINGS, *words.FOODS),
    )
    things = (*map(_with_article, nouns), *words.LANDMARKS)
    return Vocabulary(tuple(dict.fromkeys(things)), words.PLACES)


def vocabulary_of(texts: Sequence[str]) -> Vocabulary:
    """An author's own captions, which are taken as they are."""
    return Vocabulary(tuple(dict.fromkeys(texts)), ())


def _with_article(noun: str) -> str:
    return noun if noun in _WITHOUT_ARTICLE else put_articles_right(f"a {noun}")
