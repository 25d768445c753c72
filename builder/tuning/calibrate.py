"""Finds the softmax scale at which a model is as sure as it is right.

`python -m builder.tuning.calibrate CAPTIONS.csv [--model NAME]`, with a csv like those for
`lit-demo eval retrieval`; the first caption of each photograph is used.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from builder.cache import Cache, default_cache_folder
from builder.embedding.embed import embed_images, embed_texts
from builder.evaluation.data import load_captioned_images, make_inputs
from builder.evaluation.models import load_models
from builder.progress import Progress

Floats = NDArray[np.floating]

CHOICES = 5
"""Captions to choose from, as many as a card of the default demo has prompts."""
SCALES = range(1, 101)


def main() -> None:
    """Prints the scale with the smallest cross-entropy."""
    parser = argparse.ArgumentParser(prog="python -m builder.tuning.calibrate")
    parser.add_argument("captions", type=Path)
    parser.add_argument("--model", default="mini-small")
    options = parser.parse_args()
    cache, progress = Cache(default_cache_folder()), Progress(Console(stderr=True))
    data = load_captioned_images(options.captions, per_image=1)
    (model,) = load_models([options.model], cache=cache, progress=progress)
    inputs = make_inputs(data.files, [model.preprocessing], progress)[model.preprocessing]
    zimg = embed_images(model, inputs, cache=cache, progress=progress)
    ztxt = embed_texts(model, data.captions, cache=cache, progress=progress)
    cosines = choose_captions(zimg, ztxt)
    best = find_scale(cosines)
    chosen = np.mean(cosines.argmax(1) == 0)
    print(
        f"scale {best}: cross-entropy {cross_entropy(cosines, best):.3f}, "
        f"{chosen:.0%} right at a mean confidence of {softmax(cosines, best).max(1).mean():.0%}"
    )


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


if __name__ == "__main__":
    main()
