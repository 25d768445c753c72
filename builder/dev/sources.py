"""What a demo is made of: the files that its `demo.toml` names, and the author's code."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel

from builder.author_code import find_own_modules
from builder.gallery.patterns import Pattern
from builder.gallery.sources import find_local
from builder.spec.demo import DemoSpec
from builder.spec.functions import BUILT_IN, FunctionDemoSpec
from builder.spec.types import Target


@dataclass(frozen=True)
class Sources:
    """What a demo depends on, as absolute paths.

    All that is in `trees` counts, of `code` the Python files right in it, of `loose` all files
    right in it, and of `patterns` the files that match, such as the pictures of a gallery.
    """

    files: frozenset[Path] = frozenset()
    trees: frozenset[Path] = frozenset()
    code: frozenset[Path] = frozenset()
    loose: frozenset[Path] = frozenset()
    patterns: frozenset[Pattern] = frozenset()

    @property
    def folders(self) -> frozenset[Path]:
        """The folders to watch, each without those below it, as far as they are there."""
        below = {path for tree in self.trees for path in tree.rglob("*") if path.is_dir()}
        above = {file.parent for file in self.files}
        matched = {folder for pattern in self.patterns for folder in pattern.folders}
        found = above | self.trees | below | self.code | self.loose | matched
        return frozenset(folder for folder in found if folder.is_dir())

    def __contains__(self, path: Path) -> bool:
        """Whether a change of that file is one of the demo."""
        if path in self.files or path.parent in self.loose:
            return True
        if path.suffix == ".py" and path.parent in self.code:
            return True
        return not self.trees.isdisjoint(path.parents) or self.has_picture(path)

    def has_picture(self, path: Path) -> bool:
        """Whether a change of that file is one of the pictures of a gallery."""
        return any(path in pattern for pattern in self.patterns)


def find_sources(path: Path, spec: DemoSpec | FunctionDemoSpec) -> Sources:
    """What the demo at `path` depends on, with the author's modules that were imported so far."""
    files, trees, code = {path}, set[Path](), set[Path]()
    for named in _find_named(spec):
        if isinstance(named, Target):
            modules = find_own_modules(named.folder)
            code |= {named.folder, *(file.parent for file in modules.values())}
        else:
            (trees if named.is_dir() else files).add(named)
    gallery = spec.gallery if isinstance(spec, DemoSpec) else None
    patterns = find_local(gallery.pictures, gallery.folder) if gallery else frozenset[Pattern]()
    # A link changes, and so does what it leads to.
    places = (
        frozenset(place for path in found for place in (path.absolute(), path.resolve()))
        for found in (files, trees, code)
    )
    return Sources(*places, patterns=patterns)


def guess_sources(path: Path, last: Sources) -> Sources:
    """Where a file may be missing, or wrong, that keeps a `demo.toml` from being read.

    That is what it named `last`, and all files beside it or in a folder beside it.
    """
    folder = path.absolute().parent
    beside = {entry for entry in folder.iterdir() if not entry.name.startswith(".")}
    loose = {folder, *(entry for entry in beside if entry.is_dir())}
    return replace(last, loose=last.loose | loose)


def _find_named(spec: BaseModel) -> Iterator[Path | Target]:
    """Every path and every piece of code in a spec, or in a table in it."""
    if isinstance(spec, FunctionDemoSpec) and spec.template not in BUILT_IN:
        yield Path(spec.template)
    pending: list[Any] = [*vars(spec).values()]
    while pending:
        part = pending.pop()
        if isinstance(part, Path | Target):
            yield part
        elif isinstance(part, BaseModel):
            pending += vars(part).values()
        elif isinstance(part, tuple | dict):
            pending += cast("dict[str, Any]", part).values() if isinstance(part, dict) else part
