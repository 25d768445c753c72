"""One small vocabulary of each kind that published models have, trained here, and real ones."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sentencepiece import sentencepiece_model_pb2 as proto
from tokenizers import Tokenizer as HuggingFaceTokenizer
from tokenizers import models, normalizers, pre_tokenizers, trainers

from builder.manifest import RowLayout
from builder.text.sentencepiece import SentencePieceTokenizer
from builder.text.tokenizer import Tokenizer
from builder.text.wordpiece import WordPieceTokenizer
from tests.fuzz.hub_vocabularies import HUB_VOCABULARIES
from tests.fuzz.sentencepiece_training import train
from tests.fuzz.texts import real_texts
from tests.shared import OFFICIAL_DEMO

MAX_LENGTH = 4096
"""More tokens than most texts have: what is cut off cannot be compared."""

MINI = Path(__file__).parents[2] / "data/models/mini/tokenizer.model"
OFFICIAL = OFFICIAL_DEMO / "data/models/tiny/vocabulary.json"


def sentencepiece_bpe() -> Tokenizer:
    """As LiT's: byte fallback, case folded by the model, padded with the end token."""
    options = {"byte_fallback": True, "normalization_rule_name": "nmt_nfkc_cf"}
    model = train(model_type="bpe", vocab_size=1200, eos_id=1, pad_id=0, unk_id=2, **options)
    return SentencePieceTokenizer(model, RowLayout(max_length=MAX_LENGTH, end_id=1, pad_id=1))


def sentencepiece_gemma() -> Tokenizer:
    """As SigLIP 2's: nothing normalized, no space put before a text, pieces kept whole."""
    options = {
        "byte_fallback": True,
        "normalization_rule_name": "identity",
        "add_dummy_prefix": False,
        "remove_extra_whitespaces": False,
        "split_digits": True,
        "user_defined_symbols": ["<keep>", "\t", "🐶", *_runs("▁", 2), *_runs("\n", 1)],
    }
    model = train(model_type="bpe", vocab_size=1200, pad_id=0, eos_id=1, unk_id=3, **options)
    return SentencePieceTokenizer(
        model,
        RowLayout(max_length=MAX_LENGTH, end_id=1, pad_id=0, canonicalization=("lower-ascii",)),
    )


def sentencepiece_unigram() -> Tokenizer:
    """As SigLIP's English one: no byte fallback, so that the unknown token is in use."""
    options = {"normalization_rule_name": "nmt_nfkc", "character_coverage": 0.98}
    model = train(model_type="unigram", vocab_size=900, eos_id=1, pad_id=0, unk_id=2, **options)
    return SentencePieceTokenizer(
        model,
        RowLayout(max_length=MAX_LENGTH, end_id=1, pad_id=1, canonicalization=("lower-ascii",)),
    )


def sentencepiece_unigram_bytes() -> Tokenizer:
    """As SigLIP's multilingual one, with every step of canonicalization before it."""
    options = {"byte_fallback": True, "user_defined_symbols": ["<keep>", "dog"]}
    model = train(model_type="unigram", vocab_size=1200, eos_id=1, pad_id=0, unk_id=2, **options)
    return SentencePieceTokenizer(
        model,
        RowLayout(
            max_length=MAX_LENGTH,
            end_id=1,
            pad_id=1,
            canonicalization=("strip-punctuation", "lower", "collapse-spaces"),
        ),
    )


def sentencepiece_bpe_pruned() -> Tokenizer:
    """With pieces marked unused, as vocabularies have that were pruned after training."""
    options = {"byte_fallback": True, "vocab_size": 1200}
    return _prune(train(model_type="bpe", eos_id=1, pad_id=0, unk_id=2, **options))


def sentencepiece_unigram_pruned() -> Tokenizer:
    """The same without byte fallback, so that what only unused pieces say is unknown."""
    return _prune(train(model_type="unigram", vocab_size=900, eos_id=1, pad_id=0, unk_id=2))


def wordpiece() -> Tokenizer:
    """As LiT's BERT ones: `[CLS]` first, no end token, padded with 0."""
    trained = HuggingFaceTokenizer(models.WordPiece(unk_token="[UNK]"))
    trained.normalizer = normalizers.BertNormalizer()
    trained.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(
        vocab_size=1500, special_tokens=special, show_progress=False
    )
    trained.train_from_iterator(real_texts(), trainer)
    ids = trained.get_vocab()
    return WordPieceTokenizer(
        sorted(ids, key=ids.__getitem__), RowLayout(max_length=MAX_LENGTH, pad_id=0)
    )


def mini() -> Tokenizer:
    """The default demo's own."""
    return SentencePieceTokenizer.load(MINI, RowLayout(max_length=MAX_LENGTH, end_id=1, pad_id=1))


def official() -> Tokenizer:
    """LiT-L16Ti's genuine vocabulary, from the original demo, which has no normalizer beside it."""
    model: Any = proto.ModelProto.FromString(MINI.read_bytes())  # pyright: ignore[reportAttributeAccessIssue]
    piece_type = model.SentencePiece.Type
    types = {"<unk>": piece_type.UNKNOWN, **dict.fromkeys(("<pad>", "<s>", "</s>"), 3)}
    entries = json.loads(OFFICIAL.read_text(encoding="utf-8"))
    del model.pieces[:]
    for index, (piece, score) in enumerate(entries):
        is_byte = piece.startswith("<0x") and index < 260
        kind = piece_type.BYTE if is_byte else types.get(piece, piece_type.NORMAL)
        model.pieces.add(piece=piece, score=score, type=kind)
    model.trainer_spec.vocab_size = len(entries)
    return SentencePieceTokenizer(
        model.SerializeToString(), RowLayout(max_length=MAX_LENGTH, end_id=1, pad_id=1)
    )


_OURS: Mapping[str, Callable[[], Tokenizer]] = {
    make.__name__.replace("_", "-"): make
    for make in (
        sentencepiece_bpe,
        sentencepiece_gemma,
        sentencepiece_unigram,
        sentencepiece_unigram_bytes,
        sentencepiece_bpe_pruned,
        sentencepiece_unigram_pruned,
        wordpiece,
        mini,
        official,
    )
}
VOCABULARIES: Mapping[str, Callable[[], Tokenizer]] = {**_OURS, **HUB_VOCABULARIES}


def _prune(data: bytes) -> Tokenizer:
    """Mark every seventh piece unused, single letters among them."""
    model: Any = proto.ModelProto.FromString(data)  # pyright: ignore[reportAttributeAccessIssue]
    kinds = proto.ModelProto.SentencePiece  # pyright: ignore[reportAttributeAccessIssue]
    for piece in list(model.pieces)[::7]:
        if piece.type == kinds.NORMAL:
            piece.type = kinds.UNUSED
    layout = RowLayout(max_length=MAX_LENGTH, end_id=1, pad_id=1)
    return SentencePieceTokenizer(model.SerializeToString(), layout)


def _runs(char: str, shortest: int) -> list[str]:
    return [char * length for length in range(shortest, 32)]
