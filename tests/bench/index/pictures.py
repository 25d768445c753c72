"""Many different pictures: `python -m tests.bench.index.pictures FOLDER FIRST END` writes some.

Each is a function of its number alone. So that their rows are not as many clumps as there are
photographs, two of five show parts of two photographs, side by side or one through the other, and
all are cropped to some size, and some mirrored, brighter, paler or without colours.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from builder.resources import data_folder
from tests.shared import SHARED

SIDE = 240


def read_photographs() -> list[Image.Image]:
    """All photographs of this machine, no larger than is needed."""
    places = (SHARED / "photos", data_folder() / "images")
    photographs: list[Image.Image] = []
    for file in sorted(file for place in places for file in place.glob("*.[wj]*p*")):
        with Image.open(file) as photograph:
            photograph.thumbnail((640, 640))
            photographs.append(photograph.convert("RGB"))
    return photographs


def make_picture(number: int, photographs: list[Image.Image]) -> Image.Image:
    """The picture of that number, square."""
    rng = np.random.default_rng(number)
    kind = rng.choice(["one", "beside", "through"], p=[0.6, 0.2, 0.2])
    if kind == "one":
        picture = _cut(photographs, rng, SIDE, SIDE)
    elif kind == "beside":
        picture = Image.new("RGB", (SIDE, SIDE))
        left = int(rng.integers(SIDE // 3, 2 * SIDE // 3))
        picture.paste(_cut(photographs, rng, left, SIDE), (0, 0))
        picture.paste(_cut(photographs, rng, SIDE - left, SIDE), (left, 0))
    else:
        parts = [_cut(photographs, rng, SIDE, SIDE) for _ in range(2)]
        picture = Image.blend(*parts, alpha=rng.uniform(0.3, 0.7))
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        picture = enhance(picture).enhance(rng.uniform(0.6, 1.4))
    return ImageEnhance.Color(picture).enhance(0) if rng.random() < 0.05 else picture


def _cut(
    photographs: list[Image.Image], rng: np.random.Generator, width: int, height: int
) -> Image.Image:
    """A part of some photograph, a fifth of it or more, in that size."""
    photograph = photographs[rng.integers(len(photographs))]
    share = np.sqrt(rng.uniform(0.2, 1))
    scale = share * min(photograph.width / width, photograph.height / height)
    size = (width * scale, height * scale)
    left, top = (
        rng.uniform(0, photograph.width - size[0]),
        rng.uniform(0, photograph.height - size[1]),
    )
    box = (left, top, left + size[0], top + size[1])
    part = photograph.resize((width, height), Image.Resampling.BILINEAR, box)
    return part.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else part


def main(folder: Path, first: int, end: int) -> None:
    """Write the pictures of these numbers, a thousand to a folder."""
    photographs = read_photographs()
    for number in range(first, end):
        path = folder / f"{number // 1000:04}" / f"{number:08}.jpg"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            make_picture(number, photographs).save(path, quality=80)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
