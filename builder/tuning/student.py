"""Distils a teacher into a small text tower, from texts alone.

The student sees token ids, the teacher's embedding of the same text is its
target, and the loss is one minus their cosine. Pictures add how far the two
disagree about them. Word embeddings and head start from the teacher's own
embeddings of the tokens, which makes the untrained student a bag of words and
saves most of the training.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import jax
import jax.numpy as jnp
import numpy as np
import optax
import sentencepiece as spm

from builder.manifest import RowLayout
from builder.params import Params
from builder.text.sentencepiece import SentencePieceTokenizer
from builder.towers.text_transformer import TextTransformer, embed_tokens
from builder.tuning.losses import Bank, distillation_loss
from builder.tuning.teacher import Teacher
from builder.tuning.work import write_atomically

_State = tuple[Params, optax.OptState]

SEQ_LEN = 16
PAD, END, UNKNOWN = 0, 1, 2
_CHECKPOINT_STEPS = 100


@dataclass(frozen=True)
class Training:
    """How long and how fast a student learns."""

    steps: int
    batch: int = 128
    learning_rate: float = 1e-3
    warmup: int = 200
    weight_decay: float = 0.01
    seed: int = 0


@dataclass(frozen=True)
class Progress:
    """Where a training stands: steps done, of how many, and the mean loss since the last report."""

    step: int
    steps: int
    loss: float


def train_tokenizer(texts: Sequence[str], vocab_size: int) -> bytes:
    """A sentencepiece BPE model: case-folding, byte fallback, ids as in LiT (no start token)."""
    model = io.BytesIO()
    spm.SentencePieceTrainer.Train(
        sentence_iterator=iter(texts),
        model_writer=model,
        model_type="bpe",
        vocab_size=vocab_size,
        byte_fallback=True,
        normalization_rule_name="nmt_nfkc_cf",
        character_coverage=0.9999,
        pad_id=PAD,
        eos_id=END,
        unk_id=UNKNOWN,
        bos_id=-1,
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue()


def load_tokenizer(model: bytes) -> SentencePieceTokenizer:
    """At most 15 tokens, then the end token up to the last place, as LiT fills its rows."""
    return SentencePieceTokenizer(model, RowLayout(max_length=SEQ_LEN, end_id=END, pad_id=END))


def embed_pieces(model: bytes, teacher: Teacher) -> np.ndarray:
    """The teacher's view of each token, `float32[vocab, d]`; zeros where a token is not text."""
    tokenizer = spm.SentencePieceProcessor(model_proto=model)
    size: int = tokenizer.GetPieceSize()
    ids = [i for i in range(size) if not _is_special(tokenizer, i)]
    targets = teacher([tokenizer.IdToPiece(i).replace("▁", " ").strip() for i in ids])
    rows = np.zeros((size, targets.shape[1]), np.float32)
    rows[ids] = targets
    return rows


def init_student(tower: TextTransformer, pieces: np.ndarray, seed: int) -> Params:
    """Random parameters, except for embeddings and head, which are from `embed_pieces`."""
    tokens = jnp.zeros((1, SEQ_LEN), jnp.int32)
    params = cast("Params", tower.init(jax.random.key(seed), tokens)["params"])
    _, _, directions = np.linalg.svd(pieces, full_matrices=False)
    directions = directions[: tower.width]
    known = pieces.any(axis=1)
    embedding = np.array(params["Embed_0"]["embedding"])
    embedding[known, : len(directions)] = pieces[known] @ directions.T
    params["Embed_0"]["embedding"] = jnp.asarray(embedding)
    kernel = np.array(params["head"]["kernel"])
    kernel[: len(directions)] = directions / np.sqrt(tower.width)
    params["head"]["kernel"] = jnp.asarray(kernel)
    return params


def train_student(
    tower: TextTransformer,
    params: Params,
    tokens: np.ndarray,
    targets: np.ndarray,
    training: Training,
    checkpoint: Path,
    report: Callable[[Progress], None],
    bank: Bank | None = None,
) -> Params:
    """Trains on `tokens` `int32[n, l]` and `targets` `float[n, d]`; resumes from `checkpoint`.

    The order of the texts follows from the seed and the step, so that a training
    which was interrupted ends with the same parameters as one which was not.
    """
    optimizer = _make_optimizer(training)

    def loss_of(params: Params, tokens: jax.Array, targets: jax.Array) -> jax.Array:
        return distillation_loss(embed_tokens(tower, params, tokens), targets, bank)

    @jax.jit
    def take_step(state: _State, tokens: jax.Array, targets: jax.Array) -> tuple[_State, jax.Array]:
        params, moments = state
        loss, gradients = jax.value_and_grad(loss_of)(params, tokens, targets)
        updates, moments = optimizer.update(gradients, moments, params)
        return (cast("Params", optax.apply_updates(params, updates)), moments), loss

    start, state = _load_checkpoint(checkpoint, (params, optimizer.init(params)))
    losses: list[jax.Array] = []
    for step in range(start, training.steps):
        rows = _choose_rows(len(tokens), training, step)
        state, loss = take_step(state, tokens[rows], targets[rows].astype(np.float32))
        losses.append(loss)
        if (step + 1) % _CHECKPOINT_STEPS == 0 or step + 1 == training.steps:
            _save_checkpoint(checkpoint, step + 1, state)
            report(Progress(step + 1, training.steps, float(np.mean(losses))))
            losses.clear()
    return state[0]


def _make_optimizer(training: Training) -> optax.GradientTransformation:
    peak, decay = training.learning_rate, training.steps // 4
    # Flat until the decay, so that a longer training passes through the states of a shorter one.
    schedule = optax.join_schedules(
        (
            optax.linear_schedule(0, peak, training.warmup),
            optax.constant_schedule(peak),
            optax.linear_schedule(peak, 0, decay),
        ),
        (training.warmup, training.steps - decay),
    )
    return optax.chain(
        optax.clip_by_global_norm(1.0),
        optax.adamw(schedule, b2=0.98, weight_decay=training.weight_decay),
    )


def _choose_rows(count: int, training: Training, step: int) -> np.ndarray:
    """The rows of one batch: each epoch is a permutation of its own, a remainder is left out."""
    epoch, batch = divmod(step, max(count // training.batch, 1))
    order = np.random.default_rng((training.seed, epoch)).permutation(count)
    return order[batch * training.batch : (batch + 1) * training.batch]


def _is_special(tokenizer: spm.SentencePieceProcessor, i: int) -> bool:
    return tokenizer.IsControl(i) or tokenizer.IsUnknown(i) or tokenizer.IsByte(i)


def _save_checkpoint(path: Path, step: int, state: _State) -> None:
    leaves = {f"leaf_{i}": np.asarray(leaf) for i, leaf in enumerate(jax.tree.leaves(state))}
    with write_atomically(path) as file:
        np.savez(file, allow_pickle=False, step=step, **leaves)


def _load_checkpoint(path: Path, state: _State) -> tuple[int, _State]:
    """The step and state saved at `path`, or step 0 and the given state."""
    if not path.is_file():
        return 0, state
    with np.load(path, allow_pickle=False) as file:
        leaves = [jnp.asarray(file[f"leaf_{i}"]) for i in range(len(jax.tree.leaves(state)))]
        return int(file["step"]), jax.tree.unflatten(jax.tree.structure(state), leaves)
