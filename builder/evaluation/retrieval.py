"""Retrieval: finding the image of a caption among all images, and a caption of an image."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console

from builder.cache import Cache
from builder.embedding.embed import embed_images, embed_texts
from builder.evaluation.data import CaptionedImages, make_inputs
from builder.evaluation.models import ScoredModel, describe_model
from builder.evaluation.score_table import score_table, show_table
from builder.evaluation.scores import Ints, Share, rank_captions, rank_images, wilson_share
from builder.model import ImageTextModel
from builder.progress import Progress

_RANKS = (1, 5, 10)


@dataclass(frozen=True)
class ModelRecall:
    """One model's recall in both directions: "R@1", "R@5" and "R@10", if there are more images.

    An image is to be found from its caption; from an image, finding any of its captions is right.
    """

    model: ScoredModel
    text_to_image: dict[str, Share]
    image_to_text: dict[str, Share]


@dataclass(frozen=True)
class RetrievalEvaluation:
    """What was measured, and on what; models are in the order in which they were given."""

    images: int
    captions: int
    models: tuple[ModelRecall, ...]

    def show(self, console: Console) -> None:
        """Print the models side by side, one table for each direction."""
        size = f"{self.images} images, {self.captions} captions"
        ways = {
            "Text to image": [(row.model, row.text_to_image) for row in self.models],
            "Image to text": [(row.model, row.image_to_text) for row in self.models],
        }
        for way, rows in ways.items():
            title = f"{way}, recall in % (95 % interval): {size}"
            show_table(console, title, score_table(rows))


def evaluate_retrieval(
    models: Sequence[ImageTextModel], data: CaptionedImages, *, cache: Cache, progress: Progress
) -> RetrievalEvaluation:
    """Rank all images by each caption, and all captions by each image, with each model.

    Raises:
        SpecError: naming every picture that cannot be used.
    """
    inputs = make_inputs(data.files, [model.preprocessing for model in models], progress)
    rows: list[ModelRecall] = []
    for model in models:
        zimg = embed_images(model, inputs[model.preprocessing], cache=cache, progress=progress)
        ztxt = embed_texts(model, data.captions, cache=cache, progress=progress)
        rows.append(
            ModelRecall(
                model=describe_model(model, cache),
                text_to_image=_recall(rank_images(ztxt, zimg, data.image_of), len(zimg)),
                image_to_text=_recall(rank_captions(zimg, ztxt, data.image_of), len(zimg)),
            )
        )
    return RetrievalEvaluation(len(data.files), len(data.captions), tuple(rows))


def _recall(ranks: Ints, images: int) -> dict[str, Share]:
    # Captions of one image are found or missed together, so the interval counts images.
    return {f"R@{k}": wilson_share(np.mean(ranks < k).item(), images) for k in _RANKS if k < images}
