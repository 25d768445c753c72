"""Pictures of a training: its curves, and which digits are taken for which."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_INK, _GRID, _SHADE = "#1f1d18", "#ddd8cb", (10, 106, 92)
_COLOURS = ("#0a6a5c", "#b4450b")
_FONT = ImageFont.load_default(size=15)


def draw_confusion(path: Path, matrix: NDArray[Any]) -> None:
    """A PNG of counts int[10, 10]: rows are what a digit is, columns what it was taken for."""
    cell, left, top = 52, 70, 60
    picture = Image.new("RGB", (left + 10 * cell + 20, top + 10 * cell + 20), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((left, 10), "taken for", _INK, _FONT)
    draw.text((8, top - 22), "is", _INK, _FONT)
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    for row in range(10):
        draw.text((30, top + (row + 0.5) * cell), str(row), _INK, _FONT, anchor="mm")
        draw.text((left + (row + 0.5) * cell, top - 14), str(row), _INK, _FONT, anchor="mm")
        for column in range(10):
            x, y = left + column * cell, top + row * cell
            # Mistakes are rare: the root makes a few in a hundred visible.
            weight = float(np.sqrt(shares[row, column]))
            shade = tuple(round(255 + (part - 255) * weight) for part in _SHADE)
            draw.rectangle((x, y, x + cell - 2, y + cell - 2), shade)
            colour = "white" if weight > 0.5 else _INK
            middle = (x + cell / 2, y + cell / 2)
            draw.text(middle, str(matrix[row, column]), colour, _FONT, anchor="mm")
    picture.save(path)


def draw_curves(path: Path, history: Sequence[dict[str, float]]) -> None:
    """A PNG of loss and accuracy over the epochs, for training and validation."""
    width, height = 460, 300
    picture = Image.new("RGB", (2 * width, height), "white")
    for index, name in enumerate(("loss", "accuracy")):
        curves = {
            label: [epoch[key] for epoch in history]
            for label, key in (("training", name), ("validation", f"validation_{name}"))
        }
        picture.paste(_plot(name, curves, width, height), (index * width, 0))
    picture.save(path)


def _plot(title: str, curves: dict[str, list[float]], width: int, height: int) -> Image.Image:
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = 70, 40, width - 20, height - 40
    values = [value for curve in curves.values() for value in curve]
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    count = max(len(curve) for curve in curves.values())

    def place(index: int, value: float) -> tuple[float, float]:
        x = left + (right - left) * (index / max(count - 1, 1))
        return x, bottom - (bottom - top) * (value - low) / span

    draw.text((left, 10), title, _INK, _FONT)
    for tick in np.linspace(low, high, 5):
        _, y = place(0, tick)
        draw.line((left, y, right, y), _GRID)
        draw.text((left - 8, y), f"{tick:.3f}", _INK, _FONT, anchor="rm")
    for index in sorted({0, (count - 1) // 2, count - 1}):
        x, _ = place(index, low)
        draw.text((x, bottom + 14), str(index + 1), _INK, _FONT, anchor="mm")
    for order, (label, curve) in enumerate(curves.items()):
        points = [place(index, value) for index, value in enumerate(curve)]
        draw.line(points, _COLOURS[order], width=3, joint="curve")
        draw.text((right - 110 * (2 - order), 10), label, _COLOURS[order], _FONT)
    return picture
