"""Captions that are made up: sentences of a small grammar about what photographs show."""

import random
import re
from collections.abc import Mapping, Sequence

from builder.text import words

Grammar = Mapping[str, Sequence[str]]
"""A symbol's alternatives; `{symbol}` inside one is replaced in turn."""

RULES: Grammar = {
    "caption": (
        *("{subject} {place}",) * 4,
        *("{animal_phrase} {animal_doing}",) * 2,
        *("{person_phrase} {person_doing}",) * 2,
        "{subject}",
        "{animal_phrase} {animal_doing} {place}",
        "{person_phrase} {person_doing} {place}",
        "{person_phrase} with {thing_phrase}",
        "{person_phrase} holding {thing_phrase}",
        "{person_phrase} and {animal_phrase} {place}",
        "{subject} next to {thing_phrase}",
        "{subject} and {subject}",
        "{subject}, {subject} and {subject}",
        "{subject} in front of {building_phrase}",
        "{subject} on top of {thing_phrase}",
        "{thing_phrase} with {thing_phrase}",
        "{thing_phrase} made of {material}",
        "{number} {plural} {place}",
        "{group} {plural}",
        "{group} {plural} {place}",
        "{food_phrase} with {food_phrase}",
        "{food_phrase} {place}",
        "{vehicle_phrase} {place}",
        "{building_phrase} {place}",
        "{landmark}",
        "{landmark} {place}",
        "{opening} {subject}",
        "{opening} {subject} {place}",
        "{opening} {noun}",
        "{noun}",
        "{color} {noun}",
        "{adjective} {noun}",
        "there is {subject} {place}",
        "no {noun} {place}",
        "{subject} without {thing_phrase}",
        "not {subject}",
        "{thing_phrase} with a {color} {thing}",
        "{thing_phrase} of {food}",
        *("{everyday}",) * 40,
    ),
    "everyday": (
        *("a {sight} {relation} a {sight}",) * 3,
        *("a {sight} {relation} a {sight} {beside} a {setting}",) * 2,
        *("a {somebody} {acting} a {sight}",) * 2,
        *("a {somebody} {acting} a {sight} {beside} a {setting}",) * 2,
        "a {somebody} and a {somebody} {acting} a {sight}",
        "a {color} {sight} {relation} a {adjective} {sight}",
        "a {sight} with a {sight}, a {sight} and a {sight}",
        "a {setting} with a {sight} and a {sight}",
        "a {adjective} {setting} with a {color} {sight}",
        "there is a {sight} {relation} the {sight}",
        "the {sight} is {relation} a {sight} and a {sight}",
        "{number} {sight}s {relation} a {setting}",
        "{opening} a {sight} {beside} a {setting}",
        "a {sight} {place}",
        "a {animal} {relation} a {sight}",
        "a {thing} {relation} a {sight}",
        "a {somebody} {person_doing}",
        "a {sight}",
        "a {setting}",
    ),
    "subject": (
        *("{animal_phrase}", "{thing_phrase}", "{thing_phrase}"),
        *("{vehicle_phrase}", "{building_phrase}", "{food_phrase}"),
        *("{person_phrase}", "{number} {plural}"),
    ),
    "animal_phrase": ("a {animal}",) * 3 + ("a {adjective} {animal}", "a {color} {animal}"),
    "thing_phrase": ("a {thing}",) * 3 + ("a {adjective} {thing}", "a {color} {thing}"),
    "person_phrase": ("a {person}", "a {person}", "a {adjective} {person}", "{number} {person}s"),
    "vehicle_phrase": ("a {vehicle}", "a {color} {vehicle}", "a {adjective} {vehicle}"),
    "building_phrase": ("a {building}", "a {adjective} {building}", "a {material} {building}"),
    "food_phrase": ("a {food}", "{food}", "a {adjective} {food}", "{group} {food}"),
    "noun": ("{animal}", "{thing}", "{thing}", "{food}", "{vehicle}", "{building}"),
    "plural": ("{animal}s", "{thing}s", "{food}s", "{vehicle}s", "{building}s"),
    "material": ("wood", "stone", "glass", "metal", "paper", "ice", "gold", "brick", "plastic"),
    "opening": (
        *("a photo of", "a picture of", "an image of", "a close-up of", "a drawing of"),
        *("a bad photo of", "a black and white photo of", "a painting of", "this is"),
    ),
    "relation": words.RELATIONS,
    "beside": words.BESIDE,
    "acting": words.ACTING,
    "number": words.NUMBERS,
    "group": words.GROUPS,
    "color": words.COLORS,
    "adjective": words.ADJECTIVES,
    "animal_doing": words.ANIMAL_DOING,
    "person": words.PEOPLE,
    "person_doing": words.PEOPLE_DOING,
    "food": words.FOODS,
    "vehicle": words.VEHICLES,
    "building": words.BUILDINGS,
    "landmark": words.LANDMARKS,
    "place": words.PLACES,
}

CAPTIONS: Grammar = {
    **RULES,
    "everyday": (
        "{subject} {place}",
        "{animal_phrase} {animal_doing}",
        "{person_phrase} {person_doing}",
    ),
    "animal": words.ANIMALS,
    "thing": words.THINGS,
}
"""The rules with their own words alone."""


def expand(symbol: str, grammar: Grammar, rng: random.Random) -> str:
    """One random sentence of the grammar, with its articles put right."""
    text = rng.choice(grammar[symbol])
    while "{" in text:
        text = re.sub(r"{(\w+)}", lambda match: rng.choice(grammar[match[1]]), text)
    return put_articles_right(text)


def put_articles_right(text: str) -> str:
    """The text with "an" before vowels, and no article before several."""
    text = re.sub(r"\ba (?=[aeiou])", "an ", text)
    return re.sub(r"\ban? (?=two|three|several|many|some|people|children|men\b|women\b)", "", text)
