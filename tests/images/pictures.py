"""Saving pictures, and looking at them."""

import io
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def save(picture: Image.Image, path: Path, **options: Any) -> Path:
    """Save a picture, and say where."""
    picture.save(path, **options)
    return path


def mean_colour(picture: Image.Image) -> tuple[int, ...]:
    """The mean of each channel, rounded."""
    return tuple(int(x) for x in np.asarray(picture).reshape(-1, 3).mean(axis=0).round())


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG file."""
    checksum = zlib.crc32(kind + body).to_bytes(4)
    return len(body).to_bytes(4) + kind + body + checksum


def add_chunks(png: bytes, *chunks: bytes) -> bytes:
    """A PNG file with more chunks after its header."""
    return png[:33] + b"".join(chunks) + png[33:]


def encode(picture: Image.Image, format: str, **options: Any) -> bytes:
    """A picture as the bytes of a file."""
    data = io.BytesIO()
    picture.save(data, format, **options)
    return data.getvalue()
