"""Locked-image tuning: a text tower learns to find the rows of pictures: `lit-demo tune`.

LiT (https://arxiv.org/abs/2111.07991): the image tower is not trained, so that the rows of its
pictures are computed once, and a step costs no more than the text tower does.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from builder.cache import Cache, digest
from builder.manifest import Scoring, SigmoidScoring, SoftmaxScoring
from builder.model import ImageTextModel, Params
from builder.models.text_tower import WEIGHTS, replace_text_tower
from builder.progress import Progress
from builder.text.sentencepiece import SentencePieceTokenizer
from builder.towers.text_transformer import embed_tokens
from builder.tuning.beginning import Beginning, begin_from_scratch, begin_from_tower
from builder.tuning.hosts import is_first_host
from builder.tuning.losses import Kind, contrastive_loss
from builder.tuning.pairs import Pairs, hold_out, read_pairs
from builder.tuning.showing import draw_history, showing
from builder.tuning.source_model import load_source_model
from builder.tuning.student import Size
from builder.tuning.tower_folder import (
    MadeTower,
    check_tower_target,
    finish_files,
    pack_tower,
    stage_tower,
    write_tower,
)
from builder.tuning.training import Batch, Trained, Training, choose_rows, train
from builder.tuning.tune_card import write_tune_card
from builder.tuning.tune_scores import Classes, TuneScores, load_classes, score_rows, score_tower
from builder.tuning.work_folder import Facts, open_work_folder

_MAX_SCALE = 100.0
"""Above it, softmax losses of CLIP were unstable."""


@dataclass(frozen=True)
class Tuning:
    """What `lit-demo tune` is asked for.

    `pairs` are a csv, Parquet files or shards; `begin` a folder of a tower to go on from;
    `held_out` the number of pictures that recall is measured on; `classes` a folder or csv for
    zero-shot accuracy, with `templates`. The rest is of a tower from scratch.
    """

    model: str
    out: Path
    training: Training
    pairs: tuple[str, ...]
    loss: Kind = "softmax"
    begin: Path | None = None
    held_out: int = 1000
    classes: Path | None = None
    templates: str = "one"
    size: Size = "tiny"
    max_length: int = 16
    vocabulary: int = 10_000
    restart: bool = False


@dataclass(frozen=True)
class Tuned:
    """What was made and how good it is; `bytes` are those of the weights."""

    scores: TuneScores
    bytes: int
    notes: tuple[str, ...]


def tune(wanted: Tuning, *, cache: Cache, progress: Progress) -> Tuned | None:
    """Train the tower and write it to `wanted.out`; None on all hosts but the first.

    States are kept beside `wanted.out`, so that a run that was interrupted goes on.

    Raises:
        BuilderError: for anything that the user can correct; what is at `wanted.out` stays.
    """
    check_tower_target(wanted.out)
    if not is_first_host():
        progress = Progress(Console(quiet=True))
    model = load_source_model(wanted.model, cache=cache, progress=progress)
    pairs = read_pairs(wanted.pairs, model, cache=cache, progress=progress)
    learned, held_out = hold_out(pairs, wanted.held_out, wanted.training.seed)
    classes = None
    if wanted.classes:
        classes = load_classes(
            wanted.classes, wanted.templates, model, cache=cache, progress=progress
        )
    start = _begin(wanted, model, learned)
    facts = _state_facts(wanted, model, pairs, start)
    with open_work_folder(wanted.out, facts, restart=wanted.restart) as work:
        trained = _learn(wanted, model, start, learned, (held_out, classes), work, progress)
        if not is_first_host():
            return None
        scoring = _scoring_of(wanted.loss, trained.params)
        made = MadeTower(
            model, start.tower, trained.params["text"], start.vocabulary, start.length, scoring
        )
        files = pack_tower(made)
        stage = stage_tower(work / "tower", made, "tuned", files)
        tuned = replace_text_tower(model, stage)
        scores = score_tower(tuned, held_out, classes, cache=cache, progress=progress)
        figures = [name for name in trained.history[-1] if name not in ("step", "loss")]
        curves = draw_history(trained.history, {"Loss": ["loss"], "Held-out pictures": figures})
        card = write_tune_card(made, wanted.pairs, len(learned), _spell_settings(wanted), scores)
        files = finish_files(made, "tuned", files, card, curves, trained.history)
        kept = write_tower(wanted.out, files)
    return Tuned(scores, len(files[WEIGHTS]), tuple(kept.notes(wanted.out)))


def _begin(wanted: Tuning, model: ImageTextModel, learned: Pairs) -> Beginning:
    if wanted.begin:
        return begin_from_tower(wanted.begin, model, wanted.loss)
    return begin_from_scratch(
        model.dim,
        learned.texts,
        size=wanted.size,
        vocabulary=wanted.vocabulary,
        length=wanted.max_length,
        kind=wanted.loss,
        seed=wanted.training.seed,
    )


def _learn(
    wanted: Tuning,
    model: ImageTextModel,
    start: Beginning,
    learned: Pairs,
    measured: tuple[Pairs, Classes | None],
    work: Path,
    progress: Progress,
) -> Trained:
    tower, training = start.tower, wanted.training
    batches = _Batches(learned, start.tokenizer, training)

    def loss(params: Params, zimg: jax.Array, tokens: jax.Array) -> jax.Array:
        ztxt = embed_tokens(tower, params["text"], tokens)
        scale = jnp.minimum(jnp.exp(params["log_scale"]), _MAX_SCALE)
        return contrastive_loss(wanted.loss, zimg, ztxt, scale, params["bias"])

    embed = jax.jit(partial(embed_tokens, tower))

    def measure(params: Params) -> Mapping[str, float]:
        def embed_texts(texts: list[str]) -> NDArray[np.float32]:
            return np.asarray(embed(params["text"], start.tokenizer(texts)))

        return score_rows(embed_texts, *measured)

    with showing(progress, f"Tune a text tower to {model.id}", training.steps) as report:
        return train(
            start.params, loss, batches.of_step, training, work / "states", report, measure
        )


class _Batches:
    """Pictures with one of their captions each, another one in each epoch."""

    def __init__(self, pairs: Pairs, tokenizer: SentencePieceTokenizer, training: Training):
        self._zimg = pairs.zimg
        self._tokens = tokenizer(pairs.texts)
        self._counts = np.array([len(captions) for captions in pairs.captions])
        self._first = np.cumsum(self._counts) - self._counts
        self._training = training

    def of_step(self, step: int) -> Batch:
        rows = choose_rows(len(self._zimg), self._training, step)
        rng = np.random.default_rng((self._training.seed, step, 1))
        captions = self._first[rows] + rng.integers(self._counts[rows])
        return self._zimg[rows], self._tokens[captions]


def _scoring_of(kind: Kind, params: Params) -> Scoring:
    scale = min(math.exp(cast("float", params["log_scale"])), _MAX_SCALE)
    if kind == "softmax":
        return SoftmaxScoring(scale=scale)
    return SigmoidScoring(scale=scale, bias=float(params["bias"]))


def _state_facts(wanted: Tuning, model: ImageTextModel, pairs: Pairs, start: Beginning) -> Facts:
    return {
        **_spell_settings(wanted),
        "model": model.image_fingerprint,
        "pairs": digest(pairs.zimg.tobytes(), *pairs.texts, pairs.image_of.tobytes()),
        "tower to begin from": digest(*(leaf.tobytes() for leaf in jax.tree.leaves(start.params))),
    }


def _spell_settings(wanted: Tuning) -> Facts:
    """What the training depends on besides model and pairs, as options name it."""
    training = wanted.training
    tower: Facts = {"from": str(wanted.begin)}
    if wanted.begin is None:
        tower = {
            "size": wanted.size,
            "vocabulary": wanted.vocabulary,
            "max-length": wanted.max_length,
        }
    return {
        "loss": wanted.loss,
        **tower,
        "held-out": wanted.held_out,
        "steps": training.steps,
        "batch": training.batch,
        "learning-rate": training.learning_rate,
        "seed": training.seed,
    }
