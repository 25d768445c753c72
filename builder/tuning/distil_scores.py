"""How good a student is beside its teacher."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from builder.cache import Cache
from builder.embedding.embed import embed_texts
from builder.evaluation.data import CaptionedImages
from builder.evaluation.retrieval import RetrievalEvaluation, evaluate_retrieval
from builder.model import ImageTextModel
from builder.progress import Progress
from builder.spec.demo import DemoSpec
from builder.tuning.pictures import embed_demo_pictures


@dataclass(frozen=True)
class Agreement:
    """On how many of a demo's pictures student and teacher prefer the same prompt.

    `cosine` is the mean of the prompts' rows to the teacher's.
    """

    same: int
    pictures: int
    cosine: float


@dataclass(frozen=True)
class DistilScores:
    """Cosines to the teacher's rows on unseen texts, and what was asked for beside them.

    `lowest` is what 95 % of the cosines exceed; `seen` counts captions of the retrieval that were
    also among the training texts.
    """

    texts: int
    mean: float
    lowest: float
    agreement: Agreement | None
    retrieval: RetrievalEvaluation | None
    seen: int


def score_student(
    teacher: ImageTextModel,
    student: ImageTextModel,
    unseen: Sequence[str],
    *,
    demo: DemoSpec | None,
    captions: CaptionedImages | None,
    trained_on: Sequence[str],
    cache: Cache,
    progress: Progress,
) -> DistilScores:
    """Compare the two on texts, on a demo's cards, and on captioned pictures.

    Raises:
        SpecError: naming every picture that cannot be used.
    """
    cosines = _compare(teacher, student, unseen, cache, progress)
    retrieval, seen = None, 0
    if captions:
        named = {"teacher": teacher, "student": student}
        models = [replace(model, id=f"{model.id} ({role})") for role, model in named.items()]
        retrieval = evaluate_retrieval(models, captions, cache=cache, progress=progress)
        seen = len(set(captions.captions) & set(trained_on))
    return DistilScores(
        texts=len(unseen),
        mean=float(cosines.mean()),
        lowest=float(np.quantile(cosines, 0.05)),
        agreement=_agree(teacher, student, demo, cache, progress) if demo else None,
        retrieval=retrieval,
        seen=seen,
    )


def _agree(
    teacher: ImageTextModel,
    student: ImageTextModel,
    demo: DemoSpec,
    cache: Cache,
    progress: Progress,
) -> Agreement:
    cosine = float(_compare(teacher, student, demo.prompts, cache, progress).mean())
    zimg = embed_demo_pictures(teacher, demo.images, cache=cache, progress=progress)
    same = 0
    for row, image in zip(zimg, demo.images, strict=True):
        rows = (
            embed_texts(model, image.prompts, cache=cache, progress=progress)
            for model in (teacher, student)
        )
        best = {int(np.argmax(ztxt @ row)) for ztxt in rows}
        same += len(best) == 1
    return Agreement(same, len(demo.images), cosine)


def _compare(
    teacher: ImageTextModel,
    student: ImageTextModel,
    texts: Sequence[str],
    cache: Cache,
    progress: Progress,
) -> np.ndarray:
    one, two = (
        embed_texts(model, texts, cache=cache, progress=progress) for model in (teacher, student)
    )
    return (one * two).sum(1)
