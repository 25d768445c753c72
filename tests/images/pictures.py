"""Saving pictures, and looking at them."""

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
