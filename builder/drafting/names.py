"""What names of files say: an id for links, and perhaps what the picture shows."""

import re
from collections.abc import Iterable

from anyascii import anyascii

from builder.spec.types import slug

_CAMERA = re.compile(
    r"(?:img|dsc[fn]?|dji|gopr|gp|mvimg|pxl|pict|photo|picture|image|bild|foto|scan|screenshot|vlcsnap|wp|whatsapp|p|_mg|_dsc)?"
    r"[\W\d_]*(?:img|edit|copy|kopie)?[\W\d_]*",
    re.IGNORECASE,
)
"""Names that cameras, phones and scanners give: IMG_2041, DSC00012, 20240501_101112."""
_SEPARATORS = re.compile(r"[\W_]+")
_COUNTER = re.compile(r"[\s\d]+$")


def make_ids(names: Iterable[str]) -> list[str]:
    """Distinct ids in Latin letters, whatever script the names are in.

    An id depends on its own name alone, unless another name before it makes the same one.
    """
    taken: set[str] = set()
    ids: list[str] = []
    for name in names:
        plain = slug(anyascii(name)) or "picture"
        number, id = 1, plain
        while id in taken:
            number += 1
            id = f"{plain[:90]}-{number}"
        taken.add(id)
        ids.append(id)
    return ids


def describe_name(name: str) -> str:
    """What a name without its suffix says in words, or nothing if a camera gave it."""
    if _CAMERA.fullmatch(name):
        return ""
    words = _COUNTER.sub("", _SEPARATORS.sub(" ", name)).strip()
    return words[:1].upper() + words[1:]
