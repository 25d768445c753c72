"""Makes 10,000 different pictures of the 54 photographs of the default demo, and a table of them.

    python examples/gallery/make_pictures.py [COUNT]

Each shows a part of a photograph, or of two side by side, in some colours, perhaps mirrored; which,
its number alone decides. They are in the public domain or under CC0, as the photographs are
(data/CREDITS.md). Pictures that are there already are kept.
"""

import csv
import itertools
import random
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageEnhance, ImageOps

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
SIDE = 256
COUNT = 10_000

BUILT = (
    *("aqueduct", "brandenburg-gate", "castle", "dam", "dutch-windmills", "eiffel-tower"),
    *("geothermal", "great-wall", "greek-windmills", "parthenon", "pyramid", "solar-panel"),
    *("statue-of-liberty", "taj-mahal"),
)
THINGS = (
    *("bucket", "chair", "drums", "frying-pan", "hammer", "lute", "screwdriver", "spoons"),
    *("spray-bottle", "tape-measure", "teacup"),
)
PARTS = {
    "whole": (0.5, 0.5, 1.0),
    "the middle": (0.5, 0.5, 0.6),
    "upper left": (0.2, 0.2, 0.7),
    "upper right": (0.8, 0.2, 0.7),
    "lower left": (0.2, 0.8, 0.7),
    "lower right": (0.8, 0.8, 0.7),
}
"""The centre of a part, and the share of the shorter side that it has."""
COLUMNS = ("file", "description", "author", "license", "source", "kind", "colours", "photos")
COLOURS = ("as they are", "black and white", "sepia", "pale", "strong", "dark", "bright", "blue")


def main(count: int) -> None:
    """Write the pictures, and then the table, in this order."""
    photographs = tomllib.loads((DATA / "demo.toml").read_text(encoding="utf-8"))["images"]
    folder = HERE / "pictures"
    rows = list(itertools.islice(describe_all(photographs), count))
    for row in rows:
        path = folder / row["file"]
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draw(row).save(path, quality=85)
    with (folder / "pictures.csv").open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows):,} pictures are in {folder}.")


def describe_all(photographs: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What each picture shows, without an end; no two show the same."""
    seen: set[tuple[object, ...]] = set()
    for number in itertools.count():
        rng = random.Random(number)
        shown = rng.sample(photographs, rng.choice((1, 1, 1, 2)))
        parts = [rng.choice(list(PARTS)) for _ in shown]
        colours, mirrored = rng.choice(COLOURS), rng.random() < 0.5
        key = (*(photo["file"] for photo in shown), *parts, colours, mirrored)
        if key not in seen:
            seen.add(key)
            yield describe(len(seen) - 1, shown, parts, colours, mirrored)


def describe(
    number: int, shown: list[dict[str, Any]], parts: list[str], colours: str, mirrored: bool
) -> dict[str, Any]:
    """A row of the table, with what `draw` needs."""
    names = [Path(photo["file"]).stem for photo in shown]
    words = [
        name.replace("-", " ") + (f" ({part})" if part != "whole" else "")
        for name, part in zip(names, parts, strict=True)
    ]
    extras = [colours] if colours != COLOURS[0] else []
    extras += ["mirrored"] if mirrored else []
    kinds = {
        "building" if name in BUILT else "thing" if name in THINGS else "animal" for name in names
    }
    return {
        "file": f"{number // 1000:02}/{number:05}.jpg",
        "description": ", ".join([" beside ".join(words).capitalize(), *extras]),
        "author": " and ".join(dict.fromkeys(photo["author"] for photo in shown)),
        "license": " and ".join(sorted({photo["license"] for photo in shown})),
        "source": shown[0]["source"] if len(shown) == 1 else "",
        "kind": " and ".join(sorted(kinds)),
        "colours": colours,
        "photos": "two" if len(shown) == 2 else "one",
        "shown": [DATA / photo["file"] for photo in shown],
        "parts": parts,
        "mirrored": mirrored,
    }


def draw(row: dict[str, Any]) -> Image.Image:
    """The picture of a row, square."""
    picture = Image.new("RGB", (SIDE, SIDE))
    width = SIDE // len(row["shown"])
    for place, (file, part) in enumerate(zip(row["shown"], row["parts"], strict=True)):
        with Image.open(file) as photograph:
            picture.paste(cut(photograph.convert("RGB"), part, width), (place * width, 0))
    picture = ImageOps.mirror(picture) if row["mirrored"] else picture
    return colour(picture, row["colours"])


def cut(photograph: Image.Image, part: str, width: int) -> Image.Image:
    """A part of a photograph, as wide as that and as high as a picture."""
    x, y, share = PARTS[part]
    scale = share * min(photograph.width / width, photograph.height / SIDE)
    size = (width * scale, SIDE * scale)
    left, top = x * (photograph.width - size[0]), y * (photograph.height - size[1])
    box = (left, top, left + size[0], top + size[1])
    return photograph.resize((width, SIDE), Image.Resampling.BICUBIC, box)


def colour(picture: Image.Image, colours: str) -> Image.Image:
    """The picture in these colours."""
    grey = ImageOps.grayscale(picture)
    match colours:
        case "black and white":
            return grey.convert("RGB")
        case "sepia":
            return ImageOps.colorize(grey, "#22150a", "#f7e8cf")
        case "blue":
            return ImageOps.colorize(grey, "#071a3a", "#dcecff")
        case "pale":
            return ImageEnhance.Color(picture).enhance(0.45)
        case "strong":
            return ImageEnhance.Color(picture).enhance(1.8)
        case "dark":
            return ImageEnhance.Brightness(picture).enhance(0.55)
        case "bright":
            return ImageEnhance.Brightness(picture).enhance(1.4)
        case _:
            return picture


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
