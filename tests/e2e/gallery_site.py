"""A site of a gallery for the tests, made of a few hundred varied pictures by the command line."""

import csv
from pathlib import Path

from tests.bench.index.pictures import make_picture, read_photographs

PICTURES = 120
STYLES = ("Cubism", "Baroque", "Pop art")
DECADES = ("1890s", "1900s")
QUERY = "a castle by the water"

_SPEC = """
title = "The archive"
description = "Photographs, found by what they show."
visitor_language = true

[[models]]
name = "mini-tiny"

[gallery]
pictures = "table.csv"
filters = ["style", "decade"]
map = true
"""


def write_gallery(folder: Path, pictures: int = PICTURES) -> Path:
    """A project of a gallery with a table of its pictures; returns its `demo.toml`."""
    folder.mkdir(parents=True)
    photographs = read_photographs()
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as table:
        names = ("file", "id", "description", "author", "license", "source", "style", "decade")
        rows = csv.DictWriter(table, names)
        rows.writeheader()
        for number in range(pictures):
            make_picture(number, photographs).save(folder / f"{number:04}.jpg", quality=80)
            rows.writerow(
                {
                    "file": f"{number:04}.jpg",
                    "id": f"picture-{number}",
                    "description": f"Photograph {number}",
                    "author": '=A. "Maker"' if number % 2 else "",
                    "license": "CC BY 4.0",
                    "source": f"https://example.org/{number}",
                    "style": STYLES[number % len(STYLES)],
                    "decade": DECADES[number % len(DECADES)] if number % 5 else "",
                }
            )
    path = folder / "demo.toml"
    path.write_text(_SPEC, encoding="utf-8")
    return path
