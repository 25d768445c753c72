"""Scores a model on captioned photographs and finds the softmax scale that suits them.

`python -m builder.tuning.evaluate CAPTIONS.csv [--model NAME]`

The CSV has a column `file`, found in `images/` beside it, and a column `caption1`.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.images import prepare_image
from builder.spec import ImageSpec
from builder.spec_models import ModelSpec
from builder.towers.registry import load_model

Floats = NDArray[np.floating]

CHOICES = 5
"""Captions to choose from, as many as a card of the default demo has prompts."""
SCALES = range(1, 101)
RANKS = (1, 5, 10)


def main() -> None:
    """Prints recalls both ways, and the scale with the smallest cross-entropy."""
    parser = argparse.ArgumentParser(prog="python -m builder.tuning.evaluate")
    parser.add_argument("captions", type=Path)
    parser.add_argument("--model", default="mini-small")
    options = parser.parse_args()
    with options.captions.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    zimg, ztxt = _embed(options.model, options.captions.parent / "images", rows)
    print(f"{options.model}, {len(rows)} photographs with one caption each")
    for direction, cosines in (("text to image", ztxt @ zimg.T), ("image to text", zimg @ ztxt.T)):
        recalls = ", ".join(f"R@{k} {recall(cosines, k):.3f}" for k in RANKS)
        print(f"{direction}: {recalls}")
    cosines = choose_captions(zimg, ztxt)
    best = find_scale(cosines)
    chosen = np.mean(cosines.argmax(1) == 0)
    print(
        f"scale {best}: cross-entropy {cross_entropy(cosines, best):.3f}, "
        f"{chosen:.0%} right at a mean confidence of {softmax(cosines, best).max(1).mean():.0%}"
    )


def recall(cosines: Floats, k: int) -> float:
    """Share of the rows of `[n, n]` whose own column is among their `k` largest."""
    better = (cosines > np.diag(cosines)[:, None]).sum(1)
    return float(np.mean(better < k))


def choose_captions(zimg: Floats, ztxt: Floats, seed: int = 0, repeats: int = 20) -> Floats:
    """Cosines `[n * repeats, CHOICES]` of each image with its caption, first, and random others."""
    rng = np.random.default_rng(seed)
    cosines = zimg @ ztxt.T
    groups: list[Floats] = []
    for i, row in enumerate(cosines):
        others = np.delete(row, i)
        for _ in range(repeats):
            groups.append(np.append(row[i], rng.choice(others, CHOICES - 1, replace=False)))
    return np.stack(groups)


def find_scale(cosines: Floats) -> int:
    """The factor of the cosines at which the first of each row is least surprising."""
    return min(SCALES, key=lambda scale: cross_entropy(cosines, scale))


def cross_entropy(cosines: Floats, scale: float) -> float:
    """Mean of -log p(first), in nats."""
    return float(-np.log(softmax(cosines, scale)[:, 0]).mean())


def softmax(cosines: Floats, scale: float) -> Floats:
    """Probabilities per row, as the demo shows them."""
    exp = np.exp(scale * (cosines - cosines.max(1, keepdims=True)))
    return exp / exp.sum(1, keepdims=True)


def _embed(name: str, folder: Path, rows: list[dict[str, str]]) -> tuple[Floats, Floats]:
    model = load_model(ModelSpec(name=name))
    captions = [row["caption1"] for row in rows]
    tables = [
        {"file": row["file"], "id": f"i{i}", "description": caption, "prompts": [caption]}
        for i, (row, caption) in enumerate(zip(rows, captions, strict=True))
    ]
    specs = [ImageSpec.model_validate(table, context=folder) for table in tables]
    pixels = np.stack([prepare_image(spec).pixels for spec in specs])
    zimg = model.load_image()(pixels.astype(np.float32) / 127.5 - 1)
    return zimg, model.text_tower(model.tokenizer(captions))


if __name__ == "__main__":
    main()
