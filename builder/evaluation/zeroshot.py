"""Zero-shot classification: the class whose name, put into sentences, fits an image best.

Source: CLIP, https://arxiv.org/abs/2103.00020.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from builder.cache import Cache
from builder.embedding.embed import embed_images, embed_texts
from builder.evaluation.data import LabelledImages, make_inputs
from builder.evaluation.models import ScoredModel, describe_model
from builder.evaluation.score_table import format_share, make_table, score_table, show_table
from builder.evaluation.scores import Ints, Share, rank_classes, wilson_share
from builder.model import ImageTextModel, Rows
from builder.progress import Progress

_RANKS = (1, 5)
_SHOWN_CLASSES = 20


@dataclass(frozen=True)
class ClassScore:
    """How many images of a class were recognised, and what most of the others were mistaken for."""

    name: str
    images: int
    top1: Share
    mistaken_for: str | None


@dataclass(frozen=True)
class ModelAccuracy:
    """One model's accuracy: "top-1" and, with more than five classes, "top-5"."""

    model: ScoredModel
    accuracy: dict[str, Share]
    classes: tuple[ClassScore, ...]


@dataclass(frozen=True)
class ZeroShotEvaluation:
    """What was measured, and on what; models are in the order in which they were given."""

    images: int
    classes: int
    templates: tuple[str, ...]
    models: tuple[ModelAccuracy, ...]

    def show(self, console: Console) -> None:
        """Print the models side by side, then the classes that the first model recognises least."""
        templates = "1 template" if len(self.templates) == 1 else f"{len(self.templates)} templates"
        title = (
            f"Zero-shot accuracy in % (95 % interval): {self.images} images of {self.classes}"
            f" classes, {templates}"
        )
        rows = [(row.model, row.accuracy) for row in self.models]
        show_table(console, title, score_table(rows))
        count = min(self.classes, _SHOWN_CLASSES)
        which = "class" if count == self.classes else f"class, the {count} hardest"
        show_table(console, f"Top-1 by {which}", self._class_table(count))

    def _class_table(self, count: int) -> Table:
        table = make_table("Class")
        table.add_column("Images", justify="right")
        for row in self.models:
            table.add_column(row.model.id, justify="right")
            table.add_column("mistaken for")
        by_name = [{score.name: score for score in row.classes} for row in self.models]
        hardest = sorted(self.models[0].classes, key=lambda score: score.top1.value)
        for name in (score.name for score in hardest[:count]):
            scores = [classes[name] for classes in by_name]
            cells = [(format_share(score.top1), score.mistaken_for or "") for score in scores]
            table.add_row(name, str(scores[0].images), *(text for cell in cells for text in cell))
        return table


def evaluate_zero_shot(
    models: Sequence[ImageTextModel],
    data: LabelledImages,
    templates: Sequence[str],
    *,
    cache: Cache,
    progress: Progress,
) -> ZeroShotEvaluation:
    """Classify all images with each model.

    Raises:
        SpecError: naming every picture that cannot be used.
    """
    inputs = make_inputs(data.files, [model.preprocessing for model in models], progress)
    rows: list[ModelAccuracy] = []
    for model in models:
        zimg = embed_images(model, inputs[model.preprocessing], cache=cache, progress=progress)
        zclass = embed_classes(model, data.classes, templates, cache=cache, progress=progress)
        ranks, nearest = rank_classes(zimg, zclass, data.labels)
        top = [k for k in _RANKS if k < len(data.classes)]
        accuracy = {f"top-{k}": wilson_share(np.mean(ranks < k).item(), len(ranks)) for k in top}
        classes = _score_classes(data, ranks, nearest)
        rows.append(ModelAccuracy(describe_model(model, cache), accuracy, classes))
    return ZeroShotEvaluation(len(data.files), len(data.classes), tuple(templates), tuple(rows))


def embed_classes(
    model: ImageTextModel,
    classes: Sequence[str],
    templates: Sequence[str],
    *,
    cache: Cache,
    progress: Progress,
) -> Rows:
    """zclass float32[classes, d]: the mean of each class's unit rows, normalised again."""
    texts = [template.replace("{}", name) for name in classes for template in templates]
    ztxt = embed_texts(model, texts, cache=cache, progress=progress)
    mean = ztxt.reshape(len(classes), len(templates), -1).mean(axis=1)
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def _score_classes(data: LabelledImages, ranks: Ints, nearest: Ints) -> tuple[ClassScore, ...]:
    scores: list[ClassScore] = []
    for index, name in enumerate(data.classes):
        own = data.labels == index
        right = ranks[own] == 0
        wrong = np.bincount(nearest[own][~right], minlength=len(data.classes))
        wrong[index] = 0  # where a tie made it wrong
        mistaken_for = data.classes[int(wrong.argmax())] if wrong.any() else None
        share = wilson_share(np.mean(right).item(), len(right))
        scores.append(ClassScore(name, len(right), share, mistaken_for))
    return tuple(scores)
