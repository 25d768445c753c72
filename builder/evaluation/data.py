"""Test sets: pictures in one folder per class, or in a csv with classes or captions."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.cache import digest
from builder.csv_rows import read_rows, texts_of
from builder.embedding.embed import Input
from builder.errors import Problem, SpecError, reading, show
from builder.evaluation.scores import Ints
from builder.fingerprint import image_code
from builder.images.open import open_picture
from builder.images.prepare import see
from builder.input_file import ABSENT, find_fault, read_input
from builder.model import Preprocessing
from builder.progress import Progress

_MAX_PICTURE = 1 << 30
"""Bytes of a picture's file."""


@dataclass(frozen=True)
class LabelledImages:
    """Pictures with classes; `labels` are indices into `classes`, which are sorted by name."""

    files: tuple[Path, ...]
    labels: Ints
    classes: tuple[str, ...]


@dataclass(frozen=True)
class CaptionedImages:
    """Pictures and captions; `image_of` says which picture each caption belongs to."""

    files: tuple[Path, ...]
    captions: tuple[str, ...]
    image_of: Ints


def load_labelled_images(path: Path) -> LabelledImages:
    """A folder with one folder of pictures per class, or a csv with columns `file` and `class`.

    A class is named after its folder, with spaces in place of underscores.

    Raises:
        SpecError: with every problem found.
        BuilderError: if the csv or the folder cannot be read.
    """
    if path.is_dir():
        named = dict(_walk_classes(path))
    else:
        named = {file: _only_class(path, rows) for file, rows in _read_csv(path, "class").items()}
    classes = tuple(sorted(set(named.values())))
    if len(classes) < 2:
        found = "has only one class" if classes else "has no pictures in class folders"
        remedy = "Put the pictures of each class into a folder named after the class."
        raise SpecError([Problem(str(path), found, remedy)])
    labels = [classes.index(name) for name in named.values()]
    return LabelledImages(tuple(named), np.array(labels, np.intp), classes)


def load_captioned_images(path: Path, per_image: int | None = None) -> CaptionedImages:
    """A csv with columns `file` and `caption`, or `caption1`, `caption2` and so on.

    A picture may appear in several rows. Only its first `per_image` captions are used, by default
    all.

    Raises:
        SpecError: with every problem found.
        BuilderError: if the csv or the folder cannot be read.
    """
    captions: list[str] = []
    image_of: list[int] = []
    rows = _read_csv(path, "caption")
    for index, texts in enumerate(rows.values()):
        chosen = texts[:per_image]
        captions += chosen
        image_of += [index] * len(chosen)
    if len(rows) < 2:
        raise SpecError(
            [Problem(str(path), f"has too few pictures ({len(rows)})", "List at least two.")]
        )
    return CaptionedImages(tuple(rows), tuple(captions), np.array(image_of, np.intp))


def make_inputs(
    files: Sequence[Path], preprocessings: Sequence[Preprocessing], progress: Progress
) -> Mapping[Preprocessing, list[Input]]:
    """The pictures as models with these preprocessings see them; each file is hashed once.

    They are prepared as in a demo: cropped around the centre, resized, and compressed as JPEG, or
    as the model's own library prepares them.
    """
    with (
        progress.step("Read pictures", len(files)) as advance,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        contents: list[str] = []
        for content in pool.map(_hash_file, files):
            contents.append(content)
            advance(1)
    return {
        preprocessing: [
            _make_input(file, content, preprocessing)
            for file, content in zip(files, contents, strict=True)
        ]
        for preprocessing in dict.fromkeys(preprocessings)
    }


def _hash_file(file: Path) -> str:
    return digest(read_input(file, "Remove it from the pictures.", limit=_MAX_PICTURE))


def _make_input(file: Path, content: str, preprocessing: Preprocessing) -> Input:
    def load() -> NDArray[np.uint8]:
        return see(open_picture(file), preprocessing)

    seen = json.dumps(astuple(preprocessing))
    return Input(str(file), digest(content, seen, image_code()), load)


def _walk_classes(folder: Path) -> Iterator[tuple[Path, str]]:
    remedy = "Name a folder that can be read, with a folder of pictures for each class."
    with reading(folder, remedy):
        class_folders = sorted(path for path in folder.iterdir() if path.is_dir())
        files = {inner: sorted(inner.rglob("*")) for inner in class_folders}
    for class_folder, found in files.items():
        for file in found:
            if not find_fault(file) and not file.name.startswith("."):
                yield file, class_folder.name.replace("_", " ")


def _only_class(path: Path, names: Sequence[str]) -> str:
    if len(set(names)) > 1:
        listing = " and ".join(f"'{name}'" for name in sorted(set(names)))
        raise SpecError([Problem(str(path), f"one picture has the classes {listing}", "Keep one.")])
    return names[0]


def _read_csv(path: Path, column: str) -> dict[Path, list[str]]:
    """The texts of each file, from columns named `column`, with or without a number."""
    problems: list[Problem] = []
    texts: dict[Path, list[str]] = {}
    for line, row in read_rows(path, ("file", column)):
        where = f"{path}:{line}"
        file = _find_file(path.parent, row["file"])
        given = texts_of(row, column)
        if fault := find_fault(file):
            remedy = "Names are relative to the csv, or to a folder images/ beside it."
            name = show(row["file"])
            found = f"there is no file {name}" if fault == ABSENT else f"{name} {fault}"
            problems.append(Problem(where, found, remedy))
        elif not given:
            problems.append(
                Problem(where, f"there is no {column}", "Write one, or remove the row.")
            )
        texts.setdefault(file, []).extend(given)
    if problems:
        raise SpecError(problems)
    return texts


def _find_file(folder: Path, name: str) -> Path:
    beside = folder / name
    return folder / "images" / name if find_fault(beside) == ABSENT else beside
