"""Nouns of WordNet 3.1: their senses, their place in the hierarchy, their glosses.

File format: https://wordnet.princeton.edu/documentation/wndb5wn
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from builder.tuning.imagenet import ImageNetClass

VISIBLE = {5, 6, 8, 13, 17, 19, 20, 27}
"""Lexicographer files of things that can be photographed: noun.animal, .artifact, .body, .food,
.object, .phenomenon, .plant, .substance."""

_SINGULARS = (
    ("ies", "y"),
    ("ves", "f"),
    ("ses", "s"),
    ("xes", "x"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("men", "man"),
    ("s", ""),
)
_FUNCTION_WORDS = {
    "as",
    "at",
    "be",
    "behind",
    "can",
    "down",
    "he",
    "i",
    "is",
    "must",
    "small",
    "upper",
}
"""Words that captions hardly use as nouns, though WordNet has nouns of that spelling: "down"."""
_LONGEST_NOUN = 3
"""Words in the longest compound that is looked up, such as "great white shark"."""


@dataclass(frozen=True)
class Synset:
    """One meaning: its lemmas, the ids of the next broader meanings, and its gloss."""

    file: int
    lemmas: tuple[str, ...]
    hypernyms: tuple[str, ...]
    gloss: str

    @property
    def is_visible(self) -> bool:
        """Whether it can be in a photograph."""
        return self.file in VISIBLE


class WordNet:
    """Every noun and the synsets it may mean, the most frequent first."""

    def __init__(self, folder: Path) -> None:
        self.synsets = dict(_read_synsets(folder / "package/dict/data.noun"))
        self.senses = dict(_read_senses(folder / "package/dict/index.noun"))

    def find_nouns(self, text: str, known: Collection[str] = ()) -> list[str]:
        """Lemmas in the text whose first sense is visible, longest compounds first.

        So are other words of it that are `known`.
        """
        words = re.findall(r"[a-z'-]+", text.lower())
        nouns: list[str] = []
        start = 0
        while start < len(words):
            for length in range(_LONGEST_NOUN, 0, -1):
                noun = self._lemma(" ".join(words[start : start + length]), known)
                if noun is not None and start + length <= len(words):
                    nouns.append(noun)
                    start += length
                    break
            else:
                start += 1
        return nouns

    def is_visible(self, noun: str) -> bool:
        """Whether the noun's first sense can be in a photograph."""
        return noun in self.senses and self.synsets[self.senses[noun][0]].is_visible

    def _lemma(self, word: str, known: Collection[str]) -> str | None:
        singulars = (word[: -len(s)] + to for s, to in _SINGULARS if word.endswith(s))
        for lemma in (word, *singulars):
            if lemma in _FUNCTION_WORDS:
                return None
            if lemma in known:
                return lemma
            if lemma in self.senses:
                return lemma if self.is_visible(lemma) else None
        return None

    def ancestors(self, synset: str) -> set[str]:
        """The synset and everything broader."""
        found = {synset}
        for hypernym in self.synsets[synset].hypernyms:
            found |= self.ancestors(hypernym)
        return found

    def find_synset(self, lemmas: Sequence[str], offset: int) -> str:
        """The synset that shares most lemmas; of equals, the one nearest to a 3.0 offset."""
        wanted = {lemma.lower() for lemma in lemmas}

        def overlap(synset: str) -> tuple[float, int]:
            found = set(self.synsets[synset].lemmas)
            return len(found & wanted) / len(found | wanted), -abs(int(synset) - offset)

        return max({s for lemma in wanted for s in self.senses.get(lemma, ())}, key=overlap)


class Taxonomy:
    """How close a noun is to each ImageNet class in WordNet's hierarchy."""

    def __init__(self, wordnet: WordNet, classes: Sequence[ImageNetClass]) -> None:
        self._wordnet = wordnet
        self._members: defaultdict[str, list[int]] = defaultdict(list)
        for i, c in enumerate(classes):
            synset = wordnet.find_synset(c.wordnet_names, int(c.wordnet_id[1:]))
            for ancestor in wordnet.ancestors(synset):
                self._members[ancestor].append(i)
        self._count = len(classes)

    @cached_property
    def most_specific(self) -> float:
        """The information of a synset that holds a single class."""
        return float(np.log(self._count))

    def information(self, noun: str) -> np.ndarray:
        """Information, in nats, of the narrowest synset above both noun and class: `[classes]`.

        As in Resnik (1995), with the share of classes below a synset as its probability.
        """
        result = np.zeros(self._count, np.float32)
        for ancestor in self._wordnet.ancestors(self._wordnet.senses[noun][0]):
            members = self._members.get(ancestor, [])
            if members:
                result[members] = np.maximum(result[members], np.log(self._count / len(members)))
        return result


def _read_synsets(path: Path) -> Iterator[tuple[str, Synset]]:
    for fields, gloss in _read_lines(path):
        count = int(fields[3], 16)
        lemmas = tuple(word.replace("_", " ").lower() for word in fields[4 : 4 + 2 * count : 2])
        pointers = fields[5 + 2 * count :]
        kinds_and_targets = zip(pointers[::4], pointers[1::4], strict=False)
        hypernyms = tuple(target for kind, target in kinds_and_targets if kind in ("@", "@i"))
        yield fields[0], Synset(int(fields[1]), lemmas, hypernyms, gloss.strip())


def _read_senses(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for fields, _ in _read_lines(path):
        yield fields[0].replace("_", " "), tuple(fields[-int(fields[2]) :])


def _read_lines(path: Path) -> Iterator[tuple[list[str], str]]:
    for line in path.read_text("utf-8").splitlines():
        # The licence at the top of each file is indented.
        if not line.startswith(" "):
            fields, _, gloss = line.partition(" | ")
            yield fields.split(), gloss
