"""Distils a teacher into a small text tower, from texts alone.

The student sees token ids, the teacher's embedding of the same text is its
target, and the loss is one minus their cosine. Pictures add how far the two
disagree about them. Word embeddings and head start from the teacher's own
embeddings of the tokens, which makes the untrained student a bag of words and
saves most of the training.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, cast

import jax
import jax.numpy as jnp
import numpy as np
import sentencepiece as spm

from builder.manifest import RowLayout
from builder.params import Params
from builder.text.sentencepiece import SentencePieceTokenizer
from builder.towers.text_transformer import TextTransformer, embed_tokens
from builder.tuning.losses import Bank, distillation_loss
from builder.tuning.teacher import Teacher
from builder.tuning.training import Measure, Report, Trained, Training, choose_rows, train

SEQ_LEN = 16
PAD, END, UNKNOWN = 0, 1, 2


Size = Literal["tiny", "small"]

SIZES: Mapping[Size, tuple[int, int, int, int]] = {
    "tiny": (192, 4, 768, 3),
    "small": (256, 4, 1024, 4),
}
"""Width, depth, columns of the MLP and heads, as of `mini`'s towers."""


def make_tower(size: Size, dim: int, vocab_size: int) -> TextTransformer:
    """A tower of that size whose rows have `dim` columns."""
    width, depth, mlp_dim, heads = SIZES[size]
    return TextTransformer(dim, width, depth, mlp_dim, heads, vocab_size)


def train_tokenizer(texts: Sequence[str], vocab_size: int) -> bytes:
    """A sentencepiece BPE model: case-folding, byte fallback, ids as in LiT (no start token).

    It has fewer than `vocab_size` tokens if the texts have no more that occur twice.
    """
    model = io.BytesIO()
    spm.SentencePieceTrainer.Train(
        sentence_iterator=iter(texts),
        model_writer=model,
        model_type="bpe",
        vocab_size=vocab_size,
        hard_vocab_limit=False,
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


def load_tokenizer(model: bytes, length: int = SEQ_LEN) -> SentencePieceTokenizer:
    """Rows of `length` tokens that end with the end token up to the last place, as LiT's do."""
    return SentencePieceTokenizer(model, RowLayout(max_length=length, end_id=END, pad_id=END))


def embed_pieces(model: bytes, teacher: Teacher) -> np.ndarray:
    """The teacher's view of each token, `float32[vocab, d]`; zeros where a token is not text."""
    tokenizer = spm.SentencePieceProcessor(model_proto=model)
    size: int = tokenizer.GetPieceSize()
    ids = [i for i in range(size) if not _is_special(tokenizer, i)]
    targets = teacher([tokenizer.IdToPiece(i).replace("▁", " ").strip() for i in ids])
    rows = np.zeros((size, targets.shape[1]), np.float32)
    rows[ids] = targets
    return rows


def init_student(
    tower: TextTransformer, pieces: np.ndarray, seed: int, length: int = SEQ_LEN
) -> Params:
    """Random parameters, except for embeddings and head, which are from `embed_pieces`."""
    tokens = jnp.zeros((1, length), jnp.int32)
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
    folder: Path,
    report: Callable[[Report], None],
    *,
    weights: np.ndarray | None = None,
    bank: Bank | None = None,
    measure: Measure = lambda _: {},
) -> Trained:
    """Trains on `tokens` `int32[n, l]` and `targets` `float[n, d]`; resumes from `folder`.

    `weights` `int[n]` are how often an epoch shows each text, by default once.
    """
    seen = np.arange(len(tokens)) if weights is None else np.repeat(np.arange(len(tokens)), weights)

    def batch_of(step: int) -> tuple[np.ndarray, ...]:
        rows = seen[choose_rows(len(seen), training, step)]
        return tokens[rows], targets[rows].astype(np.float32)

    def loss(params: Params, tokens: jax.Array, targets: jax.Array) -> jax.Array:
        return distillation_loss(embed_tokens(tower, params, tokens), targets, bank)

    return train(params, loss, batch_of, training, folder, report, measure)


def _is_special(tokenizer: spm.SentencePieceProcessor, i: int) -> bool:
    return tokenizer.IsControl(i) or tokenizer.IsUnknown(i) or tokenizer.IsByte(i)
