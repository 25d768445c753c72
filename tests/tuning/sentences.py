"""Sentences like those that the vocabularies of ../shared/goldens/hub were trained on.

`python -m tests.tuning.sentences COUNT` prints some, one a line.
"""

import random
import sys


def _words(text: str) -> list[str]:
    return text.split()


_NOUNS = _words(
    """cat dog bird fox child tree flower horse boat car bear wolf lamp table chair kettle book
    cow"""
)
_ADJECTIVES = _words(
    """red blue black brown quick small old wooden grey golden hidden fair white green
    young wild bright large"""
)
_PLACES = _words(
    """river forest kitchen market house street beach bridge field garden mountain
    school"""
)
_DOING = _words(
    """sleeping running eating hiding walking reading painting waiting sitting looking growing
    working"""
)
_WHERE = _words("in on by near over beside at under")
_OPENINGS = ("a painting of ", "a view of ", "a photo of ", "", "", "")


def make_sentences(count: int, seed: int = 0) -> list[str]:
    """That many different sentences in random order."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        found[_make_sentence(rng)] = None
    return list(found)


def _make_sentence(rng: random.Random) -> str:
    def perhaps(word: str) -> str:
        return f"{word} " if rng.random() < 0.5 else ""

    text = rng.choice(_OPENINGS) + rng.choice(("a ", "the ", "two "))
    text += perhaps(rng.choice(_ADJECTIVES)) + rng.choice(_NOUNS) + " "
    text += perhaps(f"and the {rng.choice(_NOUNS)}") + perhaps(rng.choice(_DOING))
    text += f"{rng.choice(_WHERE)} the {perhaps(rng.choice(_ADJECTIVES))}{rng.choice(_PLACES)}"
    return text + rng.choice(("", "", "", " in the morning"))


if __name__ == "__main__":
    print("\n".join(make_sentences(int(sys.argv[1]))))
