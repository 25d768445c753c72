"""The texts that the students learn from: names, glosses, descriptions and made-up captions.

No caption of a real picture is used. Captions come from a small grammar whose
words are ImageNet's class names, WordNet's nouns and the lists in `words` and
`looks`.
"""

import itertools
import random
import re
from collections.abc import Iterator, Mapping, Sequence

from builder.tuning import words
from builder.tuning.imagenet import ImageNetClass
from builder.tuning.looks import read_looks
from builder.tuning.wordnet import WordNet

MAX_WORDS = 12
"""A prompt is at most 15 tokens, so longer sentences are cut before the teacher sees them."""

Grammar = Mapping[str, Sequence[str]]
"""A symbol's alternatives; `{symbol}` inside one is replaced in turn."""

_FIRST_ARTIFACT = 398
"""ImageNet's classes before this one are animals, all others are things, food and places."""

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


def make_corpus(
    classes: Sequence[ImageNetClass], wordnet: WordNet, captions: int, glosses: int, seed: int
) -> list[str]:
    """Distinct texts in random order; the same for the same arguments."""
    rng = random.Random(seed)
    grammar = make_grammar(classes)
    texts = [
        *(sentence for c in classes for sentence in _class_sentences(c)),
        *_nouns_and_glosses(wordnet, glosses, rng),
        *(expand("caption", grammar, rng) for _ in range(captions)),
    ]
    texts = list(dict.fromkeys(_cut(text) for text in texts))
    rng.shuffle(texts)
    return texts


def make_grammar(classes: Sequence[ImageNetClass]) -> Grammar:
    """The rules with ImageNet's names among the animals and things, and the words of `looks`."""
    looks = read_looks()
    animals = [name for c in classes[:_FIRST_ARTIFACT] for name in c.names]
    things = [name for c in classes[_FIRST_ARTIFACT:] for name in c.names]
    return {
        **RULES,
        "somebody": tuple(looks["people"]),
        "sight": tuple(looks["things"]),
        "setting": tuple(looks["settings"]),
        "animal": _balance(words.ANIMALS, animals),
        "thing": _balance(words.THINGS, things),
    }


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


def _class_sentences(c: ImageNetClass) -> Iterator[str]:
    for name in c.names:
        yield name
        yield f"a photo of a {name}"
        yield f"a {name}"
    yield from re.split(r"(?<=[.;,]) ", c.description)
    yield from re.split(r"(?<=\.) ", c.description)


def _nouns_and_glosses(wordnet: WordNet, count: int, rng: random.Random) -> Iterator[str]:
    visible = [synset for synset in wordnet.synsets.values() if synset.is_visible]
    for synset in rng.sample(visible, min(count, len(visible))):
        yield synset.gloss.split(";")[0]
        place = rng.choice(words.PLACES)
        yield rng.choice(("{}", "a photo of a {}", f"a {{}} {place}")).format(synset.lemmas[0])


def _balance(plain: Sequence[str], names: Sequence[str]) -> list[str]:
    """Both lists, the plain words repeated to be as many as the names of breeds and makes."""
    return [*names, *itertools.islice(itertools.cycle(plain), max(len(plain), len(names)))]


def _cut(text: str) -> str:
    return " ".join(text.split()[:MAX_WORDS])
