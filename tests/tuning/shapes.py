"""Made-up pictures of coloured shapes, and captions of them from a small grammar.

`python -m tests.tuning.shapes FOLDER COUNT` writes some, with a csv.
"""

import csv
import random
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

COLOURS = {
    "red": (220, 30, 30),
    "green": (30, 160, 50),
    "blue": (40, 70, 220),
    "yellow": (240, 210, 40),
    "purple": (140, 50, 170),
    "orange": (245, 140, 30),
    "black": (15, 15, 15),
    "white": (250, 250, 250),
}
SHAPES = ("circle", "square", "triangle", "cross", "ring", "star")
_SIDE = 96
_OPENINGS = ("", "a picture of ", "this is ", "there is ")
_STAR = ((50, 0), (62, 36), (100, 36), (69, 59), (81, 96), (50, 74), (19, 96), (31, 59), (0, 36))


@dataclass(frozen=True)
class Scene:
    """A shape of one colour on a ground of another."""

    shape: str
    colour: str
    ground: str

    def describe(self, rng: random.Random) -> str:
        """One of the captions that the grammar has for it."""
        thing = f"a {self.colour} {self.shape}"
        place = rng.choice((f"on a {self.ground} ground", f"in front of {self.ground}"))
        return f"{rng.choice(_OPENINGS)}{thing} {place}"

    def draw(self, rng: random.Random) -> Image.Image:
        """The picture, at a random place and size."""
        picture = Image.new("RGB", (_SIDE, _SIDE), COLOURS[self.ground])
        side = rng.randint(48, 80)
        x, y = (rng.randint(0, _SIDE - side) for _ in range(2))
        pen, fill = ImageDraw.Draw(picture), COLOURS[self.colour]
        box = (x, y, x + side, y + side)
        match self.shape:
            case "circle":
                pen.ellipse(box, fill=fill)
            case "square":
                pen.rectangle(box, fill=fill)
            case "ring":
                pen.ellipse(box, outline=fill, width=side // 5)
            case "triangle":
                pen.polygon([(x + side / 2, y), (x, y + side), (x + side, y + side)], fill=fill)
            case "cross":
                third = side / 3
                pen.rectangle((x + third, y, x + 2 * third, y + side), fill=fill)
                pen.rectangle((x, y + third, x + side, y + 2 * third), fill=fill)
            case _:
                pen.polygon([(x + side * u / 100, y + side * v / 100) for u, v in _STAR], fill=fill)
        return picture


def all_scenes() -> list[Scene]:
    """Every scene that can be seen."""
    return [
        Scene(shape, colour, ground)
        for shape in SHAPES
        for colour in COLOURS
        for ground in COLOURS
        if ground != colour
    ]


def write_pairs(folder: Path, count: int, seed: int = 0) -> Path:
    """A csv of `count` pictures with two captions each; scenes take turns, in random order."""
    rng = random.Random(seed)
    scenes = all_scenes()
    rng.shuffle(scenes)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pairs.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "caption1", "caption2"])
        for number in range(count):
            scene = scenes[number % len(scenes)]
            name = f"{number:05}.png"
            scene.draw(rng).save(folder / name)
            rows.writerow([name, scene.describe(rng), scene.describe(rng)])
    return path


if __name__ == "__main__":
    print(write_pairs(Path(sys.argv[1]), int(sys.argv[2])))
