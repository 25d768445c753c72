"""The texts that a student learns from: the author's, a demo's prompts, and the built-in corpus."""

import csv
import io
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.cache import DOWNLOADS
from builder.errors import BuilderError, reading
from builder.input_file import read_input_text
from builder.locks import hold_lock
from builder.progress import Progress
from builder.text.captions import expand
from builder.tuning.corpus import make_corpus, make_grammar
from builder.tuning.imagenet import read_classes
from builder.tuning.sources import IMAGENET, WORDNET, fetch_source
from builder.tuning.wordnet import WordNet

PROMPT_WEIGHT = 20
"""How often an epoch shows a prompt of the demo, where it shows another text once."""
NOT_STATED = "not stated"
"""The licence of what an author brings."""
_HELD_OUT_SHARE = 0.02
_HELD_OUT_LEAST, _HELD_OUT_MOST = 2, 2000
_FEWEST = 20
"""Texts below which there is nothing to learn and hold out from."""
_REMEDY = "Name a .txt with a text on each line, or a .csv with a column named caption."
_COLUMN = re.compile("(?:caption|text)[0-9]*")


@dataclass(frozen=True)
class TextSource:
    """Texts that come from one place, with what their licence is; `weight` is as in `Corpus`."""

    name: str
    texts: tuple[str, ...]
    license: str
    weight: int = 1


@dataclass(frozen=True)
class Corpus:
    """Distinct texts to train on, how often an epoch shows each, and texts that it never shows."""

    texts: tuple[str, ...]
    weights: NDArray[np.intp]
    held_out: tuple[str, ...]
    sources: tuple[TextSource, ...]


def read_texts(path: Path) -> TextSource:
    """The texts of a `.txt`, one a line, or in the columns `caption`, `caption1` ... of a `.csv`.

    Raises:
        BuilderError: if it cannot be read, or has no text.
    """
    text = read_input_text(path, _REMEDY)
    match path.suffix.lower():
        case ".txt":
            found = text.splitlines()
        case ".csv":
            found = list(_read_columns(path, text))
        case suffix:
            raise BuilderError(f"{path}: nothing is read from a file '*{suffix}'. {_REMEDY}")
    texts = tuple(clean for line in found if (clean := " ".join(line.split())))
    if not texts:
        raise BuilderError(f"{path}: has no text. {_REMEDY}")
    return TextSource(str(path), texts, NOT_STATED)


def _read_columns(path: Path, text: str) -> Iterable[str]:
    with reading(path, _REMEDY):
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        columns = [name for name in reader.fieldnames or () if _COLUMN.fullmatch(name)]
        if not columns:
            names = ", ".join(reader.fieldnames or ()) or "none"
            raise BuilderError(f"{path}:1: the columns are {names}. {_REMEDY}")
        return [row[name] or "" for row in reader for name in columns]


def built_in_texts(
    cache_folder: Path, captions: int, glosses: int, seed: int, progress: Progress
) -> TextSource:
    """Texts for any model of English.

    They are names and descriptions of ImageNet's classes, WordNet's glosses, and captions of a
    grammar with the names of both; without a connection only captions of the grammar's own words,
    which is said. What is fetched is kept with the downloads.
    """
    folder = cache_folder / DOWNLOADS / "texts"
    try:
        with hold_lock(folder / "lock", "Name a writable folder with --cache-dir."):
            classes = read_classes(fetch_source(IMAGENET, folder))
            wordnet = WordNet(fetch_source(WORDNET, folder))
    except BuilderError as error:
        rng, grammar = random.Random(seed), make_grammar(())
        texts = tuple(dict.fromkeys(expand("caption", grammar, rng) for _ in range(captions)))
        progress.say(f"The built-in corpus has captions alone. The rest cannot be had: {error}")
        return TextSource("built-in captions", texts, "Apache-2.0")
    texts = tuple(make_corpus(classes, wordnet, captions, glosses, seed))
    license = "Apache-2.0; WordNet's glosses under the WordNet licence, class names under MIT"
    return TextSource("built-in corpus", texts, license)


def assemble(sources: Sequence[TextSource], seed: int) -> Corpus:
    """All texts once, with the largest of their weights, and a share of them held out.

    Only texts of weight 1 are held out, since a demo's prompts are learned, and none that differs
    from another text by its capitals alone, which the student does not see.

    Raises:
        BuilderError: if there are too few.
    """
    weights: dict[str, int] = {}
    for source in sources:
        for text in source.texts:
            weights[text] = max(weights.get(text, 0), source.weight)
    usual = [text for text, weight in weights.items() if weight == 1]
    if len(usual) < _FEWEST:
        raise BuilderError(
            f"there are {len(usual)} texts besides the demo's prompts; a tower learns from"
            f" {_FEWEST} or more. Name files with --texts, or leave --no-built-in out."
        )
    count = min(max(round(len(usual) * _HELD_OUT_SHARE), _HELD_OUT_LEAST), _HELD_OUT_MOST)
    folded = Counter(text.casefold() for text in weights)
    alone = [text for text in usual if folded[text.casefold()] == 1]
    held_out = set(random.Random(seed).sample(alone, min(count, len(alone))))
    texts = tuple(text for text in weights if text not in held_out)
    return Corpus(
        texts,
        np.array([weights[text] for text in texts], np.intp),
        tuple(text for text in usual if text in held_out),
        tuple(sources),
    )


def describe(source: TextSource) -> str:
    """How many texts came from where, for people."""
    distinct = len(set(source.texts))
    doubles = len(source.texts) - distinct
    also = f", {doubles:,} of them more than once" if doubles else ""
    return f"{source.name}: {len(source.texts):,} texts{also}"
