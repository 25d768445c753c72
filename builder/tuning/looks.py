"""What common words look like to an image tower whose classes have no name for them.

`looks.toml` says, for words of everyday captions, which classes resemble the thing or come with it:
a skateboarder is not among ImageNet's classes, but helmets, knee pads and unicycles are. It was
written by hand, from general knowledge of what photographs show, with an eye on which captions of
the development photographs the teacher got wrong (see the model card).
"""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from builder.errors import BuilderError
from builder.tuning.imagenet import ImageNetClass

Kind = Literal["people", "things", "settings", "landmarks", "qualities"]

_FILE = Path(__file__).with_name("looks.toml")
_SHARES: Mapping[Kind, float] = {
    "people": 0.7,
    "things": 1.0,
    "settings": 0.25,
    "landmarks": 1.0,
    "qualities": 0.25,
}
"""How much a word counts beside the others of its caption: a street hardly, a bus on it fully."""


@cache
def read_looks() -> Mapping[Kind, Mapping[str, tuple[str, ...]]]:
    """The names of the classes that each word looks like, by kind of word."""
    with _FILE.open("rb") as file:
        tables: dict[Kind, dict[str, str]] = tomllib.load(file)  # pyright: ignore[reportAssignmentType]
    return {
        kind: {
            word: tuple(names.split(", "))
            for words, names in table.items()
            for word in words.split(", ")
        }
        for kind, table in tables.items()
    }


def make_looks(classes: Sequence[ImageNetClass]) -> dict[str, np.ndarray]:
    """A row of class weights, `float32[classes]`, for each word; its length is the word's share.

    Raises `BuilderError` if a name is not that of a class.
    """
    indices: dict[str, list[int]] = {}
    for i, c in enumerate(classes):
        for name in {c.name.lower(), *(name.lower() for name in c.wordnet_names)}:
            indices.setdefault(name, []).append(i)
    rows: dict[str, np.ndarray] = {}
    for kind, looks in read_looks().items():
        for word, names in looks.items():
            if unknown := [name for name in names if name.lower() not in indices]:
                raise BuilderError(f"{_FILE}: {word!r}: no class is called {unknown[0]!r}.")
            row = np.zeros(len(classes), np.float32)
            row[[i for name in names for i in indices[name.lower()]]] = 1
            rows[word] = _SHARES[kind] * row / np.linalg.norm(row)
    return rows
