"""What a `demo.toml` needs beside this program: extras of its package, for pip to install."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from builder.gallery.overview.layout import EXTRA as MAP
from builder.gallery.sources import EXTRA as GALLERY
from builder.spec.toml import read_toml
from builder.text.cutting.languages import EXTRA as LANGUAGES

_NEEDED: Mapping[Sequence[str], str] = {
    ("gallery",): GALLERY,
    ("gallery", "map"): MAP,
    ("models", "vocabulary", "languages"): LANGUAGES,
}
"""By the key that needs it."""


def find_extras(spec: Path) -> tuple[str, ...]:
    """The extras in the order of their names. What else may be wrong there is left to a build.

    Raises:
        BuilderError: if it cannot be read.
        SpecError: if it is not valid TOML, with the line.
    """
    _, table = read_toml(spec)
    return tuple(sorted(extra for keys, extra in _NEEDED.items() if _has(table, keys)))


def _has(part: object, keys: Sequence[str]) -> bool:
    """Whether a table, or one in a list of tables, has something there that is not false."""
    if isinstance(part, list):
        return any(_has(one, keys) for one in cast("list[object]", part))
    if not keys:
        return bool(part)
    return isinstance(part, dict) and _has(cast("dict[str, Any]", part).get(keys[0]), keys[1:])
