"""A small text tower from any model, from texts alone: `lit-demo distil`.

The idea is that of LiT's tiny text tower (https://arxiv.org/abs/2111.07991); the student learns
the rows of a larger text tower, as in CLIP-KD (https://arxiv.org/abs/2307.12732), so that pictures
keep the rows of the large image tower.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import jax
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from builder.cache import Cache, digest
from builder.embedding.corpus import CorpusRows, embed_corpus
from builder.evaluation.data import CaptionedImages, load_captioned_images
from builder.model import ImageTextModel, Params
from builder.models.text_tower import WEIGHTS, replace_text_tower
from builder.progress import Progress
from builder.spec.demo import DemoSpec, load_spec
from builder.towers.text_transformer import TextTransformer, embed_tokens
from builder.tuning.distil_card import write_distil_card
from builder.tuning.distil_scores import DistilScores, score_student
from builder.tuning.hosts import gather, is_first_host, share_of
from builder.tuning.losses import Bank
from builder.tuning.pictures import embed_demo_pictures, embed_pictures
from builder.tuning.showing import draw_history, showing
from builder.tuning.source_model import load_source_model
from builder.tuning.student import (
    Size,
    embed_pieces,
    init_student,
    load_tokenizer,
    make_tower,
    train_student,
    train_tokenizer,
)
from builder.tuning.texts import (
    NOT_STATED,
    PROMPT_WEIGHT,
    Corpus,
    TextSource,
    assemble,
    built_in_texts,
    describe,
    read_texts,
)
from builder.tuning.tower_folder import (
    MadeTower,
    check_tower_target,
    finish_files,
    pack_tower,
    stage_tower,
    write_tower,
)
from builder.tuning.training import Measure, Trained, Training
from builder.tuning.work_folder import Facts, open_work_folder

_CAPTIONS, _GLOSSES = 110_000, 30_000
"""Texts of the built-in corpus before those that occur twice are left out."""


@dataclass(frozen=True)
class Distillation:
    """What `lit-demo distil` is asked for; file names are as on the command line.

    `demo` gives prompts and pictures, `pictures` more of them, `captions` what recall is measured
    on. `agreement` is the weight of the agreement on pictures in the loss.
    """

    model: str
    out: Path
    training: Training
    size: Size = "tiny"
    texts: tuple[Path, ...] = ()
    built_in: bool = True
    demo: Path | None = None
    pictures: Path | None = None
    captions: Path | None = None
    max_length: int = 16
    vocabulary: int = 10_000
    agreement: float = 0.1
    restart: bool = False


@dataclass(frozen=True)
class Distilled:
    """What was made and how good it is; `bytes` are those of the weights."""

    scores: DistilScores
    bytes: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Lesson:
    """Everything that the student learns from."""

    model: ImageTextModel
    demo: DemoSpec | None
    corpus: Corpus
    zimg: NDArray[np.float32] | None
    captions: CaptionedImages | None
    vocabulary: bytes


def distil(wanted: Distillation, *, cache: Cache, progress: Progress) -> Distilled | None:
    """Make the tower and write it to `wanted.out`; None on all hosts but the first.

    What is finished is kept beside `wanted.out`, so that a run that was interrupted goes on where
    it stopped.

    Raises:
        BuilderError: for anything that the user can correct; what is at `wanted.out` stays.
    """
    check_tower_target(wanted.out)
    if not is_first_host():
        progress = Progress(Console(quiet=True))
    lesson = _prepare(wanted, cache, progress)
    with open_work_folder(wanted.out, _state_facts(wanted, lesson), restart=wanted.restart) as work:
        trained, made = _learn(wanted, lesson, work, cache, progress)
        if not is_first_host():
            return None
        files = pack_tower(made)
        stage = stage_tower(work / "tower", made, "distilled", files)
        scores = score_student(
            lesson.model,
            replace_text_tower(lesson.model, stage),
            lesson.corpus.held_out,
            demo=lesson.demo,
            captions=lesson.captions,
            trained_on=lesson.corpus.texts,
            cache=cache,
            progress=progress,
        )
        curves = draw_history(trained.history, {"Loss": ["loss"], "Unseen texts": ["cosine"]})
        card = write_distil_card(made, lesson.corpus, _spell_settings(wanted), scores)
        files = finish_files(made, "distilled", files, card, curves, trained.history)
        kept = write_tower(wanted.out, files)
    return Distilled(scores, len(files[WEIGHTS]), tuple(kept.notes(wanted.out)))


def _prepare(wanted: Distillation, cache: Cache, progress: Progress) -> _Lesson:
    demo = load_spec(wanted.demo) if wanted.demo else None
    captions = load_captioned_images(wanted.captions) if wanted.captions else None
    model = load_source_model(wanted.model, cache=cache, progress=progress)
    sources = _find_sources(wanted, demo, cache, progress)
    for source in sources:
        progress.say(describe(source))
    corpus = assemble(sources, wanted.training.seed)
    zimg: list[NDArray[np.float32]] = []
    if demo:
        zimg.append(embed_demo_pictures(model, demo.images, cache=cache, progress=progress))
    if wanted.pictures:
        zimg.append(embed_pictures(model, wanted.pictures, cache=cache, progress=progress))
    progress.say(f"Training a vocabulary on {len(corpus.texts):,} texts")
    vocabulary = train_tokenizer(corpus.texts, wanted.vocabulary)
    _tell_cuts(vocabulary, corpus, wanted.max_length, progress)
    bank = np.concatenate(zimg) if zimg else None
    return _Lesson(model, demo, corpus, bank, captions, vocabulary)


def _find_sources(
    wanted: Distillation, demo: DemoSpec | None, cache: Cache, progress: Progress
) -> list[TextSource]:
    sources = [read_texts(path) for path in wanted.texts]
    if demo:
        sources.append(TextSource("the demo's prompts", demo.prompts, NOT_STATED, PROMPT_WEIGHT))
    if wanted.built_in:
        seed = wanted.training.seed
        sources.append(built_in_texts(cache.folder, _CAPTIONS, _GLOSSES, seed, progress))
    return sources


def _tell_cuts(vocabulary: bytes, corpus: Corpus, length: int, progress: Progress) -> None:
    pieces = load_tokenizer(vocabulary, length).encode(corpus.texts)
    if cut := sum(len(ids) >= length for ids in pieces):
        progress.say(
            f"{cut / len(pieces):.1%} of the texts have more than {length - 1} tokens, of which the"
            " tower reads no more. --max-length says how many it reads."
        )


def _learn(
    wanted: Distillation, lesson: _Lesson, work: Path, cache: Cache, progress: Progress
) -> tuple[Trained, MadeTower]:
    model, corpus, training = lesson.model, lesson.corpus, wanted.training

    def teach(texts: Sequence[str]) -> CorpusRows:
        part = texts[share_of(len(texts))]
        return gather(embed_corpus(model, part, cache=cache, progress=progress), len(texts))

    tokenizer = load_tokenizer(lesson.vocabulary, wanted.max_length)
    tower = make_tower(wanted.size, model.dim, len(tokenizer))
    targets = teach(corpus.texts)
    pieces = embed_pieces(lesson.vocabulary, lambda texts: teach(texts).astype(np.float32))
    held_out = tokenizer(corpus.held_out), teach(corpus.held_out).astype(np.float32)
    bank = None
    if lesson.zimg is not None and wanted.agreement:
        bank = Bank(lesson.zimg, model.scoring.scale, wanted.agreement)
    title = f"Distil {model.id} to {wanted.size}"
    with showing(progress, title, training.steps) as report:
        trained = train_student(
            tower,
            init_student(tower, pieces, training.seed, wanted.max_length),
            tokenizer(corpus.texts),
            targets,
            training,
            work / "states",
            report,
            weights=corpus.weights,
            bank=bank,
            measure=_measure_cosine(tower, *held_out),
        )
    made = MadeTower(model, tower, trained.params, lesson.vocabulary, wanted.max_length)
    return trained, made


def _measure_cosine(
    tower: TextTransformer, tokens: NDArray[np.int32], targets: NDArray[np.float32]
) -> Measure:
    """The mean cosine on texts that the student never saw."""
    embed = jax.jit(partial(embed_tokens, tower))

    def measure(params: Params) -> Mapping[str, float]:
        return {"cosine": float((np.asarray(embed(params, tokens)) * targets).sum(1).mean())}

    return measure


def _state_facts(wanted: Distillation, lesson: _Lesson) -> Facts:
    return {
        **_spell_settings(wanted),
        "model": lesson.model.text_fingerprint,
        "texts": digest(*lesson.corpus.texts, lesson.corpus.weights.tobytes()),
        "pictures": digest(b"" if lesson.zimg is None else lesson.zimg.tobytes()),
        "tokens": digest(lesson.vocabulary),
    }


def _spell_settings(wanted: Distillation) -> Facts:
    """What the training depends on besides model, texts and pictures, as options name it."""
    training = wanted.training
    return {
        "size": wanted.size,
        "vocabulary": wanted.vocabulary,
        "max-length": wanted.max_length,
        "agreement": wanted.agreement,
        "steps": training.steps,
        "batch": training.batch,
        "learning-rate": training.learning_rate,
        "seed": training.seed,
    }
