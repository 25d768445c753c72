"""How well a tuned tower finds pictures that it was not tuned on, and names classes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from builder.cache import Cache
from builder.embedding.embed import embed_images, embed_texts
from builder.evaluation.data import load_labelled_images, make_inputs
from builder.evaluation.scores import (
    Ints,
    Share,
    rank_captions,
    rank_classes,
    rank_images,
    wilson_share,
)
from builder.evaluation.templates import load_templates
from builder.model import ImageTextModel, Rows
from builder.progress import Progress
from builder.tuning.pairs import Pairs

EmbedTexts = Callable[[list[str]], Rows]


@dataclass(frozen=True)
class Classes:
    """Rows of labelled pictures, and the sentences of each class, `templates` of them."""

    zimg: Rows
    labels: Ints
    names: tuple[str, ...]
    templates: tuple[str, ...]

    @property
    def sentences(self) -> list[str]:
        """The templates of the first class, then those of the second, and so on."""
        return [template.replace("{}", name) for name in self.names for template in self.templates]


@dataclass(frozen=True)
class TuneScores:
    """Recall at 1 and 5 on held-out pictures, both ways, and accuracy if there are classes."""

    pictures: int
    captions: int
    text_to_image: Mapping[str, Share]
    image_to_text: Mapping[str, Share]
    accuracy: Share | None
    classes: int


def load_classes(
    data: Path, templates: str, model: ImageTextModel, *, cache: Cache, progress: Progress
) -> Classes:
    """Pictures in one folder per class, or a csv, as for `lit-demo eval zeroshot`.

    Raises:
        BuilderError: if they, or the templates, cannot be read.
    """
    labelled, sentences = load_labelled_images(data), load_templates(templates)
    inputs = make_inputs(labelled.files, [model.preprocessing], progress)[model.preprocessing]
    zimg = embed_images(model, inputs, cache=cache, progress=progress)
    return Classes(zimg, labelled.labels, labelled.classes, sentences)


def score_rows(embed: EmbedTexts, pairs: Pairs, classes: Classes | None) -> Mapping[str, float]:
    """Recall at 1 and 5 of pictures by their captions, and zero-shot accuracy, as shares."""
    ranks = rank_images(embed(pairs.texts), pairs.zimg, pairs.image_of)
    figures = {f"recall@{k}": float(np.mean(ranks < k)) for k in (1, 5)}
    if classes:
        figures["zero-shot"] = float(np.mean(_classify(embed, classes) == 0))
    return figures


def score_tower(
    model: ImageTextModel,
    pairs: Pairs,
    classes: Classes | None,
    *,
    cache: Cache,
    progress: Progress,
) -> TuneScores:
    """The same with confidence intervals, of a tower as a demo reads it."""

    def embed(texts: list[str]) -> Rows:
        return embed_texts(model, texts, cache=cache, progress=progress)

    ztxt = embed(pairs.texts)
    ways = (
        rank_images(ztxt, pairs.zimg, pairs.image_of),
        rank_captions(pairs.zimg, ztxt, pairs.image_of),
    )
    # Captions of one picture are found or missed together, so the interval counts pictures.
    recalls = [
        {f"R@{k}": wilson_share(np.mean(ranks < k).item(), len(pairs)) for k in (1, 5)}
        for ranks in ways
    ]
    accuracy = None
    if classes:
        ranks = _classify(embed, classes)
        accuracy = wilson_share(np.mean(ranks == 0).item(), len(ranks))
    return TuneScores(
        pictures=len(pairs),
        captions=len(ztxt),
        text_to_image=recalls[0],
        image_to_text=recalls[1],
        accuracy=accuracy,
        classes=len(classes.names) if classes else 0,
    )


def _classify(embed: EmbedTexts, classes: Classes) -> Ints:
    """The rank of each picture's own class, from 0."""
    ztxt = embed(classes.sentences)
    mean = ztxt.reshape(len(classes.names), len(classes.templates), -1).mean(axis=1)
    zclass = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    return rank_classes(classes.zimg, zclass, classes.labels)[0]
