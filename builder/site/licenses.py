"""The licences of what the web app contains, as the page that every site has of them shows them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from builder.site.webapp import load_plain_styles

_SECTION = re.compile(r"^## (?P<name>.+?)\n(?P<body>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_LIBRARY = re.compile(r"^- (?P<name>[^:]+): (?P<copyright>.+)$", re.MULTILINE)
_TEXT = re.compile(r"^```\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Library:
    """A library in the app, and whose it is."""

    name: str
    copyright: str


@dataclass(frozen=True)
class License:
    """A licence with its full text, and what is under it."""

    name: str
    text: str
    libraries: tuple[Library, ...]


@dataclass(frozen=True)
class Licenses:
    """All licences, and the styles of their page with their URL."""

    all: tuple[License, ...]
    style_url: str
    style: bytes


def load_licenses(folder: Path) -> Licenses:
    """Read `webapp_src/third-party-licenses.md` where Vite left it in `folder`.

    A licence is a heading, a list of libraries, and the text in a fence.
    """
    path = folder / "app" / ".vite" / "licenses.md"
    found = tuple(_read_licenses(path.read_text(encoding="utf-8")))
    return Licenses(found, *load_plain_styles(folder))


def _read_licenses(content: str) -> Iterator[License]:
    for section in _SECTION.finditer(content):
        text = _TEXT.search(section["body"])
        assert text, f"the licence {section['name']} has no text"
        libraries = _LIBRARY.finditer(section["body"][: text.start()])
        named = tuple(Library(each["name"], each["copyright"]) for each in libraries)
        yield License(section["name"], text["text"], named)
