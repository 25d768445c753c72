"""The texts that the students learn from: names, glosses, descriptions and made-up captions.

No caption of a real picture is used. Captions come from a small grammar whose
words are ImageNet's class names, WordNet's nouns and the lists in `words` and
`looks`.
"""

import itertools
import random
import re
from collections.abc import Iterator, Sequence

from builder.text import words
from builder.text.captions import RULES, Grammar, expand
from builder.tuning.imagenet import ImageNetClass
from builder.tuning.looks import read_looks
from builder.tuning.wordnet import WordNet

MAX_WORDS = 12
"""A prompt is at most 15 tokens, so longer sentences are cut before the teacher sees them."""

_FIRST_ARTIFACT = 398
"""ImageNet's classes before this one are animals, all others are things, food and places."""


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
