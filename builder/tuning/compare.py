"""How much of its teacher's recall each text tower of `mini` keeps.

`python -m builder.tuning.compare CAPTIONS.csv [--captions 1]`, with a csv like those for `lit-demo
eval retrieval`. It needs what `python -m builder.tuning` needs, but trains nothing.
"""

import argparse
from pathlib import Path

import numpy as np
from rich.console import Console

from builder.cache import Cache, default_cache_folder
from builder.embedding.embed import embed_images, embed_texts
from builder.evaluation.data import load_captioned_images, make_inputs
from builder.evaluation.models import load_models
from builder.evaluation.scores import rank_captions, rank_images
from builder.progress import Progress
from builder.resources import data_folder
from builder.tuning.recipe import make_teacher

_RANKS = (1, 5, 10)


def main() -> None:
    """Prints recall of the teacher and of both towers, in both directions."""
    parser = argparse.ArgumentParser(prog="python -m builder.tuning.compare")
    parser.add_argument("data", type=Path, metavar="CAPTIONS.csv")
    parser.add_argument("--captions", type=int, help="captions of each picture, by default all")
    parser.add_argument("--work", type=Path, default=Path("build/tuning"), help="as of the recipe")
    options = parser.parse_args()
    cache, progress = Cache(default_cache_folder()), Progress(Console(stderr=True))
    data = load_captioned_images(options.data, per_image=options.captions)
    models = load_models(["mini-tiny", "mini-small"], cache=cache, progress=progress)
    seen = models[0].preprocessing
    inputs = make_inputs(data.files, [seen], progress)[seen]
    zimg = embed_images(models[0], inputs, cache=cache, progress=progress)
    image_weights = data_folder() / "models" / "mini" / "image_lite2.npz"
    teacher, _ = make_teacher(options.work, image_weights, progress.say)
    rows = {"teacher": teacher(data.captions).astype(np.float32)}
    for model in models:
        rows[model.id] = embed_texts(model, data.captions, cache=cache, progress=progress)
    print(f"{len(data.files)} images, {len(data.captions)} captions; recall at {_RANKS}")
    for name, ztxt in rows.items():
        ranks = {
            "text to image": rank_images(ztxt, zimg, data.image_of),
            "image to text": rank_captions(zimg, ztxt, data.image_of),
        }
        for way, found in ranks.items():
            shares = "  ".join(f"{np.mean(found < k):.3f}" for k in _RANKS)
            print(f"{name:10}  {way}  {shares}")


if __name__ == "__main__":
    main()
