"""Records what the builder, and so Pillow, makes of small pictures, for the page to do the same.

Run as `.venv/bin/python -m tests.golden.make_picture_golden`; it rewrites pictures.json beside it.
Pictures are RGB from a formula, `(x * (7 * c + 3) ^ y * (11 - 3 * c) + 31 * c) % 256`, which the
page's test has too.
"""

import base64
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from builder.images.preprocess import crop_square, preprocess
from builder.model import Preprocessing
from builder.options import Library

# Of taller ones than these, Pillow 13 resizes columns first, as the page and older Pillows do not.
SIZES = ((53, 31), (40, 45), (14, 9), (24, 24), (301, 200), (50, 70))
LIBRARIES: tuple[Library, ...] = ("transformers", "open_clip")
PREPROCESSINGS = (
    Preprocessing(24),
    Preprocessing(24, "tf-bilinear"),
    Preprocessing(24, "bicubic", "squash"),
    Preprocessing(24, "tf-bilinear", "squash"),
    *(
        preprocessing
        for library in LIBRARIES
        for preprocessing in (
            Preprocessing(24, "bicubic", "crop", library, 27),
            Preprocessing(24, "bilinear", "pad", library),
            Preprocessing(24, "box", "squash", library),
            Preprocessing(24, "hamming", "crop", library),
            Preprocessing(24, "lanczos", "squash", library),
            Preprocessing(24, "nearest", "crop", library, 29),
        )
    ),
)


def draw(width: int, height: int) -> Image.Image:
    """A picture from the formula."""
    y, x, c = np.indices((height, width, 3))
    return Image.fromarray(((x * (7 * c + 3) ^ y * (11 - 3 * c)) + 31 * c).astype(np.uint8))


def main() -> None:
    """Write pictures.json."""
    cases: list[dict[str, Any]] = []
    for width, height in SIZES:
        for preprocessing in PREPROCESSINGS:
            picture = draw(width, height)
            if preprocessing.fit == "squash" and not preprocessing.library:
                picture = crop_square(picture)  # as builder.images.prepare does
            pixels = np.asarray(preprocess(picture, preprocessing))
            cases.append(
                {
                    "width": width,
                    "height": height,
                    "preparation": asdict(preprocessing),
                    "pixels": base64.b64encode(pixels.tobytes()).decode(),
                }
            )
    lines = ",\n".join(json.dumps(case) for case in cases)
    (Path(__file__).parent / "pictures.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
