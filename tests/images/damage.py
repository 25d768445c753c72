"""Picture files of every format, and ways to damage them."""

import random
from functools import cache

import numpy as np
from PIL import Image

from builder.images.open import register_heif
from tests.conftest import gradient
from tests.images.pictures import encode


@cache
def samples() -> dict[str, bytes]:
    """By name: a whole file of every format and kind of coding that is read."""
    register_heif()
    picture = gradient(48, 32)
    formats = ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "TIFF", "BMP", "JPEG2000", "PPM"]
    deep = Image.fromarray(np.full((9, 9), 999, np.uint16))
    return {format: encode(picture, format) for format in formats} | {
        "progressive JPEG": encode(picture, "JPEG", progressive=True),
        "JPEG for print": encode(picture.convert("CMYK"), "JPEG"),
        "JPEG with Exif": encode(picture, "JPEG", exif=_exif()),
        "palette PNG": encode(picture.quantize(16), "PNG", transparency=3),
        "deep PNG": encode(deep, "PNG", transparency=999),
        "LZW TIFF": encode(picture, "TIFF", compression="tiff_lzw"),
        "JPEG in TIFF": encode(picture, "TIFF", compression="jpeg"),
        "floats": encode(Image.fromarray(np.ones((9, 9), np.float32)), "TIFF"),
        "palette BMP": encode(picture.quantize(16), "BMP"),
        "PPM in digits": b"P3 2 2 255 " + b"1 2 3 " * 4,
        "PFM": b"Pf\n2 2\n-1.0\n" + np.ones(4, np.float32).tobytes(),
    }


def damage(content: bytes, randomness: random.Random) -> bytes:
    """The file cut off, with other bytes, most of them near its start, or with more bytes."""
    damaged = bytearray(content)
    if randomness.random() < 0.3:
        damaged = damaged[: randomness.randrange(len(damaged))]
    for _ in range(randomness.choice([1, 3, 20]) if damaged else 0):
        end = min(len(damaged), randomness.choice([64, 256, len(damaged)]))
        value = randomness.choice([0, 127, 255, randomness.randrange(256)])
        damaged[randomness.randrange(end)] = value
    if randomness.random() < 0.1 and len(damaged) > 4:
        place = randomness.randrange(len(damaged) - 4)
        damaged[place : place + 4] = b"\xff" * 4
    return bytes(damaged)


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera"
    return exif
